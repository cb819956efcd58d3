<?php
// What one drain did.

declare(strict_types=1);

namespace Countersign;

/** What one {@see Outbox::drain} did. */
final readonly class Drained
{
    /**
     * @param int $placed orders that are placed now
     * @param int $unknown orders that came into doubt
     * @param int $held orders that a person must look at now
     * @param int $rejected orders that the platform refused
     * @param int $cancelled orders that were cancelled in time
     * @param int|null $nextDue when the next one is due, in seconds since 1970; null if nothing is open that is due by itself
     * @param list<Changed> $changed the orders that changed their state; the last thousand
     */
    public function __construct(
        public int $placed,
        public int $unknown,
        public int $held,
        public int $rejected,
        public int $cancelled,
        public ?int $nextDue,
        public array $changed,
    ) {
    }
}
