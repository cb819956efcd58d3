<?php
// What a read-back says about an order in doubt.

declare(strict_types=1);

namespace Countersign;

/** The verdict about an order whose outcome was unknown; as text it is the verdict alone. */
final class Settlement implements \Stringable
{
    public const PLACED = 'placed';
    public const ABSENT = 'absent';
    public const UNCLEAR = 'unclear';

    /**
     * @param string $verdict "placed"; "absent": place it again; "unclear": settle again later
     * @param string $reason why, for a person
     * @param int|null $againAt when to settle again, in seconds since 1970
     * @param int|null $firstAbsentAt hand it to the next settle()
     */
    public function __construct(
        public readonly string $verdict,
        public readonly string $reason,
        public readonly ?int $againAt,
        public readonly ?int $firstAbsentAt,
    ) {
    }

    public function __toString(): string
    {
        return $this->verdict;
    }
}
