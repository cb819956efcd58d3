<?php
// The job of every minute. It carries no order and places none: a queue may run a job twice, or lose it.

declare(strict_types=1);

namespace App;

use Countersign\Outbox;
use Illuminate\Contracts\Queue\ShouldQueue;

final class DrainOutbox implements ShouldQueue
{
    /** The next minute's goes on where this one failed. */
    public int $tries = 1;

    /** Longer than a drain, which ends up to two deadlines of a call later. Jobs may overlap. */
    public int $timeout = 120;

    public function handle(Outbox $outbox): void
    {
        $outbox->drain(seconds: 50);
    }
}
