<?php
// Some orders of the outbox.

declare(strict_types=1);

namespace Countersign;

/** Some orders, in the order of their enqueueing. */
final readonly class RowList
{
    /**
     * @param list<Row> $rows
     * @param string|null $next where to go on: the `after` of the next {@see Outbox::list}; null at the end
     */
    public function __construct(public array $rows, public ?string $next)
    {
    }
}
