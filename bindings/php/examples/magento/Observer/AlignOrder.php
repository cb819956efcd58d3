<?php
// After an order is saved and committed: what is paid of it waits to be sent, and what is over does not.

declare(strict_types=1);

namespace Shop\Countersign\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Psr\Log\LoggerInterface;
use Shop\Countersign\Model\Orders;

class AlignOrder implements ObserverInterface
{
    public function __construct(private readonly Orders $orders, private readonly LoggerInterface $logger)
    {
    }

    public function execute(Observer $observer): void
    {
        try {
            $order = $this->orders->find('entity_id', (int) $observer->getEvent()->getOrder()->getId());
            $order === null || $this->orders->align($order);
        } catch (\Throwable $failure) {
            // The payment is taken, and other observers come after this one. The sweep goes on.
            $this->logger->error("Countersign: {$failure->getMessage()}");
        }
    }
}
