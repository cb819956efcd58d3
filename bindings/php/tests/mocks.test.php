<?php
// A shop that asks for an interface, and its tests, which need no platform; and errors made for them.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Kind;
use Countersign\Outcome;
use Countersign\PlacedOrder;
use Countersign\PreparedCall;
use Countersign\Settlement;
use Countersign\SignCustomiserInterface;
use Countersign\SpiffInterface;
use Countersign\SpiffOperations;
use Countersign\Testing\Errors;
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

foreach (vectors('facts.json') as $row) {
    ['id' => $id, 'facts' => $facts] = $row;
    $kind = Kind::tryFrom($facts['kind'] ?? '');
    if ($kind === null) {
        // PHP's enum takes no other.
        continue;
    }
    test("facts.json $id", static function () use ($kind, $facts, $row): void {
        if (isset($row['refused'])) {
            $refusal = raises(CountersignException::class, static fn() => Errors::of($kind, facts: $facts), 'invalid_argument');
            same(array_column($refusal->problems, 'path'), $row['refused'], 'paths');
            return;
        }
        $made = Errors::of($kind, facts: $facts);
        $record = ['problems' => array_column($made->problems, 'path'), 'body' => $made->body] + $made->jsonSerialize();
        same(array_intersect_key($record, $row['error']), array_replace(array_intersect_key($record, $row['error']), $row['error']), 'facts');
        $again = Errors::of($kind, $made->outcome, array_intersect_key($facts, ['effect' => 0]) + $made->jsonSerialize());
        same($again->jsonSerialize(), $made->jsonSerialize(), 'made again');
        same($again::class, $made::class, 'class');
    });
}

test('an error of an order is made in a word', static function (): void {
    $doubt = Errors::of(Kind::Timeout);
    holds($doubt instanceof OutcomeUnknown && $doubt->sentAt >= time() - 5, 'sent now');
    same(Errors::of(Kind::Timeout, Outcome::NotPlaced)->retryable, true, 'retryable');
    same(Errors::of(Kind::InvalidArgument, facts: ['message' => 'The id is empty.'])->getMessage(), 'The id is empty.', 'message');
    raises(CountersignException::class, static fn() => Errors::of(Kind::Timeout, facts: ['message' => "\xff"]), 'invalid_argument');
});
