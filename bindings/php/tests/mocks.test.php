<?php
// A shop that asks for an interface, and its tests, which need neither the library nor a platform.

declare(strict_types=1);

use Countersign\Exception\OutcomeUnknown;
use Countersign\Outcome;
use Countersign\PlacedOrder;
use Countersign\PreparedCall;
use Countersign\Settlement;
use Countersign\SignCustomiserInterface;
use Countersign\SpiffInterface;
use Countersign\SpiffOperations;
use Countersign\Verdict;
use Countersign\Webhooks;

/** The code of a shop. */
final class Checkout
{
    public function __construct(private readonly SpiffInterface $spiff)
    {
    }

    /** @return string what to store with the order */
    public function place(string $id, string $transactionId): string
    {
        [$design] = $this->spiff->transactions([$transactionId], select: 'isOrdered');
        $order = ['externalId' => $id, 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => $transactionId]]];
        try {
            return $design['isOrdered'] ? 'ordered before' : 'placed ' . $this->spiff->placeOrder($order)->id;
        } catch (OutcomeUnknown $doubt) {
            return $this->spiff->settle($order, (int) $doubt->sentAt)->verdict->value;
        }
    }
}

/** A fake by hand. With PHPUnit: `$spiff = $this->createStub(SpiffInterface::class)`. */
final class FakeSpiff implements SpiffInterface
{
    // Every operation of the model comes to run().
    use SpiffOperations;

    /** @var list<string> what was called */
    public array $calls = [];
    public ?OutcomeUnknown $doubt = null;

    /** @param array<string, mixed> $answers by the names of operations */
    public function __construct(private readonly array $answers)
    {
    }

    public function run(string $operation, array|object|string|null $input = null): mixed
    {
        $this->calls[] = $operation . json_encode($input);
        return $this->answers[$operation];
    }

    public function placeOrder(array|object|string $order): PlacedOrder
    {
        $this->calls[] = 'placeOrder';
        return $this->doubt === null ? new PlacedOrder('order-1', 1, $order['externalId'], null, []) : throw $this->doubt;
    }

    public function settle(array|object|string $order, int $sentAt, ?int $firstAbsentAt = null): Settlement
    {
        $this->calls[] = "settle $sentAt";
        return new Settlement(Verdict::Placed, 'it is there', null, null);
    }

    public function prepareOrder(array|object|string $order, ?int $now = null): PreparedCall
    {
        return $this->prepare('place_order', $order, $now);
    }

    public function prepare(string $operation, array|object|string|null $input = null, ?int $now = null): PreparedCall
    {
        throw new LogicException('not faked');
    }

    public function operations(): array
    {
        return [];
    }

    public function check(): array
    {
        return ['integration' => null, 'skew' => null, 'attempt' => []];
    }

    public function processExecutionWait(string $id, int $timeout = 60, int $interval = 2, ?string $select = null): array
    {
        return [];
    }

    public function graphql(string $query, array|object $variables = [], ?string $operationName = null): mixed
    {
        return null;
    }

    public function withTimeout(float $seconds): static
    {
        return $this;
    }

    public function actingFor(?string $partnerId = null, ?string $transactionOwnerId = null, ?string $bundleOwnerId = null): self
    {
        return $this;
    }
}

test('a shop is tested without the library', static function (): void {
    $fake = new FakeSpiff(['transactions' => [['isOrdered' => false]]]);
    $checkout = new Checkout($fake);
    same($checkout->place('1', 't'), 'placed order-1', 'placed');
    same($fake->calls, ['transactions{"ids":["t"],"select":"isOrdered"}', 'placeOrder'], 'calls');
    $fake->doubt = new OutcomeUnknown(['message' => 'time ran out', 'kind' => 'timeout', 'number' => 44, 'outcome' => 'unknown', 'sent_at' => 5]);
    same($fake->doubt->outcome, Outcome::Unknown, 'outcome');
    same($checkout->place('2', 't'), 'placed', 'settled');
    same(end($fake->calls), 'settle 5', 'the time of sending');
});

test('a fake pages its feeds as the client does', static function (): void {
    $fake = new FakeSpiff(['order_statuses_feed' => ['items' => [['name' => 'new'], null], 'next' => null]]);
    same([...$fake->orderStatusesFeed(select: 'name')], [['name' => 'new'], null], 'items');
});

test('webhook subscriptions go through the client that has them', static function (): void {
    $fake = new FakeSpiff(['webhooks_list' => ['one']]);
    same((new Webhooks($fake))->list(), ['one'], 'list');
});

test('what a client can do, its interface says', static function (): void {
    // Always thrown: nobody asks for it.
    $left = [Countersign\SignCustomiser::class => ['settle']];
    foreach ([Countersign\Spiff::class => SpiffInterface::class, Countersign\SignCustomiser::class => SignCustomiserInterface::class] as $class => $interface) {
        foreach ((new ReflectionClass($class))->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
            $name = $method->getName();
            if (!$method->isStatic() && !str_starts_with($name, '__') && !in_array($name, $left[$class] ?? [], true)) {
                holds(method_exists($interface, $name), "$interface has no $name");
            }
        }
    }
});
