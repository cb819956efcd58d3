<?php
// What in an input cannot be written as JSON, each with its path.

declare(strict_types=1);

namespace Countersign\Internal;

/** @internal */
final class Problems
{
    /** So many are enough to read. */
    private const MANY = 100;

    /** @var list<array{path: string, code: string, message: string}> */
    private array $found = [];

    /**
     * The problems of an input that could not be encoded, as the library takes them.
     *
     * @param array<mixed>|object $input
     * @param \Throwable $fault why it could not
     */
    public static function of(array|object $input, \Throwable $fault): string
    {
        $problems = new self();
        $problems->look($input, '', []);
        if ($problems->found === []) {
            $problems->add('', $fault instanceof \JsonException
                ? "it cannot be written as JSON: {$fault->getMessage()}."
                : 'a jsonSerialize() in it threw: see the previous exception.');
        }
        // Names of members stand in paths, and may be what is wrong.
        return json_encode($problems->found, JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR);
    }

    private function add(string $path, string $message): void
    {
        $this->found[] = ['path' => $path, 'code' => 'type', 'message' => $message];
    }

    /**
     * @param list<int|string|null> $within the identities of what the value is in
     * @param string|null $reference the identity of the reference that it is
     */
    private function look(mixed $value, string $path, array $within, ?string $reference = null): void
    {
        if (count($this->found) === self::MANY) {
            return;
        }
        $identity = is_object($value) ? spl_object_id($value) : $reference;
        $message = match (true) {
            is_float($value) && !is_finite($value) => "$value cannot be written as JSON. Give a number, or leave it out.",
            is_string($value) && !self::isText($value) => 'it is not UTF-8. Give the text in that encoding.',
            $value === null, is_scalar($value) => null,
            !is_array($value) && !is_object($value) => 'a resource cannot be written as JSON.',
            $identity !== null && in_array($identity, $within, true) => 'it refers to itself.',
            count($within) === Json::DEPTH => 'it is deeper than ' . Json::DEPTH . ' levels.',
            $value instanceof \JsonSerializable => $this->ask($value, $path, [...$within, $identity]),
            $value instanceof \BackedEnum => null,
            $value instanceof \UnitEnum => 'a ' . $value::class . ' has no form in JSON. Give text, a list or a plain object.',
            default => $this->members($value, $path, [...$within, $identity]),
        };
        if ($message !== null) {
            $this->add($path, $message);
        }
    }

    /** @param list<int|string|null> $within */
    private function ask(\JsonSerializable $value, string $path, array $within): ?string
    {
        try {
            $form = $value->jsonSerialize();
        } catch (\Throwable) {
            return 'its jsonSerialize() threw: see the previous exception.';
        }
        // Itself stands for its properties.
        $form === $value ? $this->members($value, $path, $within) : $this->look($form, $path, $within);
        return null;
    }

    /**
     * @param array<mixed>|object $value
     * @param list<int|string|null> $within
     */
    private function members(array|object $value, string $path, array $within): ?string
    {
        $list = is_array($value) && array_is_list($value);
        $members = is_array($value) ? $value : get_object_vars($value);
        foreach ($members as $key => $member) {
            $name = (string) $key;
            $place = match (true) {
                $list => "{$path}[$name]",
                $path === '' => $name,
                default => "$path.$name",
            };
            if (!self::isText($name)) {
                $this->add($place, 'its name is not UTF-8. Give the text in that encoding.');
                continue;
            }
            $this->look($member, $place, $within, \ReflectionReference::fromArrayElement($members, $key)?->getId());
        }
        return null;
    }

    private static function isText(string $text): bool
    {
        return preg_match('//u', $text) === 1;
    }
}
