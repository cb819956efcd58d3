<?php
// Headers in any form that PHP hosts have them, as the lines that the library reads.

declare(strict_types=1);

namespace Countersign\Internal;

/** @internal */
final class Headers
{
    /**
     * "Name: value" lines; null for what is no headers.
     *
     * @param mixed $headers `$_SERVER`; a PSR-7 message; name to value or to a list of values (an array or anything
     *                       iterable); a list of [name, value] pairs or of "Name: value" lines; or one text of lines
     */
    public static function block(mixed $headers): ?string
    {
        if (is_object($headers) && method_exists($headers, 'getHeaders')) {
            $headers = $headers->getHeaders();
        } elseif (is_object($headers) && method_exists($headers, 'getAll')) {
            $headers = $headers->getAll(); // WordPress hands its dictionary over
        }
        if (is_string($headers)) {
            return $headers;
        }
        if (!is_iterable($headers)) {
            return null;
        }
        if (is_array($headers) && self::isServer($headers)) {
            $headers = self::ofServer($headers);
        }
        $lines = '';
        foreach ($headers as $name => $value) {
            if (is_int($name) && is_string($value)) {
                $lines .= self::clean($value) . "\n";
                continue;
            }
            if (is_int($name) && is_array($value) && array_is_list($value) && count($value) === 2) {
                [$name, $value] = $value;
            }
            foreach (is_iterable($value) ? $value : [$value] as $one) {
                if ($one !== null && (is_scalar($one) || $one instanceof \Stringable)) {
                    $lines .= self::name((string) $name) . ': ' . self::clean((string) $one) . "\n";
                }
            }
        }
        return $lines;
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
