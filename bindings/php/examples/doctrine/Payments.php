<?php
// The outbox of a shop with Doctrine DBAL, and what a payment's webhook calls: the payment and the order are there, or neither.

declare(strict_types=1);

namespace Shop;

use Countersign\Enqueued;
use Countersign\Outbox;
use Countersign\Spiff;
use Doctrine\DBAL\Connection;

final class Payments
{
    public readonly Outbox $outbox;

    /** @param Connection $database that of the entity manager: $entities->getConnection() */
    public function __construct(private readonly Connection $database)
    {
        // The name of an account is part of every order's key: never rename it.
        $this->outbox = new Outbox($database, accounts: ['shop' => Spiff::fromEnv()]);
    }

    /**
     * @param array<string, mixed> $order as for placeOrder()
     * @throws \Throwable nothing was acknowledged: answer with 5xx, and the payment is told again
     */
    public function paid(int $id, array $order): Enqueued
    {
        return $this->database->transactional(function () use ($id, $order): Enqueued {
            $this->database->update('orders', ['paid' => 1], ['id' => $id]);
            return $this->outbox->enqueue($order);
        });
    }

    /** In a command or a job, each minute: a message that is handled twice sends nothing twice. */
    public function drain(): void
    {
        $this->outbox->drain(seconds: 50);
    }
}
