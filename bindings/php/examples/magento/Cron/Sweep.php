<?php
// The job of every quarter of an hour.

declare(strict_types=1);

namespace Shop\Countersign\Cron;

use Shop\Countersign\Model\Worker;

class Sweep
{
    public function __construct(private readonly Worker $worker)
    {
    }

    public function execute(): void
    {
        $this->worker->sweep(seconds: 40);
    }
}
