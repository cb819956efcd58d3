<?php
// What the platform said about an order that it has.

declare(strict_types=1);

namespace Countersign;

/** An order that was placed. Store {@see $id} with your own order. */
final class PlacedOrder
{
    /**
     * @param string|int|null $id the platform's id; null where it answered none (a placed order all the same)
     * @param string|int|null $internalId the platform's number for people
     * @param string|int|null $externalId your own id of the order
     * @param array<mixed>|null $errors GraphQL errors beside the order, as sent
     * @param mixed $raw the platform's order object, as sent
     * @param array<string, mixed>|null $attempt the record of the last attempt; null with HTTP of your own
     */
    public function __construct(
        public readonly string|int|null $id,
        public readonly string|int|null $internalId,
        public readonly string|int|null $externalId,
        public readonly ?array $errors,
        public readonly mixed $raw,
        public readonly ?array $attempt = null,
    ) {
    }

    /**
     * @internal
     * @param mixed $answer the answer as the core writes it
     * @param array<string, mixed>|null $attempt
     */
    public static function of(mixed $answer, ?array $attempt): self
    {
        // Read leniently: an order that was placed must never fail for the form of its answer.
        $answer = is_array($answer) ? $answer : [];
        $id = static fn(mixed $value): string|int|null => is_string($value) || is_int($value) ? $value : null;
        return new self(
            $id($answer['id'] ?? null),
            $id($answer['internalId'] ?? null),
            $id($answer['externalId'] ?? null),
            is_array($answer['errors'] ?? null) ? $answer['errors'] : null,
            $answer['raw'] ?? null,
            $attempt,
        );
    }
}
