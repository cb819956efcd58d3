<?php
// What a payment's webhook calls: the payment and the order are there, or neither.

declare(strict_types=1);

namespace App;

use Countersign\Enqueued;
use Countersign\Outbox;
use Illuminate\Database\Connection;

final class Payments
{
    public function __construct(private readonly Connection $database, private readonly Outbox $outbox)
    {
    }

    /**
     * @param array<string, mixed> $order as for placeOrder()
     * @throws \Throwable nothing was acknowledged: answer with 5xx, and the payment is told again
     */
    public function paid(int $id, array $order): Enqueued
    {
        // A deadlock is tried again as a whole.
        return $this->database->transaction(function () use ($id, $order): Enqueued {
            $this->database->table('orders')->where('id', $id)->update(['paid' => 1]);
            return $this->outbox->enqueue($order);
        }, attempts: 3);
    }
}
