<?php
// JSON as it crosses to the library and back.

declare(strict_types=1);

namespace Countersign\Internal;

/** @internal */
final class Json
{
    /**
     * Nothing is rewritten on the way: slashes and letters stay, and 2.0 stays a float, so that the core refuses it as a
     * quantity.
     */
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS
        | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR;

    /** So many levels the library reads. */
    public const DEPTH = 64;

    /**
     * The JSON of a value.
     *
     * @param array<mixed>|object $value
     * @throws \Throwable a \JsonException, or what a jsonSerialize() in it throws
     */
    public static function encode(array|object $value): string
    {
        // The shortest text of a number, which php.ini can set otherwise: 29.95 would go out as 29.949999999999999.
        $ini = ini_get('serialize_precision');
        if ($ini === '-1') {
            return json_encode($value, self::FLAGS, self::DEPTH);
        }
        if (!function_exists('ini_set') || ini_set('serialize_precision', '-1') === false) {
            $text = json_encode($value, self::FLAGS, self::DEPTH);
            if (preg_match('/"(?:[^"\\\\]|\\\\.)*+"(*SKIP)(*FAIL)|[0-9][.eE]/', $text) !== 0) {
                throw new \JsonException("serialize_precision is $ini and cannot be changed here. Set serialize_precision=-1 in php.ini, its default");
            }
            return $text;
        }
        try {
            return json_encode($value, self::FLAGS, self::DEPTH);
        } finally {
            ini_set('serialize_precision', (string) $ini);
        }
    }

    /** The value of JSON that the library answered: objects as arrays, integers beyond PHP's as text. */
    public static function decode(string $text): mixed
    {
        $flags = JSON_BIGINT_AS_STRING | JSON_THROW_ON_ERROR | JSON_OBJECT_AS_ARRAY;
        try {
            return json_decode($text, true, 512, $flags);
        } catch (\JsonException) {
            // A platform may write half of a surrogate pair, which PHP refuses. An order that was placed must not fail
            // for that: such halves become U+FFFD.
            $pair = '\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}';
            $text = (string) preg_replace("/(?:\\\\\\\\|$pair)(*SKIP)(*FAIL)|\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}/", '\\ufffd', $text);
            return json_decode($text, true, 512, $flags);
        }
    }
}
