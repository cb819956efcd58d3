<?php
// The Magento module, over a real MariaDB; Magento itself are the stubs of magento/stubs.php.

declare(strict_types=1);

require_once __DIR__ . '/servers.php';
require_once __DIR__ . '/magento/stubs.php';

const MAGENTO_MODULE = __DIR__ . '/../examples/magento';

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Shop\\Countersign\\')) {
        require MAGENTO_MODULE . '/' . strtr(substr($class, strlen('Shop\\Countersign\\')), '\\', '/') . '.php';
    }
});

/** A process of the shop; the database is made with the first. */
function magento(bool $split = false): Stub\Magento
{
    static $connect = null;
    if ($connect === null) {
        $database = MariaDb::get()->database('magento');
        $connect = static fn(): PDO => MariaDb::get()->pdo([], "SET sql_mode = '', time_zone = '+00:00'", $database);
        Stub\Magento::tables($connect());
        $shop = new Stub\Magento($connect, MAGENTO_MODULE);
        $shop->patch(Shop\Countersign\Setup\Patch\Data\InstallOutbox::class);
        foreach (Sandbox::get()->ready['env'] as $name => $value) {
            putenv("$name=$value"); // not before: the installation needs no credentials
        }
    }
    return new Stub\Magento($connect, MAGENTO_MODULE, $split);
}

/** The columns of an order of one design, and of a thing without. */
function magento_ordered(string $id, array $item = [], array $data = []): array
{
    $design = ['request' => ['spiff_transaction_id' => Sandbox::get()->transaction()], 'ordered' => '2.0000', 'refunded' => '0.0000', 'cancelled' => '0.0000'];
    $items = [$item + $design, ['ordered' => '1.5000', 'request' => ['qty' => 1]], ['ordered' => '1.0000']];
    return $data + ['increment_id' => $id, 'state' => 'processing', 'base_grand_total' => 30, 'base_total_paid' => 30, 'items' => json_encode($items)];
}

/** What of an order is at the platform: the amounts. */
function magento_delivered(string $id): array
{
    return array_map(static fn($order) => array_map(static fn($item) => $item['amountToOrder'] ?? $item['amount'], $order['items']), Sandbox::get()->accepted($id));
}

function magento_state(string $id): ?string
{
    return magento()->get(Shop\Countersign\Model\Store::class)->outbox()->get($id)?->state->value;
}

/** @return list<string> the comments of an order, the newest first */
function magento_comments(int $order): array
{
    $shop = magento();
    $comments = $shop->get(Shop\Countersign\Model\Orders::class)->find('entity_id', $order)->getAllStatusHistory();
    return array_map(static fn($comment) => $comment->getComment(), $comments);
}

/** The sweep as if it had never run. */
function magento_sweep_all(Stub\Magento $shop): void
{
    $shop->get(Magento\Framework\FlagManager::class)->saveFlag('countersign_swept', [0, 0, 0, false]);
    $shop->cron('countersign_sweep');
}

/** As if the module had been installed earlier, or later. */
function magento_installed(int $ago): void
{
    magento()->get(Magento\Framework\FlagManager::class)->saveFlag('countersign_installed', time() - $ago);
}

/** @return list<string> the texts of the errors that were logged */
function magento_logged(Stub\Magento $shop): array
{
    return $shop->log->errors;
}

test('magento: a paid order is placed once, however often it is saved', static function (): void {
    $shop = magento();
    $id = $shop->save(magento_ordered('100000001'));
    $shop->save(['state' => 'complete'], $id);
    magento()->save(['state' => 'processing'], $id);
    same([magento_state('100000001'), magento_delivered('100000001')], ['pending', []], 'checkout does not wait for the platform');
    magento()->cron('countersign_drain');
    magento()->cron('countersign_drain');
    $shop->save(['state' => 'complete'], $id);
    magento()->cron('countersign_drain');
    same([magento_state('100000001'), magento_delivered('100000001'), magento_logged($shop)], ['placed', [[2]], []], 'once');
    sleep(2); // what changed this moment is told with the next drain
    magento()->cron('countersign_drain');
    magento()->cron('countersign_drain');
    $comments = magento_comments($id);
    same([count($comments), preg_match('/^Countersign: placed as \S+\.$/', $comments[0] ?? '')], [1, 1], show($comments));
});

test('magento: what is not paid is not sent', static function (): void {
    $shop = magento();
    $cases = [
        '100000011' => ['state' => 'new', 'base_total_paid' => 0],
        // Cash on delivery that is shipped, a payment that is authorised and not captured.
        '100000012' => ['state' => 'processing', 'base_total_paid' => null],
        '100000013' => ['state' => 'processing', 'base_total_paid' => '29.9900'],
        '100000014' => ['state' => 'payment_review', 'base_total_paid' => 30],
        '100000015' => ['state' => 'holded', 'base_total_paid' => 30],
    ];
    $ids = [];
    foreach ($cases as $number => $data) {
        $ids[$number] = $shop->save(magento_ordered((string) $number, [], $data));
        same(magento_state((string) $number), null, show($data));
    }
    magento_sweep_all($shop);
    same(array_filter(array_map(static fn($number) => magento_state((string) $number), array_keys($cases))), [], 'swept');
    $shop->save(['state' => 'complete', 'base_total_paid' => '30.0000'], $ids['100000012']);
    $shop->save(['state' => 'processing'], $ids['100000015']);
    same([magento_state('100000012'), magento_state('100000015')], ['pending', 'pending'], 'paid now');
    same(magento_state((string) $shop->save(['increment_id' => '100000016', 'items' => '[]'] + magento_ordered('x'))), null, 'no design');
    magento()->cron('countersign_drain');
    same([magento_delivered('100000012'), magento_delivered('100000013'), magento_delivered('100000015')], [[[2]], [], [[2]]], 'sent');
});

test('magento: nothing of a transaction that is rolled back stays', static function (): void {
    foreach ([true, false] as $forgets) {
        $number = $forgets ? '100000021' : '100000022';
        $shop = magento();
        $adapter = $shop->resource->getConnection('sales');
        $adapter->beginTransaction();
        $shop->save(magento_ordered($number));
        same(magento_state($number), null, 'not committed');
        $adapter->rollBack($forgets);
        // The next commit of this process tells of the order that is gone.
        $shop->save(['state' => 'new'] + magento_ordered("{$number}9"));
        magento_sweep_all(magento());
        magento()->cron('countersign_drain');
        same([magento_state($number), magento_delivered($number), magento_logged($shop)], [null, [], []], $number);
    }
    // An order whose payment is rolled back while the order stays.
    $shop = magento();
    $id = $shop->save(magento_ordered('100000023', [], ['state' => 'new', 'base_total_paid' => 0]));
    $adapter = $shop->resource->getConnection('sales');
    $adapter->beginTransaction();
    $shop->save(['state' => 'processing', 'base_total_paid' => 30], $id);
    $adapter->rollBack(false);
    $shop->save(['state' => 'new'] + magento_ordered('100000024'));
    same(magento_state('100000023'), null, 'the event has an order that was never committed');
    // An event inside a transaction on the same connection: the row goes with it.
    $adapter->beginTransaction();
    $adapter->getConnection()->exec("UPDATE sales_order SET state = 'processing', base_total_paid = 30 WHERE entity_id = $id");
    $shop->dispatch('sales_order_save_commit_after', $shop->get(Shop\Countersign\Model\Orders::class)->find('entity_id', $id));
    $adapter->rollBack();
    same([magento_state('100000023'), magento_logged($shop)], [null, []], 'its row went with it');
    // And one that commits.
    $adapter->beginTransaction();
    $shop->save(['state' => 'processing', 'base_total_paid' => 30], $id);
    $adapter->commit();
    same([magento_state('100000023'), magento_logged($shop)], ['pending', []], 'committed');
});

test('magento: what is left after refunds and cancelled lines, in whole numbers', static function (): void {
    $cases = [
        ['100000031', ['ordered' => '3.0000', 'refunded' => '2.0000'], [[1]], ''],
        ['100000032', ['ordered' => '3.0000', 'refunded' => '1.0000', 'cancelled' => '1.0000'], [[1]], ''],
        ['100000033', ['ordered' => '2.0000', 'cancelled' => '2.0000'], [], ''],
        ['100000034', ['ordered' => '2.0000', 'refunded' => null, 'cancelled' => null], [[2]], ''],
        ['100000035', ['ordered' => '1.5000'], [], '1.5, and designs are made in whole numbers'],
        ['100000036', ['ordered' => '2.0000', 'refunded' => '0.5000'], [], '1.5, and designs are made in whole numbers'],
    ];
    $shop = magento();
    foreach ($cases as $at => [$number, $item]) {
        $cases[$at][4] = $shop->save(magento_ordered($number, $item));
        $shop->save(['state' => 'complete'], $cases[$at][4]);
    }
    magento()->cron('countersign_drain');
    foreach ($cases as [$number, , $due, $note, $id]) {
        same(magento_delivered($number), $due, $number);
        $notes = array_filter(magento_comments($id), static fn($text) => str_contains($text, 'not placed'));
        same([count($notes), $note === '' || str_contains($notes[0], $note)], [$note === '' ? 0 : 1, true], "$number: " . show($notes));
    }
    // A refund before it is sent: what is left takes its place.
    $order = magento_ordered('100000037');
    $id = $shop->save($order);
    $shop->save(['items' => str_replace('"refunded":"0.0000"', '"refunded":"1.0000"', $order['items'])], $id);
    magento()->cron('countersign_drain');
    same(magento_delivered('100000037'), [[1]], 'what is left');
    // A refund that leaves a fraction stops what waits.
    $order = magento_ordered('100000038');
    $id = $shop->save($order);
    $shop->save(['items' => str_replace('"refunded":"0.0000"', '"refunded":"0.5000"', $order['items'])], $id);
    magento()->cron('countersign_drain');
    same([magento_state('100000038'), magento_delivered('100000038')], ['cancelled', []], 'a fraction');
});

test('magento: cancelled and refunded orders are not sent, and cancelled at the platform by a person', static function (): void {
    $shop = magento();
    foreach (['100000041' => 'canceled', '100000042' => 'closed'] as $number => $state) {
        $id = $shop->save(magento_ordered((string) $number));
        $shop->save(['state' => $state], $id);
        magento()->cron('countersign_drain');
        same([magento_state((string) $number), magento_delivered((string) $number)], ['cancelled', []], $state);
    }
    $id = $shop->save(magento_ordered('100000043'));
    magento()->cron('countersign_drain');
    $shop->save(['state' => 'closed'], $id);
    sleep(2);
    magento()->cron('countersign_drain');
    contains(magento_comments($id)[0] ?? '', 'A person must look: cancel_at_platform.');
    [$code, $lines] = magento()->console('countersign:list');
    same([$code, count(preg_grep('/^100000043 placed .*\bcancel_at_platform$/', $lines))], [1, 1], show($lines));
    // A cancellation that no event told.
    $id = $shop->save(magento_ordered('100000044'));
    $shop->resource->getConnection('sales')->getConnection()->exec("UPDATE sales_order SET state = 'canceled' WHERE entity_id = $id");
    magento()->cron('countersign_sweep');
    same(magento_state('100000044'), 'cancelled', 'swept');
    // A new order that is over at once, and was never wanted.
    $shop->save(magento_ordered('100000045', [], ['state' => 'canceled']));
    same([magento_state('100000045'), magento_logged($shop)], [null, []], 'never wanted');
});

test('magento: killed between the commit and the event', static function (): void {
    magento();
    $order = magento_ordered('100000051');
    $code = 'require ' . var_export(__DIR__ . '/magento/stubs.php', true) . ';'
        . '$connect = fn() => new PDO(' . implode(', ', array_map(static fn($part) => var_export($part, true), [
            'mysql:host=' . MariaDb::get()->ready['host'] . ';port=' . MariaDb::get()->ready['port'] . ';dbname=magento',
            MariaDb::get()->ready['user'],
            MariaDb::get()->ready['password'],
        ])) . ');'
        . '$shop = new Stub\Magento($connect, ' . var_export(MAGENTO_MODULE, true) . ');'
        // This observer comes first.
        . '$shop->resource->getConnection("sales")->afterCommit[] = fn() => posix_kill(getmypid(), SIGKILL);'
        . '$shop->save(' . var_export($order, true) . '); echo "alive";';
    [, $out] = child($code);
    same([$out, magento_state('100000051')], ['', null], 'killed');
    $id = (int) magento()->get(Shop\Countersign\Model\Orders::class)->find('increment_id', '100000051')?->getId();
    holds($id > 0, 'committed');
    magento()->cron('countersign_sweep');
    magento()->cron('countersign_sweep');
    same(magento_state('100000051'), 'pending', 'swept');
    magento()->cron('countersign_drain');
    same(magento_delivered('100000051'), [[2]], 'sent');
});

test('magento: refused while another connection is in a transaction, and left to the sweep', static function (): void {
    $shop = magento(split: true);
    $shop->resource->getConnection('default')->beginTransaction();
    $id = $shop->save(magento_ordered('100000061'));
    same(magento_state('100000061'), null, 'refused');
    same(count(magento_logged($shop)), 1, show(magento_logged($shop)));
    contains(magento_logged($shop)[0], 'order 100000061 is left to the sweep. A transaction is open on the connection of the shop, and the outbox has another one');
    $shop->resource->getConnection('default')->rollBack();
    same(magento_comments($id), [], 'nothing that alarms people');
    magento(split: true)->cron('countersign_sweep');
    same(magento_state('100000061'), 'pending', 'swept');
    $shop->save(magento_ordered('100000062'));
    same([magento_state('100000062'), count(magento_logged($shop))], ['pending', 1], 'no transaction is open');
});

test('magento: the database fails', static function (): void {
    $shop = magento();
    $pdo = $shop->resource->getConnection('sales')->getConnection();
    $pdo->exec('RENAME TABLE m2_countersign_outbox TO hidden');
    $shop->save(magento_ordered('100000071'));
    same(count(magento_logged($shop)), 1, show(magento_logged($shop)));
    contains(magento_logged($shop)[0], 'order 100000071 is left to the sweep.');
    // A sweep that fails is not over, however much later it is.
    magento_sweep_all($shop);
    $pdo->exec('RENAME TABLE hidden TO m2_countersign_outbox');
    same(magento()->get(Magento\Framework\FlagManager::class)->getFlagData('countersign_swept'), [0, 0, 0, false], 'from the beginning again');
    magento()->cron('countersign_sweep');
    same([magento_state('100000071'), magento()->get(Magento\Framework\FlagManager::class)->getFlagData('countersign_swept')[0] > time() - 60], ['pending', true], 'swept');
    // A sweep without time goes on with the next, and no two run at once.
    $shop->get(Shop\Countersign\Model\Worker::class)->sweep(seconds: -1);
    $pdo->exec("UPDATE sales_order SET state = 'canceled' WHERE increment_id = '100000071'");
    $other = magento();
    holds($other->get(Magento\Framework\Lock\LockManagerInterface::class)->lock('countersign_sweep', 0), 'locked');
    $shop->cron('countersign_sweep');
    same(magento_state('100000071'), 'pending', 'another sweep is at it');
    $other->get(Magento\Framework\Lock\LockManagerInterface::class)->unlock('countersign_sweep');
    $shop->cron('countersign_sweep');
    same(magento_state('100000071'), 'cancelled', 'swept');
    // The server closed the connection: the adapter has a new one.
    $adapter = $shop->resource->getConnection('sales');
    $closed = $adapter->getConnection()->query('SELECT CONNECTION_ID()')->fetchColumn();
    MariaDb::get()->pdo()->exec("KILL $closed");
    $adapter->closeConnection();
    $shop->save(magento_ordered('100000072'));
    same(magento_state('100000072'), 'pending', show(magento_logged($shop)));
});

test('magento: orders from before the installation wait for a choice', static function (): void {
    magento_installed(0);
    $shop = magento();
    try {
        $pdo = $shop->resource->getConnection('sales')->getConnection();
        $id = $shop->save(magento_ordered('100000081', [], ['created_at' => gmdate('Y-m-d H:i:s', time() - 3600)]));
        $shop->save(['state' => 'complete'], $id);
        magento_sweep_all($shop);
        same(magento_state('100000081'), null, 'not by itself');
        $comments = magento_comments($id);
        same(count($comments), 1, show($comments));
        contains($comments[0], 'it was made before this module was there. If it is not placed yet: bin/magento countersign:enqueue 100000081');
        // Not even looked at.
        $old = $shop->save(magento_ordered('100000082', [], ['state' => 'new', 'created_at' => gmdate('Y-m-d H:i:s', time() - 3600)]));
        $pdo->exec("UPDATE sales_order SET state = 'complete', updated_at = UTC_TIMESTAMP() - INTERVAL 1 HOUR WHERE entity_id = $old");
        magento_sweep_all($shop);
        same(magento_comments($old), [], 'the sweep');
        same($shop->console('countersign:enqueue', '100000081'), [0, ['Order 100000081: pending.']], 'chosen');
        same($shop->console('countersign:enqueue', '999999999')[0], 1, 'no such order');
        $shop->save(['state' => 'processing'], $id);
        same(magento_state('100000081'), 'pending', 'its later events are as of any other');
    } finally {
        magento_installed(7200);
    }
});

test('magento: an order for a person, and the commands', static function (): void {
    $shop = magento();
    $shop->save(magento_ordered('100000091'));
    [$code, $lines] = $shop->console('countersign:drain', '4');
    holds($code === 0 && preg_match('/^[1-9]\d* orders changed\.$/', $lines[0]) === 1, show($lines));
    $design = Sandbox::get()->transaction();
    Sandbox::get()->spiff()->placeOrder(['externalId' => 'by-hand', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => $design]]]);
    $twin = $shop->save(magento_ordered('100000092', ['request' => ['spiff_transaction_id' => $design]]));
    magento()->cron('countersign_drain');
    sleep(2);
    magento()->cron('countersign_drain');
    same([magento_delivered('100000091'), magento_delivered('100000092'), magento_state('100000092')], [[[2]], [], 'held'], 'the design is ordered already');
    contains(magento_comments($twin)[0] ?? '', 'held (already_ordered): a person must look, and decide by bin/magento countersign:resolve.');
    [$code, $lines] = $shop->console('countersign:list');
    same([$code, count(preg_grep('/^100000092 held already_ordered$/', $lines))], [1, 1], show($lines));
    same(count(preg_grep('/^100000091 placed$/', $shop->console('countersign:list', 'placed')[1])), 1, 'by state');
    same($shop->console('countersign:resolve', '100000092', 'burn', 'ada', 'because')[0], 1, 'no such decision');
    same($shop->console('countersign:resolve', '100000092', 'drop', 'ada', 'the same design'), [0, ['Order 100000092: cancelled.']], 'decided');
    // It is enqueued again only if somebody says so.
    magento_sweep_all($shop);
    same(magento_state('100000092'), 'cancelled', 'the sweep does not revive');
    contains(magento_comments($twin)[0], 'it is paid, and was cancelled before. If it is wanted: bin/magento countersign:enqueue 100000092');
    // Credentials are needed where orders are sent, and a shop without them loses none.
    $names = array_keys(Sandbox::get()->ready['env']);
    array_map(static fn($name) => putenv($name), $names);
    try {
        $bare = magento();
        $bare->save(magento_ordered('100000093'));
        contains(magento_logged($bare)[0] ?? '', 'order 100000093 is left to the sweep.');
    } finally {
        array_map(static fn($name, $value) => putenv("$name=$value"), $names, Sandbox::get()->ready['env']);
    }
    magento_sweep_all($shop);
    same(magento_state('100000093'), 'pending', 'swept');
    // What breaks rules is said to people.
    $bad = $shop->save(magento_ordered('100000094', ['request' => ['spiff_transaction_id' => "\u{1F600}\n"]]));
    contains(magento_comments($bad)[0] ?? '', 'not placed: ');
});

test('magento: every class that the configuration names is there', static function (): void {
    require MAGENTO_MODULE . '/registration.php';
    same(Magento\Framework\Component\ComponentRegistrar::$modules, ['Shop_Countersign' => ['module', realpath(MAGENTO_MODULE)]], 'registration');
    $shop = magento();
    same(array_column($shop->config('module', 'module'), 'name'), ['Shop_Countersign', 'Magento_Sales', 'Magento_Cron'], 'module');
    $named = [
        ...array_column($shop->config('events', 'observer'), 'instance'),
        ...array_column($shop->config('crontab', 'job'), 'instance'),
        ...array_column($shop->config('di', 'item'), ''),
    ];
    foreach ($named as $class) {
        holds(class_exists($class), $class);
    }
    $commands = array_slice($shop->config('di', 'type'), 1);
    $lazy = array_map(static fn($argument) => "{$argument['name']} {$argument['']}", array_slice($shop->config('di', 'argument'), 1));
    $due = [];
    foreach ($commands as ['name' => $class]) {
        foreach ((new ReflectionClass($class))->getConstructor()->getParameters() as $parameter) {
            $due[] = "{$parameter->getName()} {$parameter->getType()}\\Proxy";
        }
    }
    same([array_column($commands, 'name'), $lazy], [array_column($shop->config('di', 'item'), ''), $due], 'what the commands need');
    $groups = [...$shop->config('crontab', 'group'), ...$shop->config('cron_groups', 'group')];
    same([count($named), array_column($groups, 'id')], [7, ['countersign', 'countersign']], show($named));
});

foreach (array_keys(Sandbox::get()->ready['env']) as $name) {
    putenv($name);
}
