<?php
// The job of every minute.

declare(strict_types=1);

namespace Shop\Countersign\Cron;

use Shop\Countersign\Model\Worker;

class Drain
{
    public function __construct(private readonly Worker $worker)
    {
    }

    public function execute(): void
    {
        $this->worker->drain(seconds: 40);
    }
}
