<?php
// Magento as far as the example needs it.

declare(strict_types=1);

namespace Magento\Framework\Event {
    interface ObserverInterface
    {
        public function execute(Observer $observer);
    }
    class Observer
    {
        public function __construct(private object $event)
        {
        }
        public function getEvent(): object
        {
            return $this->event;
        }
    }
}

namespace Magento\Framework\Lock {
    interface LockManagerInterface
    {
        public function lock(string $name, int $timeout = -1): bool;
        public function unlock(string $name): bool;
    }
}

namespace Magento\Sales\Api {
    interface OrderRepositoryInterface
    {
        public function get($id);
        public function save($order);
        public function getList($criteria);
    }
}

namespace Magento\Framework\Api {
    class SearchCriteriaBuilder
    {
        private array $filter = [];
        public function addFilter(string $field, mixed $value, string $condition = 'eq'): self
        {
            $this->filter = [$field, $value, $condition];
            return $this;
        }
        public function create(): array
        {
            return $this->filter;
        }
    }
}

namespace StubMagento {
    final class Locks implements \Magento\Framework\Lock\LockManagerInterface
    {
        public array $held = [];
        public function lock(string $name, int $timeout = -1): bool
        {
            if (isset($this->held[$name])) {
                return false;
            }
            return $this->held[$name] = true;
        }
        public function unlock(string $name): bool
        {
            unset($this->held[$name]);
            return true;
        }
    }

    final class Item
    {
        public string $refunded = '0.0000';
        public string $cancelled = '0.0000';
        public function __construct(private ?array $request, private string $quantity)
        {
        }
        public function getQtyRefunded(): string
        {
            return $this->refunded;
        }
        public function getQtyCanceled(): string
        {
            return $this->cancelled;
        }
        public function getProductOptionByCode(string $code): ?array
        {
            return $code === 'info_buyRequest' ? $this->request : null;
        }
        public function getQtyOrdered(): string
        {
            return $this->quantity;
        }
    }

    final class Order
    {
        public array $data = [];
        public array $comments = [];
        public function __construct(private int $id, public string $due, private array $items)
        {
        }
        public function getEntityId(): string
        {
            return (string) $this->id;
        }
        public function getIncrementId(): string
        {
            return sprintf('%09d', $this->id);
        }
        public function getBaseTotalDue(): string
        {
            return $this->due;
        }
        public function getAllVisibleItems(): array
        {
            return $this->items;
        }
        public function getData(string $name): mixed
        {
            return $this->data[$name] ?? null;
        }
        public function setData(string $name, mixed $value): self
        {
            $this->data[$name] = $value;
            return $this;
        }
        public function addCommentToStatusHistory(string $comment): void
        {
            $this->comments[] = $comment;
        }
        public function getInvoice(): object
        {
            return $this; // stands in for the event and its invoice too
        }
        public function getOrder(): self
        {
            return $this;
        }
    }

    final class Orders implements \Magento\Sales\Api\OrderRepositoryInterface
    {
        /** @var array<int, Order> */
        public array $all = [];
        public int $saved = 0;
        public function get($id)
        {
            return clone $this->all[$id];
        }
        public function getList($criteria): object
        {
            [$field, $value, $condition] = $criteria;
            $found = array_filter($this->all, static fn($order) => $condition === 'lteq' && $order->getData($field) !== null && $order->getData($field) <= $value);
            return new class ($found) {
                public function __construct(private array $items)
                {
                }
                public function getItems(): array
                {
                    return $this->items;
                }
            };
        }
        public function save($order)
        {
            $this->saved++;
            return $this->all[(int) $order->getEntityId()] = clone $order;
        }
    }
}
