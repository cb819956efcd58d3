<?php
// Headers in any form that PHP hosts have them, as the lines that the library reads.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;
use Countersign\Kind;

/** @internal */
final class Headers
{
    private const FORMS = 'give name to value or to a list of values, [name, value] pairs, "Name: value" lines, $_SERVER, or the'
        . ' request itself: PSR-7, Symfony, Laravel, WordPress, Magento and CodeIgniter are known.';

    /**
     * "Name: value" lines.
     *
     * @param mixed $headers `$_SERVER`; a PSR-7 message; a request of Symfony, Laravel, WordPress, Magento or CodeIgniter, or what
     *                       it holds its headers in; name to value or to a list of values (an array or anything iterable); a
     *                       list of [name, value] pairs or of "Name: value" lines; or one text of lines
     * @throws CountersignException kind invalid_argument, for any other form: nothing is left out without a word
     */
    public static function block(mixed $headers): string
    {
        $headers = self::inside($headers);
        if (is_string($headers)) {
            return $headers;
        }
        if (!is_iterable($headers)) {
            throw self::refusal('The headers are of type ' . get_debug_type($headers));
        }
        if (is_array($headers) && self::isServer($headers)) {
            $headers = self::ofServer($headers);
        }
        $pairs = [];
        foreach ($headers as $name => $value) {
            if (is_int($name) && is_string($value)) {
                $pairs[] = [null, $value];
                continue;
            }
            if (is_int($name) && is_array($value)) {
                count($value) === 2 && array_is_list($value) || throw self::refusal('A header is no pair');
                [$name, $value] = $value;
            }
            foreach (is_iterable($value) ? $value : [$value] as $one) {
                [$own, $one] = self::entry($name, $one);
                if (is_string($one) || is_int($one) || is_float($one) || $one instanceof \Stringable) {
                    is_string($own) || throw self::refusal('A header has no name');
                    $pairs[] = [$own, (string) $one];
                } elseif ($one !== null) {
                    throw self::refusal('The header ' . self::name((string) $own) . ' has a value of type ' . get_debug_type($one));
                }
            }
        }
        return self::lines($pairs);
    }

    /** What is within the objects that hosts have their headers in. */
    private static function inside(mixed $headers): mixed
    {
        for ($depth = 0; is_object($headers) && $depth < 3; $depth++) {
            $inner = match (true) {
                method_exists($headers, 'getHeaders') => $headers->getHeaders(), // PSR-7, Magento
                method_exists($headers, 'get_headers') => $headers->get_headers(), // WordPress: a REST request
                method_exists($headers, 'getAll') => $headers->getAll(), // WordPress: the dictionary of a reply
                isset($headers->headers) => $headers->headers, // Symfony, Laravel
                method_exists($headers, 'headers') => $headers->headers(), // CodeIgniter
                default => $headers,
            };
            if ($inner === $headers) {
                break;
            }
            $headers = $inner;
        }
        return $headers;
    }

    /**
     * Name and value, also of an object that is one header.
     *
     * @return array{mixed, mixed}
     */
    private static function entry(mixed $name, mixed $value): array
    {
        return match (true) {
            !is_object($value) => [$name, $value],
            method_exists($value, 'getFieldName') && method_exists($value, 'getFieldValue') => [$value->getFieldName(), $value->getFieldValue()], // Magento
            method_exists($value, 'getName') && method_exists($value, 'getValueLine') => [$value->getName(), $value->getValueLine()], // CodeIgniter
            default => [$name, $value],
        };
    }

    /** @param list<array{string|null, string}> $pairs without a name: a line */
    private static function lines(array $pairs): string
    {
        $known = [];
        foreach ($pairs as [$name]) {
            $known[strtolower((string) $name)] = true;
        }
        $lines = '';
        foreach ($pairs as [$name, $value]) {
            if ($name !== null) {
                // WordPress writes x_webhook_timestamp. A header that is there by its own name is not doubled.
                $dashed = strtr($name, '_', '-');
                $lines .= self::name(isset($known[strtolower($dashed)]) ? $name : $dashed) . ': ';
            }
            $lines .= self::clean($value) . "\n";
        }
        return $lines;
    }

    private static function refusal(string $what): CountersignException
    {
        return CountersignException::refusal(Kind::InvalidArgument, "$what, which is no form that headers are read in: " . self::FORMS);
    }

    /** @param array<mixed> $array */
    private static function isServer(array $array): bool
    {
        if (isset($array['REQUEST_METHOD']) || isset($array['SERVER_PROTOCOL'])) {
            return true;
        }
        foreach ($array as $name => $_) {
            if (is_string($name) && str_starts_with($name, 'HTTP_')) {
                return true;
            }
        }
        return false;
    }

    /**
     * @param array<mixed> $server
     * @return array<string, mixed>
     */
    private static function ofServer(array $server): array
    {
        // Apache hides Authorization from scripts unless a rewrite rule passes it on, under this name.
        if (isset($server['REDIRECT_HTTP_AUTHORIZATION'])) {
            $server['HTTP_AUTHORIZATION'] ??= $server['REDIRECT_HTTP_AUTHORIZATION'];
        }
        $headers = [];
        foreach ($server as $name => $value) {
            if (!is_string($name)) {
                continue;
            }
            if (str_starts_with($name, 'HTTP_')) {
                $headers[strtr(strtolower(substr($name, 5)), '_', '-')] = $value;
            } elseif ($name === 'CONTENT_TYPE' || $name === 'CONTENT_LENGTH') {
                // PHP sets them to '' where the request had none.
                if ($value !== '') {
                    $headers[strtr(strtolower($name), '_', '-')] = $value;
                }
            }
        }
        return $headers;
    }

    /** A name without anything that would make it another line: what is odd stays odd. */
    private static function name(string $name): string
    {
        return (string) preg_replace('/[^!#$%&\'*+\-.^_`|~0-9A-Za-z]/', "\x01", $name);
    }

    /** A value on one line. A line end in it becomes another control character, so that it is judged as malformed. */
    private static function clean(string $value): string
    {
        return strtr($value, "\r\n\0", "\x01\x01\x01");
    }
}
