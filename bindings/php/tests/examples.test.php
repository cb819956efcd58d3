<?php
// The examples, run as they stand.

declare(strict_types=1);

use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;

require_once __DIR__ . '/psr.php';
require_once __DIR__ . '/wordpress.php';
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

require_once __DIR__ . '/../examples/woocommerce.php';

/** A paid order with one design, one plain line, and the quantity given as shops do. */
function woo(int $id, bool $paid = true, int|float|string $quantity = 2): WC_Order
{
    return Shop::$orders[$id] = new WC_Order($id, $paid, [
        new WC_Order_Item_Product([COUNTERSIGN_LINE_META => Sandbox::get()->transaction()], $quantity),
        new WC_Order_Item_Product([], 1),
    ]);
}

test('example woocommerce.php: a status that flips twice places once', static function () use ($sandbox): void {
    foreach ([[901, 2, 2], [902, 2.0, 2], [903, '3', 3]] as [$id, $quantity, $due]) {
        $order = woo($id, true, $quantity);
        do_action('woocommerce_order_status_processing', $id);
        do_action('woocommerce_order_status_processing', $id);
        do_action('woocommerce_order_status_completed', $id);
        $accepted = $sandbox->accepted((string) $id);
        same(count($accepted), 1, 'orders');
        same([$accepted[0]['paid'], $accepted[0]['items'][0]['amountToOrder'] ?? $accepted[0]['items'][0]['amount'] ?? null], [true, $due], show($accepted[0]['items']));
        same([$order->meta['_countersign_state'], $order->meta['_countersign_id']], ['placed', $accepted[0]['id']], 'meta');
        contains(implode("\n", $order->notes), 'placed as');
    }
});

test('example woocommerce.php: two requests at the same time', static function () use ($sandbox): void {
    woo(910);
    // The other request has claimed it and not stored anything yet.
    same(countersign_claim(910), true, 'the other');
    do_action('woocommerce_order_status_processing', 910);
    same(count($sandbox->accepted('910')), 0, 'orders');
    do_action('countersign_settle', 910);
    same(count($sandbox->accepted('910')), 0, 'perhaps it is still at it');
    // It died there: the job places the order.
    Shop::$options['countersign_order_910'] = (string) (time() - 300);
    do_action('countersign_settle', 910);
    same([count($sandbox->accepted('910')), Shop::$orders[910]->meta['_countersign_state']], [1, 'placed'], 'orders');
});

test('example woocommerce.php: not paid, without designs, gone', static function () use ($sandbox): void {
    woo(920, false);
    Shop::$orders[921] = new WC_Order(921, true, [new WC_Order_Item_Product([], 1)]);
    foreach ([920, 921, 922] as $id) {
        do_action('woocommerce_order_status_processing', $id);
        do_action('countersign_settle', 922);
        same(count($sandbox->accepted((string) $id)), 0, 'orders');
    }
    same(Shop::$orders[920]->meta, [], 'meta');
});

test('example woocommerce.php: doubt is stored, never sent again, and settled', static function () use ($sandbox): void {
    $order = woo(930);
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'order']);
    do_action('woocommerce_order_status_processing', 930);
    same($order->meta['_countersign_state'], 'unknown', 'state');
    do_action('woocommerce_order_status_completed', 930);
    same(count($sandbox->accepted('930')), 1, 'orders');
    [$time, $hook, $arguments] = end(Shop::$jobs);
    same([$hook, $arguments, $time], ['countersign_settle', [930], (int) $order->meta['_countersign_sent_at'] + 180], 'job');
    do_action($hook, ...$arguments);
    same($order->meta['_countersign_state'], 'placed', implode("\n", $order->notes));

    $order = woo(931);
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    do_action('woocommerce_order_status_processing', 931);
    do_action('countersign_settle', 931);
    same($order->meta['_countersign_state'], 'unknown', 'too early to say absent');
    same(count($sandbox->accepted('931')), 0, 'orders');
    // As if all of it was long ago, and seen absent before.
    Shop::$orders[931]->meta['_countersign_sent_at'] = (string) (time() - 1000);
    Shop::$orders[931]->meta['_countersign_absent_at'] = (string) (time() - 500);
    do_action('countersign_settle', 931);
    same([count($sandbox->accepted('931')), $order->meta['_countersign_state']], [1, 'placed'], 'placed again after it was absent');
});

test('example woocommerce.php: a refusal may be repeated by the next flip', static function () use ($sandbox): void {
    $order = woo(940);
    $sandbox->fault(['fault' => '401', 'target' => 'order']);
    do_action('woocommerce_order_status_processing', 940);
    same($order->meta['_countersign_state'], 'refused', 'state');
    contains(implode("\n", $order->notes), 'not placed');
    do_action('woocommerce_order_status_processing', 940);
    same([count($sandbox->accepted('940')), $order->meta['_countersign_state']], [1, 'placed'], 'orders');
});

test('example woocommerce.php: what was refunded is not ordered', static function () use ($sandbox): void {
    $order = woo(950, true, 3);
    $order->refunded = [$order->get_items()[0]->get_id() => -2];
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    do_action('woocommerce_order_status_processing', 950);
    same(json_decode($order->meta['_countersign_order'], true)['orderItems'][0]['amountToOrder'], 1, 'what was sent');
    // Refunded while it is in doubt: what was sent is settled, and nothing is left to place.
    $order->refunded = [$order->get_items()[0]->get_id() => -3];
    $order->meta['_countersign_sent_at'] = (string) (time() - 1000);
    $order->meta['_countersign_absent_at'] = (string) (time() - 500);
    do_action('countersign_settle', 950);
    same([count($sandbox->accepted('950')), $order->meta['_countersign_state']], [0, 'refused'], implode("\n", $order->notes));
    $order = woo(951, true, 3);
    $order->refunded = [$order->get_items()[0]->get_id() => -2];
    do_action('woocommerce_order_status_processing', 951);
    same(array_column($sandbox->accepted('951')[0]['items'], 'amountToOrder') ?: array_column($sandbox->accepted('951')[0]['items'], 'amount'), [1], 'amount');
});

test('example woocommerce.php: fractions are refused', static function () use ($sandbox): void {
    foreach ([[955, 1.5, 0], [956, 2, -0.5]] as [$id, $quantity, $refunded]) {
        $order = woo($id, true, $quantity);
        $order->refunded = [$order->get_items()[0]->get_id() => $refunded];
        do_action('woocommerce_order_status_processing', $id);
        same([count($sandbox->accepted((string) $id)), $order->meta['_countersign_state'] ?? null], [0, 'refused'], 'state');
        contains(implode("\n", $order->notes), '1.5, and a design is ordered in whole numbers');
    }
});

test('example woocommerce.php: what is refused for now is tried again, so many times', static function () use ($sandbox): void {
    $order = woo(960);
    $sandbox->fault(['fault' => '429', 'target' => 'order', 'retry_after' => 100]);
    do_action('woocommerce_order_status_processing', 960);
    same($order->meta['_countersign_state'], 'retry', implode("\n", $order->notes));
    [$time, $hook, $arguments] = end(Shop::$jobs);
    same([$hook, $time >= time() + 98], ['countersign_retry', true], 'no sooner than the platform asks for');
    do_action($hook, ...$arguments);
    do_action($hook, ...$arguments);
    same([count($sandbox->accepted('960')), $order->meta['_countersign_state']], [1, 'placed'], 'orders');

    $order = woo(961);
    $waits = [];
    for ($tries = 0; ($order->meta['_countersign_state'] ?? 'retry') === 'retry' && $tries < 20; $tries++) {
        $sandbox->fault(['fault' => '429', 'target' => 'order']);
        do_action($tries === 0 ? 'woocommerce_order_status_processing' : 'countersign_retry', 961);
        [$time, $hook] = end(Shop::$jobs);
        $waits = [...$waits, ...($hook === 'countersign_retry' ? [$time - time()] : [])];
    }
    same([$tries, count($waits), $order->meta['_countersign_state']], [6, 5, 'refused'], 'tries');
    holds($waits[0] < $waits[1] && $waits[3] < $waits[4], show($waits));
    contains(end($order->notes), 'a person must look');

    $order = woo(962);
    $sandbox->fault(['fault' => '429', 'target' => 'order']);
    do_action('woocommerce_order_status_processing', 962);
    $order->paid = false; // cancelled meanwhile
    do_action('countersign_retry', 962);
    same(count($sandbox->accepted('962')), 0, 'orders');
});

test('example woocommerce.php: a time that is lost is never 0', static function () use ($sandbox): void {
    foreach ([['sent_at', ''], ['sent_at', '0'], ['sent_at', 'soon'], ['order', '']] as $at => [$name, $lost]) {
        $order = woo(970 + $at);
        $sandbox->fault(['fault' => '500', 'target' => 'order']);
        do_action('woocommerce_order_status_processing', 970 + $at);
        $order->meta["_countersign_$name"] = $lost;
        $order->meta['_countersign_absent_at'] = (string) (time() - 500);
        for ($i = 0; $i < 3; $i++) {
            do_action('countersign_settle', 970 + $at);
            do_action('woocommerce_order_status_completed', 970 + $at);
        }
        same([count($sandbox->accepted((string) (970 + $at))), $order->meta['_countersign_state']], [0, 'look'], "$name=$lost");
        same(count(array_filter($order->notes, static fn($note) => str_contains($note, 'A person must look'))), 1, 'notes');
    }
});

test('example woocommerce.php: settling ends', static function () use ($sandbox): void {
    // A read that fails, for whatever reason, again and again.
    $order = woo(980);
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    do_action('woocommerce_order_status_processing', 980);
    $notes = count($order->notes);
    for ($reads = 0; $order->meta['_countersign_state'] === 'unknown' && $reads < 50; $reads++) {
        foreach (range(1, 3) as $_) {
            $sandbox->fault(['fault' => '403', 'target' => 'read']);
        }
        do_action('countersign_settle', 980);
        $sandbox->control('DELETE', 'faults');
    }
    same([$reads, $order->meta['_countersign_state'], count($order->notes)], [6, 'look', $notes + 1], 'reads');
    contains(end($order->notes), 'A person must look');
    // Doubt that no read ends: said once.
    $order = woo(981);
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    do_action('woocommerce_order_status_processing', 981);
    [$notes, $jobs] = [count($order->notes), count(Shop::$jobs)];
    do_action('countersign_settle', 981);
    do_action('countersign_settle', 981);
    same([count($order->notes), count(Shop::$jobs), $order->meta['_countersign_state']], [$notes, $jobs + 2, 'unknown'], 'unclear');
    // The design belongs to another order already: no later read can tell.
    $order = Shop::$orders[982] = new WC_Order(982, true, woo(983)->get_items());
    do_action('woocommerce_order_status_processing', 983);
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    do_action('woocommerce_order_status_processing', 982);
    [$notes, $jobs] = [count($order->notes), count(Shop::$jobs)];
    do_action('countersign_settle', 982);
    do_action('countersign_settle', 982);
    same([count($order->notes), count(Shop::$jobs), $order->meta['_countersign_state']], [$notes + 1, $jobs, 'look'], implode("\n", $order->notes));
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
