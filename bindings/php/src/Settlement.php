<?php
// What a read-back says about an order in doubt.

declare(strict_types=1);

namespace Countersign;

/** The verdict about an order whose outcome was unknown; as text it is the verdict alone. */
final class Settlement implements \Stringable
{
    /**
     * @param string $reason why, for a person
     * @param int|null $againAt when to settle again, in seconds since 1970; null if a person must look
     * @param int|null $firstAbsentAt hand it to the next settle()
     */
    public function __construct(
        public readonly Verdict $verdict,
        public readonly string $reason,
        public readonly ?int $againAt,
        public readonly ?int $firstAbsentAt,
    ) {
    }

    public function __toString(): string
    {
        return $this->verdict->value;
    }
}
