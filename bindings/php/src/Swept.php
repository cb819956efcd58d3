<?php
// The answer of a sweep.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;

/** What a sweep found. */
final readonly class Swept
{
    /**
     * @param list<Enqueued|CountersignException> $orders what became of each order of the list, in its order
     * @param list<Row> $unlisted the orders of the outbox since the time that was given that the list lacks, and that are or may be at
     *     the platform: was their payment undone?
     */
    public function __construct(public array $orders, public array $unlisted)
    {
    }

    /**
     * @internal
     * @param array{orders: list<array<string, mixed>>, unlisted: list<array<string, mixed>>} $record
     */
    public static function of(array $record): self
    {
        $one = static fn(array $record): Enqueued|CountersignException => isset($record['error'])
            ? CountersignException::of($record['error'])
            : Enqueued::of($record);
        return new self(array_map($one, $record['orders']), array_map(Row::of(...), $record['unlisted']));
    }
}
