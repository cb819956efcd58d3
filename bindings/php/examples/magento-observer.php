<?php
// A Magento observer for sales_order_invoice_pay: places the designs of an order once it is paid, and a cron job that goes on with
// what is not certain yet.
//
// etc/events.xml: <event name="sales_order_invoice_pay"><observer name="countersign" instance="Shop\Designs\Observer\PlaceAfterPayment"/></event>
// etc/crontab.xml: <job name="countersign" instance="Shop\Designs\Observer\PlaceAfterPayment" method="again"><schedule>* * * * *</schedule></job>
// db_schema.xml: sales_order has the columns countersign_state, _sent_at, _order (text), _again_at, _absent_at and _tries. States:
// "sending" and "unknown" may have been placed: the job settles them. "placed" and "refused" are certain. "retry" was certainly not
// placed: the job tries again. "look": no job can tell, so a person looks at Spiff, and then writes "placed", or empties it.

declare(strict_types=1);

namespace Shop\Designs\Observer;

use Countersign\Exception\CountersignException;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Kind;
use Countersign\Spiff;
use Countersign\Verdict;
use Magento\Framework\Api\SearchCriteriaBuilder;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Framework\Lock\LockManagerInterface;
use Magento\Sales\Api\OrderRepositoryInterface;
use Psr\Log\LoggerInterface;

final class PlaceAfterPayment implements ObserverInterface
{
    /** Seconds until the next try of what failed for now. After the last a person must look. */
    private const WAITS = [60, 300, 1800, 7200, 43200];

    public function __construct(
        private readonly OrderRepositoryInterface $orders,
        private readonly SearchCriteriaBuilder $criteria,
        private readonly LockManagerInterface $locks,
        private readonly LoggerInterface $logger,
    ) {
    }

    /**
     * What is left of an order after refunds and cancelled lines, as Countersign takes it. Magento hands quantities over as
     * decimal text, "2.0000".
     *
     * @return array{externalId: string, paid: bool, orderItems: list<array{amountToOrder: int, transactionId: string}>}
     * @throws \DomainException for a line that cannot be ordered
     */
    public function input(object $order): array
    {
        $items = [];
        foreach ($order->getAllVisibleItems() as $item) {
            $request = $item->getProductOptionByCode('info_buyRequest') ?? [];
            $transaction = (string) ($request['spiff_transaction_id'] ?? '');
            if ($transaction === '') {
                continue;
            }
            $left = (float) $item->getQtyOrdered() - (float) $item->getQtyRefunded() - (float) $item->getQtyCanceled();
            // Nobody rounds for a shop.
            if (abs($left - round($left)) > 1e-6) {
                throw new \DomainException("The quantity of design $transaction is $left, and a design is ordered in whole numbers.");
            }
            if ($left > 0.5) {
                $items[] = ['amountToOrder' => (int) round($left), 'transactionId' => $transaction];
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
        $this->locked((int) $observer->getEvent()->getInvoice()->getOrder()->getEntityId(), $this->place(...));
    }

    /** The cron job: settles what is in doubt, and tries again what was certainly not placed. */
    public function again(): void
    {
        $due = $this->criteria->addFilter('countersign_again_at', time(), 'lteq')->create();
        foreach ($this->orders->getList($due)->getItems() as $found) {
            $this->locked((int) $found->getEntityId(), function (object $order): void {
                if ((int) $order->getData('countersign_again_at') > time()) {
                    return; // another process was here
                }
                in_array($order->getData('countersign_state'), ['sending', 'unknown'], true) ? $this->settle($order) : $this->place($order);
            });
        }
    }

    /** @param callable(object): void $work on the order as it is stored now: an event's own may be older */
    private function locked(int $id, callable $work): void
    {
        if (!$this->locks->lock("countersign_$id", 0)) {
            return; // another process has it
        }
        try {
            $work($this->orders->get($id));
        } catch (\Throwable $fault) {
            // The payment is taken: nothing here may undo it.
            $this->logger->error('Countersign: ' . $fault->getMessage(), ['order' => $id]);
        } finally {
            $this->locks->unlock("countersign_$id");
        }
    }

    private function place(object $order): void
    {
        if (in_array($order->getData('countersign_state'), ['sending', 'placed', 'unknown', 'look'], true)) {
            return;
        }
        try {
            $input = $this->input($order);
        } catch (\DomainException $fraction) {
            $this->store($order, 'refused', [], "Not placed: {$fraction->getMessage()}");
            return;
        }
        if (!$input['paid'] || $input['orderItems'] === []) {
            if ($order->getData('countersign_state') === 'retry') {
                $this->store($order, 'refused', [], 'Not placed: nothing of it is left to order.');
            }
            return;
        }
        try {
            $spiff = Spiff::fromEnv(['appInfo' => 'magento-example/1.0'], logger: $this->logger);
            // Stored before anything is sent: also the order itself, because a refund would change what is settled.
            $sent = ['sent_at' => time(), 'order' => json_encode($input), 'absent_at' => null, 'again_at' => time() + 300];
            $this->store($order, 'sending', $sent);
            $placed = $spiff->placeOrder($input);
            $this->store($order, 'placed', [], 'Placed as ' . ($placed->id ?? 'an order without id') . '.');
        } catch (OutcomeUnknown $doubt) {
            $times = ['sent_at' => $doubt->sentAt, 'again_at' => $doubt->settleAfter, 'tries' => 0];
            $this->store($order, 'unknown', $times, "It may have been placed: {$doubt->getMessage()}");
        } catch (CountersignException $error) {
            $wait = $error->retryable ? self::WAITS[(int) $order->getData('countersign_tries')] ?? null : null;
            $this->later($order, 'retry', 'refused', $wait === null ? null : max($wait, $error->retryAfter ?? 0), "Not placed: {$error->getMessage()} {$error->nextStep}");
        }
    }

    private function settle(object $order): void
    {
        [$sentAt, $sent, $absentAt] = array_map(static fn($name) => (string) $order->getData("countersign_$name"), ['sent_at', 'order', 'absent_at']);
        if ($sent === '' || !ctype_digit($sentAt) || (int) $sentAt === 0) {
            // Never taken for 0: an order that was sent long ago is soon called absent, and then placed twice.
            $this->store($order, 'look', [], 'It may have been placed, and when or what was sent is lost. A person must look at Spiff.');
            return;
        }
        try {
            $found = Spiff::fromEnv()->settle($sent, (int) $sentAt, ctype_digit($absentAt) ? (int) $absentAt : null);
        } catch (CountersignException $error) {
            // The read failed: as much in doubt as before.
            $wait = $error->kind === Kind::InvalidArgument ? null : self::WAITS[(int) $order->getData('countersign_tries')] ?? null;
            $this->later($order, 'unknown', 'look', $wait, $wait === null ? "It may have been placed, and cannot be read back: {$error->getMessage()}" : '');
            return;
        }
        if ($found->verdict === Verdict::Placed) {
            $this->store($order, 'placed', [], "It was placed: {$found->reason}");
        } elseif ($found->verdict === Verdict::Absent) {
            $this->store($order, 'retry', ['tries' => 0], "It was not placed: {$found->reason}");
            $this->place($order);
        } elseif ($found->againAt === null) {
            $this->store($order, 'look', [], "It may have been placed: {$found->reason} A person must look at Spiff.");
        } else {
            // Said once, when the doubt arose.
            $note = $order->getData('countersign_state') === 'sending' ? "It may have been placed: {$found->reason}" : '';
            $this->store($order, 'unknown', ['again_at' => $found->againAt, 'absent_at' => $found->firstAbsentAt, 'tries' => 0], $note);
        }
    }

    /** Once more after so many seconds, or never. */
    private function later(object $order, string $state, string $end, ?int $wait, string $comment): void
    {
        if ($wait === null) {
            $this->store($order, $end, [], "$comment A person must look.");
            return;
        }
        $tries = (int) $order->getData('countersign_tries') + 1;
        $this->store($order, $state, ['again_at' => time() + $wait, 'tries' => $tries], $comment);
    }

    /** @param array<string, int|string|null> $data what is stored beside the state; the job comes again only where it says when */
    private function store(object $order, string $state, array $data, string $comment = ''): void
    {
        foreach (['state' => $state] + $data + ['again_at' => null] as $name => $value) {
            $order->setData("countersign_$name", $value);
        }
        if ($comment !== '') {
            $order->addCommentToStatusHistory("Countersign: $comment");
        }
        $this->orders->save($order);
    }
}
