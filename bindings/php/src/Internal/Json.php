<?php
// JSON as it crosses to the library and back.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;
use Countersign\Kind;
use Countersign\Outcome;

/** @internal */
final class Json
{
    /**
     * Nothing is rewritten on the way: slashes and letters stay, and 2.0 stays a float, so that the core refuses it as a
     * quantity.
     */
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS
        | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR;

    /**
     * The JSON of an input. Text is taken as JSON already, null as no input.
     *
     * @param array<mixed>|object|string|null $value
     * @param bool $changes whether it belongs to an order or other change, which is then certainly not made
     * @throws CountersignException kind invalid_json
     */
    public static function encode(array|object|string|null $value, bool $changes = false): string
    {
        if ($value === null || is_string($value)) {
            return (string) $value;
        }
        try {
            return json_encode($value, self::FLAGS);
        } catch (\JsonException $fault) {
            throw CountersignException::refusal(
                Kind::InvalidJson,
                'The input cannot be written as JSON: ' . $fault->getMessage() . '.',
                'Correct the input; text must be UTF-8. Nothing was sent.',
                $changes ? Outcome::NotPlaced : null,
            );
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
