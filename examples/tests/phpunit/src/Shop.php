<?php
// A small shop. What a real one keeps in its database is an array here.

declare(strict_types=1);

namespace Shop;

use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Exception\VerificationFailed;
use Countersign\Outbox;
use Countersign\SpiffInterface;
use Countersign\Verdict;
use Countersign\Webhook;

final class Shop
{
    /** @var array<string, array<string, mixed>> */
    public array $orders = [];

    public function __construct(private SpiffInterface $spiff, private Outbox $outbox, private Webhook $webhook, private Webhook $callback)
    {
    }

    /** Places a paid order, while the shopper waits, and says what became of it. */
    public function checkout(string $id, string $transactionId): string
    {
        $order = ['externalId' => $id, 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => $transactionId]]];
        $this->orders[$id] = ['state' => 'sending', 'order' => $order, 'sentAt' => time()];
        try {
            $news = ['state' => 'placed', 'id' => $this->spiff->placeOrder($order)->id];
        } catch (OutcomeUnknown $doubt) {
            $news = ['state' => 'unknown', 'sentAt' => $doubt->sentAt, 'firstAbsentAt' => null];
        } catch (NotPlaced $refused) {
            $news = ['state' => $refused->retryable ? 'waiting' : 'refused', 'why' => $refused->getMessage()];
        }
        $this->orders[$id] = [...$this->orders[$id], ...$news];
        return $news['state'];
    }

    /** Finds out about the orders in doubt: a job of every minute. */
    public function settle(): void
    {
        foreach ($this->orders as &$row) {
            if ($row['state'] !== 'unknown') {
                continue;
            }
            $found = $this->spiff->settle($row['order'], sentAt: $row['sentAt'], firstAbsentAt: $row['firstAbsentAt']);
            $row['firstAbsentAt'] = $found->firstAbsentAt;
            $row['state'] = match (true) {
                $found->verdict === Verdict::Placed => 'placed',
                $found->verdict === Verdict::Absent => 'waiting',
                default => $found->againAt === null ? 'held' : 'unknown',
            };
        }
    }

    /**
     * Hears from the payment provider, perhaps twice: the outbox delivers it.
     *
     * @param array<string, mixed> $order
     */
    public function paid(array $order, string $account): void
    {
        $this->outbox->enqueue($order, account: $account);
    }

    /**
     * Answers a delivery of a subscription at Sign Customiser.
     *
     * @param array<string, string> $headers
     * @return array{int, string} a status, and a body
     */
    public function delivered(array $headers, string $body): array
    {
        try {
            $event = $this->webhook->verify($headers, $body);
        } catch (VerificationFailed) {
            return [401, '{}'];
        }
        $this->outbox->notify($event);
        return [200, '{"ok":true}'];
    }

    /**
     * Answers the product:created callback of Sign Customiser, which is signed with the integration's secret.
     *
     * @param array<string, string> $headers
     * @return array{int, string} a status, and a body
     */
    public function createProduct(array $headers, string $body): array
    {
        try {
            $event = $this->callback->verify($headers, $body);
        } catch (VerificationFailed) {
            return [401, '{}'];
        }
        return [200, $event->answer('shop-' . $event->data['product_id'])];
    }
}
