<?php
// A Magento observer for sales_order_invoice_pay: places the designs of an order once it is paid.
//
// etc/events.xml: <event name="sales_order_invoice_pay"><observer name="countersign" instance="Shop\Designs\Observer\PlaceAfterPayment"/></event>
// The columns countersign_state and countersign_sent_at belong to sales_order (db_schema.xml). A cron job settles what
// stays "sending" or "unknown": $spiff->settle($observer->input($order), (int) $order->getData('countersign_sent_at')).

declare(strict_types=1);

namespace Shop\Designs\Observer;

use Countersign\Exception\CountersignException;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Spiff;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Framework\Lock\LockManagerInterface;
use Magento\Sales\Api\OrderRepositoryInterface;
use Psr\Log\LoggerInterface;

final class PlaceAfterPayment implements ObserverInterface
{
    public function __construct(
        private readonly OrderRepositoryInterface $orders,
        private readonly LockManagerInterface $locks,
        private readonly LoggerInterface $logger,
    ) {
    }

    /**
     * The order as Countersign takes it. Magento hands quantities over as decimal text, "2.0000": they are cast.
     *
     * @return array{externalId: string, paid: bool, orderItems: list<array{amountToOrder: int, transactionId: string}>}
     */
    public function input(object $order): array
    {
        $items = [];
        foreach ($order->getAllVisibleItems() as $item) {
            $request = $item->getProductOptionByCode('info_buyRequest') ?? [];
            if (($request['spiff_transaction_id'] ?? '') !== '') {
                $items[] = ['amountToOrder' => (int) $item->getQtyOrdered(), 'transactionId' => (string) $request['spiff_transaction_id']];
            }
        }
        return [
            'externalId' => (string) $order->getIncrementId(),
            'paid' => (float) $order->getBaseTotalDue() < 0.005,
            'orderItems' => $items,
        ];
    }

    public function execute(Observer $observer): void
    {
        $id = (int) $observer->getEvent()->getInvoice()->getOrder()->getEntityId();
        if (!$this->locks->lock("countersign_$id", 0)) {
            return; // another process is placing it
        }
        try {
            // The event's own order may be older than what another process stored.
            $order = $this->orders->get($id);
            $input = $this->input($order);
            if (!$input['paid'] || $input['orderItems'] === [] || in_array($order->getData('countersign_state'), ['sending', 'placed', 'unknown'], true)) {
                return;
            }
            $this->place($order, $input);
        } catch (\Throwable $fault) {
            // The payment is taken: nothing here may undo it.
            $this->logger->error('Countersign: ' . $fault->getMessage(), ['order' => $id]);
        } finally {
            $this->locks->unlock("countersign_$id");
        }
    }

    /** @param array<string, mixed> $input */
    private function place(object $order, array $input): void
    {
        try {
            $spiff = Spiff::fromEnv(['appInfo' => 'magento-example/1.0'], logger: $this->logger);
            $this->store($order, 'sending', time());
            $placed = $spiff->placeOrder($input);
            $this->store($order, 'placed', null, 'Placed as ' . ($placed->id ?? 'an order without id') . '.');
        } catch (OutcomeUnknown $doubt) {
            $this->store($order, 'unknown', $doubt->sentAt, "It may have been placed: {$doubt->getMessage()}");
        } catch (CountersignException $error) {
            $this->store($order, 'refused', null, "Not placed: {$error->getMessage()} {$error->nextStep}");
        }
    }

    private function store(object $order, string $state, ?int $sentAt, string $comment = ''): void
    {
        $order->setData('countersign_state', $state)->setData('countersign_sent_at', $sentAt);
        if ($comment !== '') {
            $order->addCommentToStatusHistory("Countersign: $comment");
        }
        $this->orders->save($order);
    }
}
