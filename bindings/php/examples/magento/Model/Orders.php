<?php
// What is to be placed of an order, and how the outbox is brought in line with it.

declare(strict_types=1);

namespace Shop\Countersign\Model;

use Countersign\EnqueueStatus;
use Countersign\Exception\CountersignException;
use Countersign\Kind;
use Countersign\State;
use Magento\Framework\FlagManager;
use Magento\Sales\Api\OrderStatusHistoryRepositoryInterface;
use Magento\Sales\Model\Order;
use Magento\Sales\Model\ResourceModel\Order\CollectionFactory;
use Psr\Log\LoggerInterface;

class Orders
{
    /** Under which name the buy request of an order line keeps its design. */
    private const LINE = 'spiff_transaction_id';

    /** States in which an order may be paid: cash on delivery and authorised payments are here before they are. */
    private const PAID = ['processing', 'complete'];

    /** States in which nothing of an order is wanted any more; a full credit memo closes it. */
    private const OVER = ['canceled', 'closed'];

    public function __construct(
        private readonly Store $store,
        private readonly CollectionFactory $collections,
        private readonly OrderStatusHistoryRepositoryInterface $comments,
        private readonly FlagManager $flags,
        private readonly LoggerInterface $logger,
    ) {
    }

    /** An order as it is in the database now: one that an event hands over may have been rolled back. */
    public function find(string $field, int|string $value): ?Order
    {
        $order = $this->collections->create()->addFieldToFilter($field, $value)->setPageSize(1)->getFirstItem();
        return $order->getId() ? $order : null;
    }

    /**
     * Brings the outbox in line with an order, as often as you like. Never throws: it may run in the middle of a checkout.
     *
     * @param bool $sweep what was cancelled stays so
     * @param bool $chosen a person wants this order sent, though it was made before this module was there
     * @return bool false where the database or the library failed: the sweep has to come again
     */
    public function align(Order $order, bool $sweep = false, bool $chosen = false): bool
    {
        try {
            $text = $this->aligned($order, $sweep, $chosen);
        } catch (\DomainException $fraction) {
            $text = "not placed: {$fraction->getMessage()}";
        } catch (CountersignException $failure) {
            if (!in_array($failure->kind, [Kind::InvalidOrder, Kind::InvalidArgument], true)) {
                $this->logger->error("Countersign: order {$order->getIncrementId()} is left to the sweep. {$failure->getMessage()} {$failure->nextStep}");
                return false;
            }
            $problems = array_map(static fn($problem) => "{$problem['path']}: {$problem['message']}", $failure->problems);
            $text = 'not placed: ' . implode(' ', [$failure->getMessage(), ...$problems]);
        } catch (\Throwable $failure) {
            $this->logger->error("Countersign: order {$order->getIncrementId()} is left to the sweep. {$failure->getMessage()}");
            return false;
        }
        $text === null || $this->say($order, $text);
        return true;
    }

    /** @return string|null what people have to know about it */
    private function aligned(Order $order, bool $sweep, bool $chosen): ?string
    {
        $over = in_array($order->getState(), self::OVER, true);
        $paid = in_array($order->getState(), self::PAID, true) && (float) $order->getBaseTotalDue() < 0.005;
        $designs = $over || $paid ? $this->designs($order) : [];
        if ($designs === []) {
            return null;
        }
        $outbox = $this->store->outbox();
        $id = (string) $order->getIncrementId();
        try {
            $items = $over ? [] : $this->items($designs);
        } catch (\DomainException $fraction) {
            $outbox->cancel($id); // what waits from before has another quantity
            throw $fraction;
        }
        if ($items === []) {
            $outbox->cancel($id);
            return null;
        }
        // It may have been placed by another way. A person chooses.
        if (!$chosen && $this->made($order) < ($this->store->installedAt() ?? PHP_INT_MAX) && $outbox->get($id) === null) {
            return "not placed: it was made before this module was there. If it is not placed yet: bin/magento countersign:enqueue $id";
        }
        $placing = ['externalId' => $id, 'paid' => true, 'orderItems' => $items];
        $told = $sweep ? $outbox->sweep([$placing])->orders[0] : $outbox->enqueue($placing);
        if ($told instanceof \Throwable) {
            throw $told;
        }
        return match (true) {
            $told->status === EnqueueStatus::Conflict => 'it was changed after it was sent: the platform may have it as it was. A person must look.',
            $told->status === EnqueueStatus::Elsewhere => "not placed: the account {$told->account} has an order with this id.",
            $sweep && $told->state === State::Cancelled => "it is paid, and was cancelled before. If it is wanted: bin/magento countersign:enqueue $id",
            default => null,
        };
    }

    /** @return list<array{string, float}> design, and how many are left after refunds and cancelled lines */
    private function designs(Order $order): array
    {
        $designs = [];
        foreach ($order->getAllVisibleItems() as $item) {
            $design = (string) ($item->getProductOptionByCode('info_buyRequest')[self::LINE] ?? '');
            if ($design !== '') {
                // Decimal text, "2.0000", or null.
                $left = (float) $item->getQtyOrdered() - (float) $item->getQtyRefunded() - (float) $item->getQtyCanceled();
                $designs[] = [$design, $left];
            }
        }
        return $designs;
    }

    /**
     * @param list<array{string, float}> $designs
     * @return list<array{amountToOrder: int, transactionId: string}>
     * @throws \DomainException for a line that cannot be ordered: nobody rounds for a shop
     */
    private function items(array $designs): array
    {
        $items = [];
        foreach ($designs as [$design, $left]) {
            if (abs($left - round($left)) > 1e-6) {
                throw new \DomainException("The quantity of design $design is $left, and designs are made in whole numbers.");
            }
            if ($left > 0.5) {
                $items[] = ['amountToOrder' => (int) round($left), 'transactionId' => $design];
            }
        }
        return $items;
    }

    /** When an order was made. Magento keeps times in UTC. */
    private function made(Order $order): int
    {
        return (int) strtotime("{$order->getCreatedAt()} UTC");
    }

    /** A comment of the order, unless it is the last one of ours already. It does not save the order. */
    public function say(Order $order, string $text): void
    {
        foreach ($order->getAllStatusHistory() as $comment) {
            // The newest comes first.
            if (str_starts_with((string) $comment->getComment(), 'Countersign: ')) {
                if ($comment->getComment() === "Countersign: $text") {
                    return;
                }
                break;
            }
        }
        try {
            $this->comments->save($order->addCommentToStatusHistory("Countersign: $text"));
        } catch (\Throwable $failure) {
            $this->logger->error("Countersign: order {$order->getIncrementId()} has no comment \"$text\". {$failure->getMessage()}");
        }
    }

    /**
     * Aligns what was changed since the last sweep: a process may die between the commit and the event, and an event may meet a
     * database that fails. Nothing from before the installation is looked at.
     */
    public function sweep(float $until): void
    {
        $installed = $this->store->installedAt();
        if ($installed === null) {
            return;
        }
        // From when on, up to which order an earlier run came, when that began, and whether an order failed since.
        [$since, $after, $began, $failed] = $this->flags->getFlagData('countersign_swept') ?? [0, 0, 0, false];
        $began = $began ?: time();
        do {
            if (microtime(true) > $until) {
                return;
            }
            $orders = $this->collections->create()
                ->addFieldToFilter('updated_at', ['gteq' => gmdate('Y-m-d H:i:s', max($since - 600, $installed))]) // clocks differ
                ->addFieldToFilter('state', ['in' => [...self::PAID, ...self::OVER]])
                ->addFieldToFilter('entity_id', ['gt' => $after])
                ->setOrder('entity_id', 'ASC')
                ->setPageSize(50)
                ->getItems();
            foreach ($orders as $order) {
                $failed = !$this->align($order, sweep: true) || $failed;
                $after = (int) $order->getId();
            }
            // Where one failed, the next sweep begins where this one did.
            $mark = $orders === [] ? [$failed ? $since : $began, 0, 0, false] : [$since, $after, $began, $failed];
            $this->flags->saveFlag('countersign_swept', $mark);
        } while ($orders !== []);
    }
}
