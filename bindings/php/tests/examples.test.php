<?php
// The examples, run as they stand.

declare(strict_types=1);

use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;

require_once __DIR__ . '/psr.php';
require_once __DIR__ . '/magento.php';

$sandbox = Sandbox::get();
foreach ($sandbox->ready['env'] as $name => $value) {
    putenv("$name=$value"); // the examples take their credentials from the environment
}

test('example first-order.php', static function () use ($sandbox): void {
    $file = dirname(__DIR__) . '/examples/first-order.php';
    [$code, $out, $err] = run([PHP_BINARY, $file, 'first-1', $sandbox->transaction()]);
    same([$code, str_starts_with($out, 'placed: ')], [0, true], $out . $err);
    same(count($sandbox->accepted('first-1')), 1, 'orders');
    [$code, $out] = run([PHP_BINARY, $file, '', 'x']);
    same([$code, str_starts_with($out, 'not placed: ')], [1, true], $out);
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    [$code, $out] = run([PHP_BINARY, $file, 'first-2', $sandbox->transaction()]);
    same([$code, str_starts_with($out, 'unknown: ')], [3, true], $out);
    same(run([PHP_BINARY, $file])[0], 2, 'usage');
});

require_once __DIR__ . '/../examples/psr18.php';

test('example psr18.php', static function () use ($sandbox): void {
    $place = static fn(array $order) => place_with(new Stub\Client(), new Stub\Factory(), new Stub\Factory(), $sandbox->spiff(), $order);
    same($place($sandbox->order('psr-1'))->externalId, 'psr-1', 'placed');
    same(count($sandbox->accepted('psr-1')), 1, 'orders');
    $sandbox->fault(['fault' => '401', 'target' => 'order']);
    raises(NotPlaced::class, static fn() => $place($sandbox->order('psr-2')), 'authentication');
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'order']);
    raises(OutcomeUnknown::class, static fn() => $place($sandbox->order('psr-3')), 'interrupted');
    $call = $sandbox->spiff()->prepareOrder($sandbox->order('psr-4'));
    $request = $call->toPsr7(new Stub\Factory(), new Stub\Factory());
    same([$request->getMethod(), $request->getUri(), (string) $request->getBody()], [$call->method, $call->url, $call->body], 'request');
    same(array_map(static fn($values) => $values[0], $request->getHeaders()), $call->headers, 'headers');
    raises(OutcomeUnknown::class, static fn() => $call->readPsr7(new Stub\Message('', '', 200, new Stub\Stream('', true))), 'interrupted');
    raises(NotPlaced::class, static fn() => $call->readPsr7((new Stub\Message('', '', 429))->withHeader('Retry-After', '3')), 'throttled');
});

require_once __DIR__ . '/../examples/magento-observer.php';

/** A shop with nothing in it: orders, locks, log, the observer, a maker of orders with one design, a payer of one. */
function magento(): array
{
    $orders = new StubMagento\Orders();
    $locks = new StubMagento\Locks();
    $logger = new Stub\Logger();
    $observer = new Shop\Designs\Observer\PlaceAfterPayment($orders, new Magento\Framework\Api\SearchCriteriaBuilder(), $locks, $logger);
    $make = static fn(int $id, string $due = '0.0000', string $quantity = '2.0000') => $orders->all[$id] = new StubMagento\Order($id, $due, [
        new StubMagento\Item(['spiff_transaction_id' => Sandbox::get()->transaction()], $quantity),
        new StubMagento\Item(['qty' => 1], '1.0000'), new StubMagento\Item(null, '1.0000'),
    ]);
    $pay = static fn(int $id) => $observer->execute(new Magento\Framework\Event\Observer($orders->all[$id]));
    return [$orders, $locks, $logger, $observer, $make, $pay];
}

test('example magento-observer.php', static function () use ($sandbox): void {
    [$orders, $locks, $logger, $observer, $make, $pay] = magento();
    $make(1, '0.0000');
    $pay(1);
    $pay(1);
    $accepted = $sandbox->accepted('000000001');
    same(count($accepted), 1, 'orders');
    contains(show($accepted[0]['items']), '2');
    same([$orders->all[1]->data['countersign_state'], $locks->held], ['placed', []], 'state');

    $make(2, '5.0000'); // not paid in full yet
    $pay(2);
    same(count($sandbox->accepted('000000002')), 0, 'orders');

    $make(3, '0.0000');
    $locks->held['countersign_3'] = true; // another process
    $pay(3);
    same(count($sandbox->accepted('000000003')), 0, 'orders');
    unset($locks->held['countersign_3']);
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'order']);
    $pay(3);
    $pay(3);
    same([count($sandbox->accepted('000000003')), $orders->all[3]->data['countersign_state']], [1, 'unknown'], 'doubt');
    $observer->again();
    same($orders->all[3]->data['countersign_state'], 'unknown', 'not before it is due');
    $orders->all[3]->data['countersign_again_at'] = time();
    $observer->again();
    same([$orders->all[3]->data['countersign_state'], $orders->all[3]->data['countersign_again_at']], ['placed', null], 'settled');

    $make(4, '0.0000');
    $sandbox->fault(['fault' => '403', 'target' => 'order']);
    $pay(4);
    same($orders->all[4]->data['countersign_state'], 'refused', 'state');
    $pay(4);
    same(count($sandbox->accepted('000000004')), 1, 'orders');
    holds(in_array('warning', array_column($logger->records, 0), true), 'the attempt is in the log');
});

test('example magento-observer.php: what is left, in whole numbers', static function () use ($sandbox): void {
    [$orders, , , , $make, $pay] = magento();
    $amounts = static fn(string $id) => array_map(static fn($item) => $item['amountToOrder'] ?? $item['amount'], $sandbox->accepted($id)[0]['items'] ?? []);
    foreach ([[11, '3.0000', '2.0000', '0.0000', [1]], [12, '3.0000', '1.0000', '1.0000', [1]], [13, '2.0000', '0.0000', '2.0000', []], [14, '1.5000', '0.0000', '0.0000', []], [15, '2.0000', '0.5000', '0.0000', []]] as [$id, $quantity, $refunded, $cancelled, $due]) {
        $item = $make($id, '0.0000', $quantity)->getAllVisibleItems()[0];
        [$item->refunded, $item->cancelled] = [$refunded, $cancelled];
        $pay($id);
        same($amounts(sprintf('%09d', $id)), $due, "order $id");
        $note = implode("\n", $orders->all[$id]->comments);
        same([$orders->all[$id]->data['countersign_state'] ?? null, str_contains($note, '1.5, and a design is ordered in whole numbers')], $due !== [] ? ['placed', false] : ($id === 13 ? [null, false] : ['refused', true]), "$id: $note");
    }
});

test('example magento-observer.php: tries again, so many times', static function () use ($sandbox): void {
    [$orders, , , $observer, $make, $pay] = magento();
    $make(21);
    $sandbox->fault(['fault' => '429', 'target' => 'order', 'retry_after' => 100]);
    $pay(21);
    same($orders->all[21]->data['countersign_state'], 'retry', 'state');
    holds($orders->all[21]->data['countersign_again_at'] >= time() + 98, 'no sooner than the platform asks for');
    $observer->again();
    same(count($sandbox->accepted('000000021')), 0, 'not yet');
    $orders->all[21]->data['countersign_again_at'] = time();
    $observer->again();
    $observer->again();
    same([count($sandbox->accepted('000000021')), $orders->all[21]->data['countersign_state']], [1, 'placed'], 'orders');
    $make(22);
    for ($tries = 0; ($orders->all[22]->data['countersign_state'] ?? 'retry') === 'retry' && $tries < 20; $tries++) {
        $sandbox->fault(['fault' => '429', 'target' => 'order']);
        $orders->all[22]->data['countersign_again_at'] = time();
        $tries === 0 ? $pay(22) : $observer->again();
    }
    same([$tries, $orders->all[22]->data['countersign_state'], $orders->all[22]->data['countersign_again_at']], [6, 'refused', null], 'tries');
    contains(end($orders->all[22]->comments), 'A person must look');
    // Cancelled meanwhile.
    $item = $make(23)->getAllVisibleItems()[0];
    $sandbox->fault(['fault' => '429', 'target' => 'order']);
    $pay(23);
    $item->cancelled = '2.0000';
    $orders->all[23]->data['countersign_again_at'] = time();
    $observer->again();
    same([count($sandbox->accepted('000000023')), $orders->all[23]->data['countersign_state'], $orders->all[23]->data['countersign_again_at']], [0, 'refused', null], 'nothing left');
});

test('example magento-observer.php: settling ends, and a lost time is never 0', static function () use ($sandbox): void {
    [$orders, , , $observer, $make, $pay] = magento();
    foreach ([['sent_at', null], ['sent_at', 0], ['sent_at', ''], ['order', null]] as $at => [$name, $lost]) {
        $make(31 + $at);
        $sandbox->fault(['fault' => '500', 'target' => 'order']);
        $pay(31 + $at);
        $order = $orders->all[31 + $at];
        $order->data = ["countersign_$name" => $lost, 'countersign_absent_at' => time() - 500, 'countersign_again_at' => time()] + $order->data;
        $observer->again();
        $observer->again();
        $pay(31 + $at);
        $order = $orders->all[31 + $at];
        same([count($sandbox->accepted(sprintf('%09d', 31 + $at))), $order->data['countersign_state']], [0, 'look'], "$name lost");
        same(count(array_filter($order->comments, static fn($note) => str_contains($note, 'A person must look'))), 1, 'notes');
    }
    $make(41);
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    $pay(41);
    $notes = count($orders->all[41]->comments);
    for ($reads = 0; $orders->all[41]->data['countersign_state'] === 'unknown' && $reads < 50; $reads++) {
        foreach (range(1, 3) as $_) {
            $sandbox->fault(['fault' => '403', 'target' => 'read']);
        }
        $orders->all[41]->data['countersign_again_at'] = time();
        $observer->again();
        $sandbox->control('DELETE', 'faults');
    }
    same([$reads, $orders->all[41]->data['countersign_state'], count($orders->all[41]->comments)], [6, 'look', $notes + 1], 'reads');
    $orders->all[43] = new StubMagento\Order(43, '0.0000', $make(44)->getAllVisibleItems());
    $pay(44); // The design belongs to another order already: no later read can tell.
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    $pay(43);
    $orders->all[43]->data['countersign_again_at'] = time();
    $observer->again();
    same([$orders->all[43]->data['countersign_state'], $orders->all[43]->data['countersign_again_at']], ['look', null], 'unclear for ever');
    $make(42);
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    $pay(42);
    $orders->all[42]->data = ['countersign_sent_at' => time() - 1000, 'countersign_absent_at' => time() - 500, 'countersign_again_at' => time()] + $orders->all[42]->data;
    $observer->again();
    same([count($sandbox->accepted('000000042')), $orders->all[42]->data['countersign_state']], [1, 'placed'], 'absent, and placed then');
});

foreach (array_keys($sandbox->ready['env']) as $name) {
    putenv($name);
}
