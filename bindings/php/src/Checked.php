<?php
// Whether a person must look.

declare(strict_types=1);

namespace Countersign;

/** Whether a person must look at the outbox. */
final readonly class Checked
{
    /**
     * @param bool $ok nothing is wrong
     * @param list<string> $problems what is, in sentences
     * @param list<string> $warnings what is not as it should be and does no harm yet
     * @param string $durability "full", or "reduced" where the database may lose what it acknowledged
     */
    public function __construct(
        public bool $ok,
        public array $problems,
        public array $warnings,
        public string $durability,
    ) {
    }
}
