<?php
// The orders that changed since a cursor.

declare(strict_types=1);

namespace Countersign;

/** The orders that changed since a cursor, the earliest change first. */
final readonly class Changes
{
    /**
     * @param list<Row> $rows as they are now
     * @param string $cursor for the next {@see Outbox::changes}
     */
    public function __construct(public array $rows, public string $cursor)
    {
    }
}
