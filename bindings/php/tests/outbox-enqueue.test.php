<?php
// Enqueue without the library: key and statement by the vectors, byte for byte, where FFI is closed; and what becomes of the rows.

declare(strict_types=1);

require_once __DIR__ . '/outbox/Trial.php';
require_once __DIR__ . '/outbox/hosts.php';

use Countersign\EnqueueStatus;
use Countersign\Exception\CountersignException;
use Countersign\Exception\DatabaseError;
use Countersign\Exception\InvalidOrder;
use Countersign\OutboxEnqueue;
use Countersign\State;

/** What the vectors came to in a process without FFI. */
$unaided = static function (): array {
    static $told = null;
    if ($told === null) {
        [$code, $out, $err] = run([PHP_BINARY, '-d', 'ffi.enable=0', __DIR__ . '/outbox/unaided.php']);
        same([$code, $err], [0, ''], $out);
        $told = json_decode($out, true, 512, JSON_THROW_ON_ERROR);
    }
    return $told;
};

foreach (vectors('outbox_enqueue.json') as $row) {
    test("outbox enqueue vector {$row['id']}", static function () use ($unaided, $row): void {
        $made = $unaided()['made'][$row['id']];
        if (isset($row['error'])) {
            same($made, ['error' => $row['error']], 'refused');
            return;
        }
        same($made, ['sql' => $row['sql'], 'params' => $row['params']], 'statement');
        same($made['params'][isset($row['due']) ? 1 : 0], $row['key'], 'key');
    });
}

test('outbox enqueue: nothing of it needs FFI', static function () use ($unaided): void {
    $told = $unaided();
    same($told['ffi'], '0', 'FFI is closed');
    [$code, $out, $err] = run([PHP_BINARY, '-d', 'disable_classes=FFI', __DIR__ . '/outbox/unaided.php']);
    same([$code, json_decode($out, true)['made'] ?? $err], [0, $told['made']], 'nor where the class is forbidden');
    same(preg_grep('/Library|Handle|Steps|Client|Outbox$/', $told['loaded']), [], 'what was loaded');
    foreach (preg_replace('/^Countersign/', dirname(__DIR__) . '/src', $told['loaded']) as $class) {
        $code = implode(array_map(static fn(mixed $token): string => is_array($token) ? (in_array($token[0], [T_COMMENT, T_DOC_COMMENT], true) ? '' : $token[1]) : $token, token_get_all((string) file_get_contents(strtr($class, '\\', '/') . '.php'))));
        holds(preg_match('/\bFFI(::|\\\\)|Library::/', $code) === 0, "$class uses FFI");
    }
});

$enqueue = static fn(object $store, string $prefix, mixed ...$more): OutboxEnqueue
    => new OutboxEnqueue($store, $more['accounts'] ?? ['shop' => 'spiff'], $prefix, ...array_diff_key($more, ['accounts' => 0]));

test('outbox enqueue: new, known, elsewhere, and a worker with the library sends it', static function () use ($enqueue): void {
    $prefix = Trial::prefix();
    $accounts = ['shop' => Sandbox::get()->spiff(), 'other' => Sandbox::get()->spiff()];
    $outbox = Trial::outbox(Trial::pdo(), $prefix, accounts: $accounts);
    $bare = $enqueue($pdo = Trial::pdo(), $prefix, accounts: ['shop' => 'spiff', 'other' => 'spiff']);
    $order = Trial::order("ö'\\\"-$prefix", 2, "#🎈 é \\ ' \" %s ?");
    $answer = static fn(Countersign\Enqueued $done): array => [$done->status, $done->account, $done->externalId, $done->state];
    $id = $order['externalId'];
    same($answer($bare->enqueue($order, 'shop')), [EnqueueStatus::New, 'shop', $id, State::Pending], 'new');
    same($answer($bare->enqueue(json_encode($order), 'shop')), [EnqueueStatus::Known, 'shop', $id, State::Pending], 'known');
    same($answer($bare->enqueue($order, 'other')), [EnqueueStatus::Elsewhere, 'shop', $id, State::Pending], 'elsewhere');
    // The library takes the row for what it is.
    same($answer($outbox->enqueue($order, 'shop')), [EnqueueStatus::Known, 'shop', $id, State::Pending], 'known to the library');
    same($outbox->drain()->placed, 1, 'drain');
    $sent = Sandbox::get()->accepted($id);
    same([count($sent), $sent[0]['items'][0]['amountToOrder'], $sent[0]['externalData']['orderNumber']], [1, 2, $order['externalData']['orderNumber']], 'at the platform');
    same($answer($bare->enqueue($order, 'shop')), [EnqueueStatus::Known, 'shop', $id, State::Placed], 'placed');
    same([$bare->state($id, 'shop'), $bare->state($id, 'other'), $bare->state('none', 'shop')], [State::Placed, null, null], 'states');
    $order['orderItems'][0]['amountToOrder'] = 3;
    same($outbox->enqueue($order, 'shop')->status, EnqueueStatus::Conflict, 'other goods, too late');
    // Forgotten is not free.
    $outbox->resolve($id, 'placed', 'ana', 'two are enough', 'shop');
    $outbox->forget($id, 'shop');
    same($answer($bare->enqueue($order, 'shop')), [EnqueueStatus::Known, 'shop', $id, State::Placed], 'forgotten');
    // And the other way round.
    $order = Trial::order("back-$prefix");
    $outbox->enqueue($order, 'shop');
    same($bare->enqueue($order, 'shop')->status, EnqueueStatus::Known, 'known without it');
    same([Trial::rows($prefix), Trial::rows($prefix, 'wire = 0')], [2, 1], 'rows');
});

// WordPress's connection has its tests with the plugin.
foreach (array_diff(Host::KINDS, ['wpdb']) as $kind) {
    test("outbox enqueue: over $kind", static function () use ($enqueue, $kind): void {
        $prefix = Trial::prefix();
        $host = Trial::host($kind, $prefix);
        $outbox = $host->outbox(['shop' => Sandbox::get()->spiff()], []);
        $outbox->install();
        $bare = $enqueue($host->store(), $prefix);
        $order = Trial::order("ö'\\\"-$kind", 2, "#🎈 é \\ ' \" %s ? $1");
        $host->begin();
        same($bare->enqueue($order)->status, EnqueueStatus::New, 'in a transaction');
        $host->rollBack();
        same([$bare->state($order['externalId']), $bare->enqueue($order)->status, $bare->enqueue($order)->status], [null, EnqueueStatus::New, EnqueueStatus::Known], 'new and known');
        same([$outbox->drain(5, 1)->placed, $bare->state($order['externalId'])], [1, State::Placed], 'drained');
        same(Sandbox::get()->accepted($order['externalId'])[0]['externalData']['orderNumber'], $order['externalData']['orderNumber'], 'as it was written');
    });
}

test('outbox enqueue: what only the worker knows is held with its problems', static function () use ($enqueue): void {
    $prefix = Trial::prefix();
    $outbox = Trial::outbox(Trial::pdo(), $prefix);
    $enqueue(Trial::pdo(), $prefix)->enqueue(['externalId' => '1', 'orderItems' => []]);
    same($outbox->drain()->held, 1, 'held');
    $row = $outbox->get('1');
    same($row->reason, 'malformed', 'reason');
    contains(show($row->history), 'paid: ');
    $order = Trial::order('1');
    same($outbox->enqueue($order)->status, EnqueueStatus::Replaced, 'corrected');
});

test('outbox enqueue: a time of grace', static function () use ($enqueue): void {
    $prefix = Trial::prefix();
    $outbox = Trial::outbox(Trial::pdo(), $prefix);
    $enqueue(Trial::pdo(), $prefix)->enqueue(Trial::order("due-$prefix"), due: time() + 600);
    same([$outbox->drain(1)->placed, Trial::rows($prefix, 'due_at > created_at + 590000')], [0, 1], 'not yet');
    same($outbox->cancel("due-$prefix"), Countersign\Cancelled::Cancelled, 'in time');
});

test('outbox enqueue: it is in the transaction of the payment, or refused', static function () use ($enqueue): void {
    $prefix = Trial::prefix();
    Trial::outbox(Trial::pdo(), $prefix);
    $bare = $enqueue($pdo = Trial::pdo(), $prefix);
    $pdo->beginTransaction();
    same($bare->enqueue(Trial::order('1'))->status, EnqueueStatus::New, 'in a transaction');
    $pdo->rollBack();
    same(Trial::rows($prefix), 0, 'rolled back');
    $pdo->beginTransaction();
    $bare->enqueue(Trial::order('1'));
    $pdo->commit();
    same(Trial::rows($prefix), 1, 'committed');
    // Rule R15.
    $open = false;
    foreach ([$enqueue(Trial::pdo(), $prefix, host: $pdo), $enqueue(Trial::pdo(), $prefix, host: static function () use (&$open): bool {
        return $open;
    })] as $at => $apart) {
        [$open] = [true, $pdo->exec('BEGIN')];
        $error = raises(CountersignException::class, static fn() => $apart->enqueue(Trial::order("apart-$at")), 'store');
        contains($error->getMessage(), 'A transaction is open');
        [$open] = [false, $pdo->exec('COMMIT')];
        same($apart->enqueue(Trial::order("apart-$at"))->status, EnqueueStatus::New, 'after the commit');
    }
});

test('outbox enqueue: an older snapshot of the host hides the row, and it is known', static function () use ($enqueue): void {
    $prefix = Trial::prefix();
    Trial::outbox(Trial::pdo(), $prefix);
    $order = Trial::order('1');
    $pdo = Trial::pdo();
    $pdo->exec('BEGIN');
    $pdo->query("SELECT COUNT(*) FROM {$prefix}countersign_outbox")->fetchColumn();
    $enqueue(Trial::pdo(), $prefix)->enqueue($order);
    $done = $enqueue($pdo, $prefix)->enqueue($order);
    same([$done->status, $done->state], [EnqueueStatus::Known, State::Pending], 'hidden');
    $pdo->exec('COMMIT');
    same(Trial::rows($prefix), 1, 'rows');
});

test('outbox enqueue: errors of the database acknowledge nothing', static function () use ($enqueue): void {
    $prefix = Trial::prefix();
    Trial::outbox(Trial::pdo(), $prefix);
    $order = Trial::order('1');
    contains(raises(CountersignException::class, static fn() => $enqueue(Trial::pdo(), 'none_')->enqueue($order), 'store')->getMessage(), 'outbox install');
    // A trigger of the host's breaks another key.
    $pdo = Trial::pdo();
    $pdo->exec("CREATE TABLE {$prefix}audit (n INT PRIMARY KEY)");
    $pdo->exec("CREATE TRIGGER {$prefix}audits AFTER INSERT ON {$prefix}countersign_outbox FOR EACH ROW INSERT INTO {$prefix}audit VALUES (1)");
    same($enqueue($pdo, $prefix)->enqueue($order)->status, EnqueueStatus::New, 'the first');
    contains(raises(CountersignException::class, static fn() => $enqueue($pdo, $prefix)->enqueue(Trial::order('2')), 'store')->getMessage(), 'Duplicate entry');
    $pdo->exec("DROP TRIGGER {$prefix}audits");
    // Somebody holds the row's place.
    $holder = Trial::pdo();
    $holder->exec('BEGIN');
    $enqueue($holder, $prefix)->enqueue($order = Trial::order('3'));
    $busy = raises(CountersignException::class, static fn() => $enqueue(Trial::pdo(sql: 'SET SESSION innodb_lock_wait_timeout = 1'), $prefix)->enqueue($order), 'store_busy');
    contains($busy->getMessage(), 'repeat the whole of it');
    $holder->exec('ROLLBACK');
    // The server took the whole transaction back: the order may be there by others, and is not acknowledged all the same.
    $watched = new Watched(Trial::pdo());
    $watched->before = static function (string $sql) use ($enqueue, $prefix, $order): void {
        if (str_starts_with($sql, 'INSERT')) {
            $enqueue(Trial::pdo(), $prefix)->enqueue($order);
            throw new DatabaseError('Deadlock found when trying to get lock', 1213, '40001');
        }
    };
    raises(CountersignException::class, static fn() => $enqueue($watched, $prefix)->enqueue($order), 'store_busy');
    // An answer that is lost is looked for.
    $watched->before = null;
    $watched->after = static function (string $sql): void {
        if (str_starts_with($sql, 'INSERT')) {
            throw new DatabaseError('Lost connection to MySQL server during query', 2013, 'HY000', true);
        }
    };
    same($enqueue($watched, $prefix)->enqueue(Trial::order('4'))->status, EnqueueStatus::New, 'it was written');
    $watched->before = static fn(string $sql) => str_starts_with($sql, 'INSERT') && throw new DatabaseError('server has gone away', 2006, 'HY000', true);
    raises(CountersignException::class, static fn() => $enqueue($watched, $prefix)->enqueue(Trial::order('5')), 'store');
    same(Trial::rows($prefix, "external_id IN ('2', '5')"), 0, 'rows');
});

test('outbox enqueue: stores that nothing can be written into', static function () use ($enqueue): void {
    $prefix = Trial::prefix();
    Trial::outbox(Trial::pdo(), $prefix, shop: 'Müller');
    $order = Trial::order('1');
    $refused = static fn(string $words, PDO $pdo, string $shop = 'Müller') => contains(
        raises(CountersignException::class, static fn() => $enqueue($pdo, $prefix, shop: $shop)->enqueue($order), 'store')->getMessage(),
        $words,
    );
    $refused('belongs to the shop', Trial::pdo(), 'beta');
    $refused('SET timestamp', Trial::pdo(sql: 'SET timestamp = 1700000000'));
    $refused('SET NAMES', Trial::pdo(sql: 'SET NAMES sjis'));
    MariaDb::get()->pdo()->exec('SET GLOBAL read_only = 1');
    try {
        $refused('replica', Trial::pdo());
    } finally {
        MariaDb::get()->pdo()->exec('SET GLOBAL read_only = 0');
    }
    Trial::pdo()->exec("UPDATE {$prefix}countersign_outbox_meta SET value = '2' WHERE name = 'oldest_reader'");
    $refused('version 2', Trial::pdo());
    same(Trial::rows($prefix), 0, 'rows');
    Trial::pdo()->exec("UPDATE {$prefix}countersign_outbox_meta SET value = '1' WHERE name = 'oldest_reader'");
    same($enqueue(Trial::pdo(), $prefix, shop: 'Müller')->enqueue($order)->status, EnqueueStatus::New, 'its own');
});

test('outbox enqueue: what cannot be written as JSON, and which account', static function () use ($enqueue): void {
    $bare = $enqueue(Trial::pdo(), Trial::prefix(), accounts: ['shop' => 'spiff', 'signs' => 'sign_customiser']);
    contains(raises(CountersignException::class, static fn() => $bare->enqueueStatement(['externalId' => '1']), 'invalid_argument')->getMessage(), 'shop, signs');
    raises(CountersignException::class, static fn() => $bare->enqueueStatement(['externalId' => '1'], 'third'), 'invalid_argument');
    $refused = raises(InvalidOrder::class, static fn() => $bare->enqueueStatement(['externalId' => '1', 'extra' => ['price' => INF]], 'shop'), 'invalid_order');
    same($refused->problems[0]['path'], 'extra.price', 'path');
    raises(CountersignException::class, static fn() => $bare->enqueueStatement("\xff", 'shop'), 'invalid_json');
    raises(InvalidOrder::class, static fn() => $bare->enqueueStatement('{"externalId":"1","extra":"' . str_repeat('é', 200_000) . '"}', 'shop'), 'invalid_order');
    raises(CountersignException::class, static fn() => new OutboxEnqueue(Trial::pdo(), ['shop' => 'etsy']), 'invalid_argument');
    // A list of PHP and its JSON are one statement.
    $order = ['externalId' => 'é', 'paid' => true, 'extra' => ['price' => 29.95, 'many' => 2.0]];
    $text = '{"externalId":"é","paid":true,"extra":{"price":29.95,"many":2.0}}';
    same($bare->enqueueStatement($order, 'shop'), $bare->enqueueStatement($text, 'shop'), 'array and text');
});
