<?php
// The outbox: the conformance script over every kind of connection that PHP has, and what hosts, drivers and servers do to it.

declare(strict_types=1);

require_once __DIR__ . '/outbox/Trial.php';
require_once __DIR__ . '/outbox/hosts.php';

use Countersign\Cancelled;
use Countersign\EnqueueStatus;
use Countersign\Exception\CountersignException;
use Countersign\Exception\DatabaseError;
use Countersign\Outbox;
use Countersign\State;

// --- The conformance script ---

/** What one kind of connection made of the script, or the frameworks of theirs; all run at the same time, each with a sandbox of its own. */
$conform = static function (string $kind): array {
    static $running = null;
    if ($running === null) {
        $running = [];
        foreach (['sqlite-file', ...Host::KINDS] as $each) {
            $server = str_ends_with($each, 'pgsql') ? Postgres::get() : MariaDb::get();
            $env = Trial::environment('', ['DB_NAME' => $server->database('conform_' . strtr($each, '-', '_'))]);
            $running[$each] = Trial::start('conform.php', [$each], $env);
        }
        $running['frameworks'] = Trial::start('frameworks.php', [], Trial::environment('', ['DB_NAME' => MariaDb::get()->database('outbox_frameworks')]));
    }
    if ($running[$kind] instanceof Closure) {
        $running[$kind] = $running[$kind]();
    }
    [$code, $out, $err] = $running[$kind];
    $rows = [];
    foreach (explode("\n", trim($out)) as $line) {
        $row = json_decode($line, true);
        $rows[$row['id'] ?? ''] = $row;
    }
    return [$code, $rows, $err];
};
foreach (['sqlite-file', ...Host::KINDS] as $kind) {
    foreach (vectors('outbox.json') as $row) {
        if ($kind === 'sqlite-file' && in_array('transaction', $row['needs'] ?? [], true)) {
            continue;
        }
        test("outbox script over $kind: {$row['id']}", static function () use ($conform, $kind, $row): void {
            [$code, $rows, $err] = $conform($kind);
            holds(isset($rows[$row['id']]), "it was not run: $code $err");
            same($rows[$row['id']]['wrong'], null, $row['id']);
            same([$code, $err], [0, ''], 'exit code and standard error');
        });
    }
}

// --- WordPress's connection ---

/** What $wpdb made of its own tests, all of them in one process. */
$wordpress = static function (): array {
    static $rows = null;
    if ($rows === null) {
        $rows = [];
        [$code, $out, $err] = Trial::start('wpdb.php', [], Trial::environment('', ['DB_NAME' => MariaDb::get()->database('outbox_wpdb')]))();
        foreach (explode("\n", trim($out)) as $line) {
            $row = json_decode($line, true);
            $rows[$row['id'] ?? ''] = $row['wrong'] ?? null;
        }
        $rows['end'] = [$code, $err];
    }
    return $rows;
};
foreach (['leaves no trace', 'an older snapshot', 'a transaction', 'gone away before an enqueue', 'gone away at each statement of an enqueue', 'gone away at each statement of a drain',
    'patience is the host\'s again', 'reads go to the primary', 'a site has its own tables'] as $name) {
    test("outbox over \$wpdb: $name", static function () use ($wordpress, $name): void {
        $rows = $wordpress();
        holds(array_key_exists($name, $rows), 'it was not run: ' . show($rows['end']));
        same([$rows[$name], $rows['end'][0]], [null, 0], show($rows['end'][1]));
    });
}

// --- Connections of frameworks ---

$names = ['laravel: the handle for reading is refused, and reads go to the primary', 'laravel: the example, its queue drains', 'doctrine: the replica is never read', 'doctrine: a host that commits by itself',
    'doctrine: the example', 'over PostgreSQL: a connection that broke', 'no log of statements has an order'];
foreach (['laravel', 'doctrine', 'doctrine over mysqli'] as $each) {
    $names = [...$names, "$each: its transactions, one in another too", "$each: a connection that broke", ...($each === 'doctrine over mysqli' ? [] : ["$each: a transaction that the server has ended"])];
}
foreach ($names as $name) {
    test("outbox over frameworks: $name", static function () use ($conform, $name): void {
        [$code, $rows, $err] = $conform('frameworks');
        holds(isset($rows[$name]), "it was not run: $code $err");
        same([$rows[$name]['wrong'], $code, $err], [null, 0, ''], $name);
    });
}

// --- Hosts and their connections ---

/** The life of some orders over a host's connection, inside its transactions and outside. */
$life = static function (PDO $pdo, bool $commits = true): void {
    $prefix = Trial::prefix();
    $watched = new Watched($pdo);
    $outbox = Trial::outbox($watched, $prefix);
    $design = Sandbox::get()->transaction();
    $text = "#🎈 é \\ ' \" %s ?";
    $order = static fn(int $amount = 1): array => Trial::order("ö'\\\"$prefix", $amount, $text, $design);
    $id = $order()['externalId'];
    $done = static function () use ($pdo, $commits): void {
        $commits || $pdo->exec('COMMIT');
    };
    same($outbox->enqueue($order())->status, EnqueueStatus::New, 'enqueue');
    holds(abs($outbox->get($id)->createdAt - time()) < 20, 'the time, whatever the zone: ' . $outbox->get($id)->createdAt);
    $done();
    same([$outbox->enqueue($order())->status, $outbox->get($id)?->state], [EnqueueStatus::Known, State::Pending], 'once more');
    $done();
    if ($commits) {
        $pdo->exec('BEGIN');
        same([$outbox->enqueue($order(2))->status, $outbox->enqueue(Trial::order('taken back'))->status], [EnqueueStatus::Replaced, EnqueueStatus::New], 'in a transaction');
        $pdo->exec('ROLLBACK');
        same([$outbox->get($id)->flags, $outbox->get('taken back')], [[], null], 'rolled back');
    }
    same([$outbox->cancel($id), $outbox->enqueue($order())->status, $outbox->enqueue($order(3))->status], [Cancelled::Cancelled, EnqueueStatus::Revived, EnqueueStatus::Replaced], 'changes');
    $done();
    $drained = $outbox->drain();
    same([$drained->placed, $drained->unknown, $drained->held, $drained->nextDue], [1, 0, 0, null], 'drain');
    $sent = Sandbox::get()->accepted($id);
    same([count($sent), $sent[0]['items'][0]['amountToOrder'], $sent[0]['externalData']['orderNumber']], [1, 3, $text], 'at the platform');
    same([$outbox->get($id)->state, count($outbox->list()->rows)], [State::Placed, 1], 'afterwards');
    $done();
    same($outbox->check()->ok, true, 'check');
    $done();
    holds(!$pdo->inTransaction(), 'no transaction is open');
};

$modes = ['', 'STRICT_ALL_TABLES', 'ANSI_QUOTES,PIPES_AS_CONCAT', 'NO_BACKSLASH_ESCAPES', 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', 'TRADITIONAL', 'ANSI', 'ONLY_FULL_GROUP_BY,HIGH_NOT_PRECEDENCE',
    'NO_UNSIGNED_SUBTRACTION,PAD_CHAR_TO_FULL_LENGTH', 'SIMULTANEOUS_ASSIGNMENT', 'NO_AUTO_VALUE_ON_ZERO', 'EMPTY_STRING_IS_NULL'];
foreach ($modes as $mode) {
    foreach ([true, false] as $emulated) {
        test("outbox over MySQL: sql_mode '$mode', " . ($emulated ? 'emulated' : 'native'), static function () use ($life, $mode, $emulated): void {
            $life(Trial::pdo([PDO::ATTR_EMULATE_PREPARES => $emulated], "SET SESSION sql_mode = '$mode'"));
        });
    }
}

$settings = [
    'FOUND_ROWS' => [PDO::MYSQL_ATTR_FOUND_ROWS => true],
    'no FOUND_ROWS' => [PDO::MYSQL_ATTR_FOUND_ROWS => false],
    'texts for numbers' => [PDO::ATTR_STRINGIFY_FETCHES => true],
    'silent errors' => [PDO::ATTR_ERRMODE => PDO::ERRMODE_SILENT],
    'warnings for errors' => [PDO::ATTR_ERRMODE => PDO::ERRMODE_WARNING],
    'empty texts for NULL' => [PDO::ATTR_ORACLE_NULLS => PDO::NULL_TO_STRING],
    'NULL for empty texts' => [PDO::ATTR_ORACLE_NULLS => PDO::NULL_EMPTY_STRING],
    'unbuffered' => [PDO::MYSQL_ATTR_USE_BUFFERED_QUERY => false],
    'upper case names' => [PDO::ATTR_CASE => PDO::CASE_UPPER],
    'rows as objects' => [PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_OBJ],
    'one statement alone' => [PDO::MYSQL_ATTR_MULTI_STATEMENTS => false],
    'scrollable' => [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL],
    'persistent' => [PDO::ATTR_PERSISTENT => true],
];
foreach ($settings as $name => $attributes) {
    foreach ([true, false] as $emulated) {
        test("outbox over MySQL: $name, " . ($emulated ? 'emulated' : 'native'), static function () use ($life, $attributes, $emulated): void {
            $pdo = Trial::pdo($attributes + [PDO::ATTR_EMULATE_PREPARES => $emulated]);
            // These stand as the host set them, also after an error.
            $own = array_intersect_key([PDO::ATTR_ERRMODE => 1, PDO::ATTR_ORACLE_NULLS => 1, PDO::ATTR_CASE => 1], $attributes);
            $seen = static fn(): array => array_map(static fn(int $name): mixed => $pdo->getAttribute($name), array_combine(array_keys($own), array_keys($own)));
            $before = $seen();
            $life($pdo);
            raises(CountersignException::class, static fn() => Trial::opened($pdo, 'none_')->enqueue(Trial::order('1')), 'store');
            same($seen(), $before, 'what the host set');
        });
    }
}

foreach (['SERIALIZABLE', 'REPEATABLE READ', 'READ COMMITTED', 'READ UNCOMMITTED'] as $level) {
    test("outbox over MySQL: a host in $level", static function () use ($life, $level): void {
        $life(Trial::pdo(sql: "SET SESSION TRANSACTION ISOLATION LEVEL $level"));
    });
}
foreach (['latin1', 'utf8mb3', 'utf8mb4', 'ascii', 'binary', 'cp932', 'big5', 'gbk'] as $charset) {
    test("outbox over MySQL: a connection in $charset", static function () use ($life, $charset): void {
        $life(Trial::pdo(sql: "SET NAMES $charset"));
        $life(Trial::pdo([PDO::ATTR_EMULATE_PREPARES => false], "SET NAMES $charset"));
    });
}
foreach (['+05:30', '-12:00', 'SYSTEM'] as $zone) {
    test("outbox over MySQL: time zone $zone", static function () use ($life, $zone): void {
        $life(Trial::pdo(sql: "SET time_zone = '$zone'"));
    });
}

test('outbox over MySQL: a host that commits by itself', static function () use ($life): void {
    $life(Trial::pdo([PDO::ATTR_AUTOCOMMIT => 0]), false);
    $life(Trial::pdo(sql: 'SET autocommit = 0'), false);
    // A drain commits each step all the same: what it does is there whatever becomes of it.
    $prefix = Trial::prefix();
    $outbox = Trial::outbox($pdo = Trial::pdo([PDO::ATTR_AUTOCOMMIT => 0]), $prefix);
    $outbox->enqueue(Trial::order("committed-$prefix"));
    $pdo->exec('COMMIT');
    same([$outbox->drain()->placed, Trial::rows($prefix, 'state = 5 AND sends = 1')], [1, 1], 'seen by others');
    $pdo->exec('ROLLBACK');
    same($outbox->get("committed-$prefix")->state, State::Placed, 'afterwards');
    // What it does not commit is not there.
    $prefix = Trial::prefix();
    $pdo = Trial::pdo([PDO::ATTR_AUTOCOMMIT => 0]);
    $outbox = Trial::outbox($pdo, $prefix);
    same($outbox->enqueue(Trial::order('1'))->status, EnqueueStatus::New, 'enqueue');
    same(Trial::rows($prefix), 0, 'seen by others');
    raises(CountersignException::class, static fn() => $outbox->drain(1), 'store');
    $pdo->exec('ROLLBACK');
    same([$outbox->get('1'), Trial::rows($prefix)], [null, 0], 'rolled back');
});

test('outbox over MySQL: an older snapshot of the host hides the row, and it is known', static function (): void {
    foreach (['REPEATABLE READ', 'READ COMMITTED'] as $level) {
        $prefix = Trial::prefix();
        $pdo = Trial::pdo(sql: "SET SESSION TRANSACTION ISOLATION LEVEL $level");
        $outbox = Trial::outbox($pdo, $prefix);
        $order = Trial::order('1');
        $pdo->exec('BEGIN');
        same((int) $pdo->query("SELECT COUNT(*) FROM {$prefix}countersign_outbox")->fetchColumn(), 0, 'the snapshot');
        same(Trial::opened(Trial::pdo(), $prefix)->enqueue($order)->status, EnqueueStatus::New, 'by another session');
        $pdo->exec("CREATE TEMPORARY TABLE of_the_host (a INT)");
        $pdo->exec('INSERT INTO of_the_host VALUES (1)');
        same($outbox->enqueue($order)->status, EnqueueStatus::Known, $level);
        same((int) $pdo->query('SELECT COUNT(*) FROM of_the_host')->fetchColumn(), 1, 'the rest of the transaction');
        $pdo->exec('COMMIT');
        same([Trial::rows($prefix), $outbox->get('1')->state], [1, State::Pending], 'one row');
    }
    // Here the server itself takes the transaction back, and the host repeats it as it must.
    $prefix = Trial::prefix();
    $pdo = Trial::pdo(sql: 'SET SESSION innodb_snapshot_isolation = 1');
    $outbox = Trial::outbox($pdo, $prefix);
    $order = Trial::order('1');
    $pdo->exec('BEGIN');
    $pdo->query("SELECT COUNT(*) FROM {$prefix}countersign_outbox")->fetchColumn();
    Trial::opened(Trial::pdo(), $prefix)->enqueue($order);
    try {
        same($outbox->enqueue($order)->status, EnqueueStatus::Known, 'snapshot isolation');
    } catch (CountersignException $busy) {
        same($busy->kind->value, 'store_busy', $busy->getMessage());
    }
    $pdo->exec('ROLLBACK');
    same($outbox->enqueue($order)->status, EnqueueStatus::Known, 'repeated');
});

test('outbox over MySQL: an older snapshot of the host, and an order that changed since', static function (): void {
    $prefix = Trial::prefix();
    $host = Trial::outbox($pdo = Trial::pdo(), $prefix);
    foreach (['enqueue', 'cancel'] as $what) {
        $order = Trial::order("snapshot-$prefix-$what");
        $host->enqueue($order);
        $pdo->exec('BEGIN');
        same($host->get($order['externalId'])->state, State::Pending, 'the snapshot');
        same(Trial::opened(Trial::pdo(), $prefix)->drain()->placed, 1, 'another session');
        if ($what === 'cancel') {
            same($host->cancel($order['externalId']), Cancelled::Placed, $what);
        } else {
            $order['orderItems'][0]['amountToOrder'] = 7;
            $done = $host->enqueue($order);
            same([$done->status, $done->state], [EnqueueStatus::Conflict, State::Placed], $what);
        }
        $pdo->exec('COMMIT');
        same($host->get($order['externalId'])->flags, $what === 'cancel' ? ['cancel_wanted', 'cancel_at_platform'] : ['conflict'], 'flags');
    }
});

test('outbox over MySQL: an enqueue is one look and one insert', static function (): void {
    $prefix = Trial::prefix();
    $watched = new Watched(Trial::pdo());
    $outbox = Trial::outbox($watched, $prefix);
    $order = Trial::order('1');
    $watched->words();
    $outbox->enqueue($order);
    same($watched->words(), ['SELECT', 'INSERT'], 'new');
    $outbox->enqueue($order);
    same($watched->words(), ['SELECT'], 'known');
    $outbox->enqueue(['paid' => true] + Trial::order('1', 2));
    same($watched->words(), ['SELECT', 'UPDATE'], 'replaced');
    $watched->pdo->exec('BEGIN');
    $outbox->enqueue(Trial::order('2'));
    same($watched->words(), ['SELECT', 'INSERT'], 'in a transaction');
    raises(CountersignException::class, static fn() => $outbox->enqueue(['externalId' => '3']), 'invalid_order');
    same($watched->words(), [], 'refused');
});

// --- PostgreSQL, by PDO ---

$postgres = [
    'as it comes' => [[], false],
    'emulated' => [[PDO::ATTR_EMULATE_PREPARES => true], false],
    'texts for numbers' => [[PDO::ATTR_STRINGIFY_FETCHES => true], false],
    'silent errors' => [[PDO::ATTR_ERRMODE => PDO::ERRMODE_SILENT], false],
    'empty texts for NULL' => [[PDO::ATTR_ORACLE_NULLS => PDO::NULL_TO_STRING], false],
    'upper case names' => [[PDO::ATTR_CASE => PDO::CASE_UPPER], false],
    'a pool before the server' => [[], true],
    'a pool, emulated' => [[PDO::ATTR_EMULATE_PREPARES => true], true],
];
foreach ($postgres as $name => [$attributes, $pooled]) {
    test("outbox over PostgreSQL: $name", static function () use ($name, $attributes, $pooled): void {
        $pdo = Postgres::get()->pdo($attributes, pooled: $pooled);
        $outbox = Trial::opened($pdo, $prefix = Trial::prefix());
        $outbox->install();
        $id = "ö'\\\"$prefix";
        $design = Sandbox::get()->transaction();
        $order = static fn(int $amount): array => Trial::order($id, $amount, "#🎈 é \\ ' \" %s ? $1", $design);
        same([$outbox->enqueue($order(1))->status, $outbox->enqueue($order(1))->status], [EnqueueStatus::New, EnqueueStatus::Known], 'enqueue');
        $pdo->beginTransaction();
        same([$outbox->enqueue($order(2))->status, $outbox->enqueue(Trial::order('taken back'))->status], [EnqueueStatus::Replaced, EnqueueStatus::New], 'in a transaction');
        raises(CountersignException::class, static fn() => $outbox->drain(1), 'store');
        $pdo->rollBack();
        same([$outbox->get($id)->flags, $outbox->get('taken back')], [[], null], 'rolled back');
        $bare = new Countersign\OutboxEnqueue($pdo, ['shop' => 'spiff'], $prefix);
        same([$bare->enqueue($order(1))->status, $bare->enqueue(Trial::order("bare-$prefix"))->status], [EnqueueStatus::Known, EnqueueStatus::New], 'without the library');
        same([$outbox->drain()->placed, count(Sandbox::get()->accepted($id)), Trial::accepted("bare-$prefix")], [2, 1, 1], 'drain');
        $made = $outbox->enqueueStatement(Trial::order('by its statement'));
        $pdo->prepare($made['sql'])->execute($made['params']);
        same([$outbox->get('by its statement')->state, $outbox->check()->durability], [State::Pending, 'full'], 'its own statement');
        raises(CountersignException::class, static fn() => Trial::opened($pdo, 'none_')->enqueue(Trial::order('1')), 'store');
    });
}

/** Notes with which options statements are prepared. */
final class Preparing extends PDO
{
    /** @var list<array<int, mixed>> */
    public array $options = [];

    public function prepare(string $query, array $options = []): PDOStatement|false
    {
        $this->options[] = $options;
        return parent::prepare($query, $options);
    }
}

test('outbox over PostgreSQL: no statement has a name', static function (): void {
    ['port' => $port, 'user' => $user, 'password' => $password] = Postgres::get()->ready;
    $pdo = new Preparing("pgsql:host=127.0.0.1;port=$port;dbname=shop", $user, $password);
    Trial::opened($pdo, Trial::prefix())->install();
    holds(count($pdo->options) > 5, 'statements');
    same(array_column($pdo->options, PDO::PGSQL_ATTR_DISABLE_PREPARES), array_fill(0, count($pdo->options), true), 'none is prepared by a name');
});

test('outbox over PostgreSQL: a server that takes no writes is refused, and a connection that broke is told', static function (): void {
    $outbox = Trial::opened($pdo = Postgres::get()->pdo(), $prefix = Trial::prefix());
    $outbox->install();
    $bare = new Countersign\OutboxEnqueue($pdo, ['shop' => 'spiff'], $prefix);
    $pdo->exec('SET default_transaction_read_only = on');
    foreach ([static fn() => $outbox->enqueue(Trial::order('1')), static fn() => $bare->enqueue(Trial::order('1')), static fn() => $outbox->drain(1)] as $call) {
        contains(raises(CountersignException::class, $call, 'store')->getMessage(), 'replica');
    }
    $pdo->exec('SET default_transaction_read_only = off');
    same($outbox->enqueue(Trial::order('1'))->status, EnqueueStatus::New, 'afterwards');
    $own = (int) $pdo->query('SELECT pg_backend_pid()')->fetchColumn();
    Postgres::get()->pdo()->exec("SELECT pg_terminate_backend($own)");
    usleep(50_000);
    foreach ([$outbox, $bare] as $each) {
        raises(CountersignException::class, static fn() => $each->enqueue(Trial::order('2')), 'store');
    }
    same(Trial::opened(Postgres::get()->pdo(), $prefix)->get('2'), null, 'nothing was acknowledged');
});

// --- Refused ---

test('outbox over MySQL: a server that takes no writes is refused', static function (): void {
    $prefix = Trial::prefix();
    $outbox = Trial::outbox(Trial::pdo(), $prefix);
    $order = Trial::order('1');
    MariaDb::get()->pdo()->exec('SET GLOBAL read_only = 1');
    try {
        foreach ([static fn() => $outbox->enqueue($order), static fn() => $outbox->drain(1), static fn() => $outbox->install(), static fn() => $outbox->check()] as $call) {
            contains(raises(CountersignException::class, $call, 'store')->getMessage(), 'read_only');
        }
        foreach (['doctrine-mysql', 'doctrine-mysqli', 'laravel-mysql'] as $kind) {
            $store = Trial::host($kind, $prefix)->store();
            contains(raises(CountersignException::class, static fn() => Trial::opened($store, $prefix)->enqueue($order), 'store')->getMessage(), 'read_only');
            contains(raises(CountersignException::class, static fn() => (new Countersign\OutboxEnqueue($store, ['shop' => 'spiff'], $prefix))->enqueue($order), 'store')->getMessage(), 'replica');
        }
    } finally {
        MariaDb::get()->pdo()->exec('SET GLOBAL read_only = 0');
    }
    same([Trial::rows($prefix), $outbox->enqueue($order)->status], [0, EnqueueStatus::New], 'afterwards');
});

test('outbox over MySQL: a clock that was set is refused', static function (): void {
    $prefix = Trial::prefix();
    $pdo = Trial::pdo();
    $outbox = Trial::outbox($pdo, $prefix);
    $order = Trial::order('1');
    foreach (['SET timestamp = 1700000000', 'SET timestamp = UNIX_TIMESTAMP() + 3600'] as $set) {
        $pdo->exec($set);
        foreach ([static fn() => $outbox->enqueue($order), static fn() => $outbox->drain(1), static fn() => $outbox->check()] as $call) {
            contains(raises(CountersignException::class, $call, 'store')->getMessage(), 'SET timestamp');
        }
    }
    // As it is now, and standing still.
    $pdo->exec('SET timestamp = DEFAULT');
    $pdo->exec('SET timestamp = UNIX_TIMESTAMP()');
    contains(raises(CountersignException::class, static fn() => $outbox->drain(1), 'store')->getMessage(), 'stands still');
    same(Trial::rows($prefix), 0, 'rows');
    $pdo->exec('SET timestamp = DEFAULT');
    same($outbox->enqueue($order)->status, EnqueueStatus::New, 'afterwards');
});

test('outbox over MySQL: what the server does not promise is said', static function (): void {
    $prefix = Trial::prefix();
    $outbox = Trial::outbox(Trial::pdo(), $prefix);
    same([$outbox->check()->durability, $outbox->check()->warnings], ['full', []], 'as it should be');
    foreach ([0, 2] as $flush) {
        MariaDb::get()->pdo()->exec("SET GLOBAL innodb_flush_log_at_trx_commit = $flush");
        try {
            $checked = $outbox->check();
            same([$checked->ok, $checked->durability, count($checked->warnings)], [true, 'reduced', 1], 'reduced');
            contains($checked->warnings[0], "innodb_flush_log_at_trx_commit is $flush");
        } finally {
            MariaDb::get()->pdo()->exec('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
        }
    }
});

test('outbox over MySQL: a binlog that is not synced is said', static function (): void {
    $command = ['python3', ROOT . '/tests/mariadb.py', '--option', 'log-bin=binlog', '--option', 'server-id=1', '--option', 'sync-binlog=0'];
    $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['file', 'php://stderr', 'w']], $pipes);
    try {
        $ready = json_decode((string) fgets($pipes[1]), true, 512, JSON_THROW_ON_ERROR);
        $pdo = new PDO("mysql:host=127.0.0.1;port={$ready['port']};dbname={$ready['database']}", $ready['user'], $ready['password']);
        $outbox = Trial::opened($pdo, '');
        $outbox->install();
        $checked = $outbox->check();
        same([$checked->durability, count($checked->warnings)], ['reduced', 1], show($checked->warnings));
        contains($checked->warnings[0], 'sync_binlog is 0');
        $pdo->exec('SET GLOBAL sync_binlog = 1');
        same($outbox->check()->durability, 'full', 'synced');
    } finally {
        fclose($pipes[0]);
        proc_close($process);
    }
});

test('outbox over MySQL: tables are of InnoDB, or refused', static function (): void {
    $pdo = Trial::pdo(sql: "SET SESSION sql_mode = '', default_storage_engine = MyISAM");
    [$prefix, $other] = [Trial::prefix(), Trial::prefix()];
    Trial::opened($pdo, $prefix)->install();
    $engines = $pdo->query("SELECT DISTINCT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '{$prefix}countersign%'")->fetchAll(PDO::FETCH_COLUMN);
    same($engines, ['InnoDB'], 'engines');
    // As a server makes it that takes another engine without a word.
    $statement = Trial::opened($pdo, $other)->schema()[0];
    $pdo->exec(str_replace('ENGINE=InnoDB', 'ENGINE=MyISAM', $statement));
    contains(raises(CountersignException::class, static fn() => Trial::opened($pdo, $other)->install(), 'store')->getMessage(), 'MyISAM');
});

test('outbox over MySQL: prefixes, shops and versions', static function (): void {
    [$first, $second] = [Trial::prefix(), Trial::prefix()];
    $one = Trial::outbox(Trial::pdo(), $first, shop: 'one');
    $two = Trial::outbox(Trial::pdo(), $second, shop: 'two');
    $id = "prefixes-$first";
    same([$one->enqueue(Trial::order($id))->status, $two->enqueue(Trial::order($id))->status], [EnqueueStatus::New, EnqueueStatus::New], 'each has its own');
    same([$one->drain()->placed, Trial::accepted($id), $two->get($id)->state], [1, 1, State::Pending], 'one drains its own');
    same($two->cancel($id), Cancelled::Cancelled, 'two');
    // The tables of another shop.
    $stranger = Trial::opened(Trial::pdo(), $first, shop: 'two');
    $order = Trial::order('stranger');
    foreach ([static fn() => $stranger->enqueue($order), static fn() => $stranger->drain(1), static fn() => $stranger->install(), static fn() => $stranger->check(), static fn() => $stranger->sweep([$order])] as $call) {
        contains(raises(CountersignException::class, $call, 'store')->getMessage(), 'belongs to the shop "one"');
    }
    // A store that only newer code may read.
    Trial::pdo()->exec("UPDATE {$first}countersign_outbox_meta SET value = '2' WHERE name = 'oldest_reader'");
    foreach ([static fn() => $one->enqueue($order), static fn() => $one->drain(1), static fn() => $one->check(), static fn() => $one->install()] as $call) {
        contains(raises(CountersignException::class, $call, 'store')->getMessage(), 'version 2');
    }
    same(Trial::rows($first, "external_id = 'stranger'"), 0, 'nothing was written');
    // One that a later version only added to.
    Trial::pdo()->exec("UPDATE {$first}countersign_outbox_meta SET value = '1' WHERE name = 'oldest_reader'; UPDATE {$first}countersign_outbox_meta SET value = '9' WHERE name = 'schema';
        ALTER TABLE {$first}countersign_outbox ADD COLUMN later BIGINT NOT NULL DEFAULT 7 FIRST; ALTER TABLE {$first}countersign_outbox_account ADD COLUMN later BIGINT NULL FIRST");
    $id = "later-$first";
    $one->enqueue(Trial::order($id));
    same([$one->drain()->placed, Trial::accepted($id), Trial::rows($first, 'later = 7')], [1, 1, 2], 'a later schema');
});

test('outbox over MySQL: rule R15', static function (): void {
    $prefix = Trial::prefix();
    [$host, $own] = [Trial::pdo(), Trial::pdo()];
    $open = false;
    $file = scratch('r15') . '/o.db';
    $outboxes = [
        Trial::outbox($own, $prefix, host: $host),
        Trial::opened("sqlite:$file", '', host: $host, create: true, anywhere: true),
        Trial::outbox($own, $prefix, host: static function () use (&$open): bool {
            return $open;
        }),
    ];
    $outboxes[1]->install();
    foreach ($outboxes as $at => $outbox) {
        $order = Trial::order("r15-$at");
        [$open] = [true, $host->exec('BEGIN')];
        $calls = [
            static fn() => $outbox->enqueue($order), static fn() => $outbox->sweep([$order]), static fn() => $outbox->cancel($order['externalId']),
            static fn() => $outbox->import($order['externalId']),
        ];
        // A BEGIN of the host's own is seen as well as beginTransaction().
        foreach ($calls as $call) {
            $error = raises(CountersignException::class, $call, 'store');
            contains($error->getMessage(), 'A transaction is open');
            contains($error->nextStep, 'Commit first');
        }
        same($outbox->get($order['externalId']), null, 'nothing was written');
        [$open] = [false, $host->exec('COMMIT')];
        same($outbox->enqueue($order)->status, EnqueueStatus::New, 'after the commit');
    }
});

test('outbox over MySQL: a connection that changes ASCII is refused', static function (): void {
    $prefix = Trial::prefix();
    // In it a backslash is read back as two other bytes.
    $outbox = Trial::outbox(Trial::pdo(sql: 'SET NAMES sjis'), $prefix);
    foreach ([static fn() => $outbox->enqueue(Trial::order('é')), static fn() => $outbox->drain(1)] as $call) {
        contains(raises(CountersignException::class, $call, 'store')->getMessage(), 'SET NAMES');
    }
    same(Trial::rows($prefix), 0, 'rows');
});

// --- Errors, deadlocks, lost connections ---

test('outbox over MySQL: a duplicate of another key is no order', static function (): void {
    $prefix = Trial::prefix();
    $pdo = Trial::pdo();
    $outbox = Trial::outbox($pdo, $prefix);
    $pdo->exec("CREATE TABLE {$prefix}audit (n INT PRIMARY KEY)");
    $pdo->exec("CREATE TRIGGER {$prefix}audits AFTER INSERT ON {$prefix}countersign_outbox FOR EACH ROW INSERT INTO {$prefix}audit VALUES (1)");
    same($outbox->enqueue(Trial::order('1'))->status, EnqueueStatus::New, 'the first');
    contains(raises(CountersignException::class, static fn() => $outbox->enqueue(Trial::order('2')), 'store')->getMessage(), 'Duplicate entry');
    same(Trial::rows($prefix), 1, 'rows');
    // It raises by itself, in the middle of a transaction that goes on.
    $pdo->exec("DROP TRIGGER {$prefix}audits");
    $pdo->exec("CREATE TRIGGER {$prefix}audits BEFORE INSERT ON {$prefix}countersign_outbox FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'");
    $pdo->exec('BEGIN');
    contains(raises(CountersignException::class, static fn() => $outbox->enqueue(Trial::order('3')), 'store')->getMessage(), 'not today');
    $pdo->exec("INSERT INTO {$prefix}audit VALUES (7)");
    $pdo->exec('COMMIT');
    same([Trial::rows($prefix), (int) $pdo->query("SELECT COUNT(*) FROM {$prefix}audit")->fetchColumn()], [1, 2], 'rows');
});

test('outbox over MySQL: a deadlock takes the whole transaction back, and nothing is enqueued behind its back', static function (): void {
    $prefix = Trial::prefix();
    $watched = new Watched($pdo = Trial::pdo());
    $outbox = Trial::outbox($watched, $prefix);
    $pdo->exec("CREATE TABLE {$prefix}shop (n INT PRIMARY KEY, paid INT) ENGINE=InnoDB");
    $pdo->exec("INSERT INTO {$prefix}shop SELECT seq, 0 FROM seq_1_to_500");
    $order = Trial::order('1');
    ['host' => $host, 'port' => $port, 'user' => $user, 'password' => $password] = MariaDb::get()->ready;
    $other = new mysqli($host, $user, $password, Trial::database(), $port);
    $theirs = Trial::opened(Trial::pdo(), $prefix)->enqueueStatement($order);
    $pdo->exec('BEGIN');
    $pdo->exec("UPDATE {$prefix}shop SET paid = 1 WHERE n = 1");
    // The other one has done more, so it is the first that the server gives up; it has the same order, and waits for the first.
    $other->query('BEGIN');
    $other->query("UPDATE {$prefix}shop SET paid = 2 WHERE n > 1");
    $other->execute_query($theirs['sql'], $theirs['params']);
    $other->query("UPDATE {$prefix}shop SET paid = 2 WHERE n = 1", MYSQLI_ASYNC);
    usleep(200_000);
    $watched->words();
    $busy = raises(CountersignException::class, static fn() => $outbox->enqueue($order), 'store_busy');
    contains($busy->getMessage(), 'repeat the whole of it');
    same($watched->words(), ['SELECT', 'INSERT'], 'nothing was tried once more');
    $other->reap_async_query();
    $other->query('ROLLBACK');
    same([Trial::rows($prefix), (int) $pdo->query("SELECT SUM(paid) FROM {$prefix}shop")->fetchColumn()], [0, 0], 'nothing is left of either');
    $pdo->inTransaction() && $pdo->exec('ROLLBACK');
    same($outbox->enqueue($order)->status, EnqueueStatus::New, 'repeated');
});

test('outbox over MySQL: a second enqueue waits for the transaction of the first', static function (): void {
    $prefix = Trial::prefix();
    foreach (['COMMIT' => EnqueueStatus::Known, 'ROLLBACK' => EnqueueStatus::New] as $end => $due) {
        $outbox = Trial::outbox(Trial::pdo(), $prefix);
        $order = Trial::order($end);
        ['host' => $host, 'port' => $port, 'user' => $user, 'password' => $password] = MariaDb::get()->ready;
        $other = new mysqli($host, $user, $password, Trial::database(), $port);
        $statement = $outbox->enqueueStatement($order);
        $other->query('BEGIN');
        $other->execute_query($statement['sql'], $statement['params']);
        $other->multi_query("DO SLEEP(0.4); $end");
        same($outbox->enqueue($order)->status, $due, $end);
        while ($other->more_results()) {
            $other->next_result();
        }
        same(Trial::rows($prefix, "external_id = '$end'"), 1, 'rows');
    }
    // One that is never ended.
    $outbox = Trial::outbox($pdo = Trial::pdo(sql: 'SET SESSION innodb_lock_wait_timeout = 1'), $prefix);
    $order = Trial::order('open');
    $statement = $outbox->enqueueStatement($order);
    $holder = Trial::pdo();
    $holder->exec('BEGIN');
    $holder->prepare($statement['sql'])->execute($statement['params']);
    $pdo->exec('BEGIN');
    raises(CountersignException::class, static fn() => $outbox->enqueue($order), 'store_busy');
    $holder->exec('ROLLBACK');
    $pdo->exec('COMMIT');
    same(Trial::rows($prefix, "external_id = 'open'"), 0, 'rows');
});

test('outbox over MySQL: a connection that is killed in the middle of an enqueue', static function (): void {
    foreach (['SELECT', 'INSERT', 'before', 'in a transaction'] as $where) {
        $prefix = Trial::prefix();
        $watched = new Watched($pdo = Trial::pdo());
        $outbox = Trial::outbox($watched, $prefix);
        $own = (int) $pdo->query('SELECT CONNECTION_ID()')->fetchColumn();
        $struck = false;
        $strike = static function () use ($own, &$struck): void {
            $struck || Trial::pdo()->exec("KILL CONNECTION $own");
            $struck = true;
            usleep(20_000);
        };
        $order = Trial::order('1');
        $where === 'in a transaction' && $pdo->exec('BEGIN');
        $where === 'before' ? $strike() : $watched->before = static function (string $sql) use ($where, $strike): void {
            str_starts_with($sql, $where === 'in a transaction' ? 'INSERT' : $where) && $strike();
        };
        raises(CountersignException::class, static fn() => $outbox->enqueue($order), 'store');
        same(Trial::rows($prefix), 0, "$where: rows");
        same(Trial::opened(Trial::pdo(), $prefix)->enqueue($order)->status, EnqueueStatus::New, "$where: enqueued again");
    }
});

test('outbox over MySQL: an answer that is lost is looked for', static function (): void {
    $prefix = Trial::prefix();
    $watched = new Watched(Trial::pdo());
    $outbox = Trial::outbox($watched, $prefix);
    $lost = static function (string $word) use ($watched): void {
        $watched->after = static function (string $sql) use ($word, $watched): void {
            if (str_starts_with($sql, $word)) {
                $watched->after = null;
                throw new DatabaseError('Lost connection to MySQL server during query', 2013, 'HY000', true);
            }
        };
    };
    $order = Trial::order("lost-$prefix");
    $lost('INSERT');
    same([$outbox->enqueue($order)->status, Trial::rows($prefix)], [EnqueueStatus::New, 1], 'new');
    $lost('UPDATE');
    holds(in_array($outbox->enqueue(['paid' => true] + Trial::order("lost-$prefix", 2))->status, [EnqueueStatus::Replaced, EnqueueStatus::Known], true), 'replaced');
    $lost('UPDATE');
    holds(in_array($outbox->cancel("lost-$prefix"), [Cancelled::Cancelled, Cancelled::Ended], true), 'cancelled');
    same($outbox->enqueue($order)->status, EnqueueStatus::Revived, 'revived');
    // At any statement of a drain.
    foreach (range(1, 40) as $at) {
        $outbox->enqueue(Trial::order("lost-$prefix-$at"));
        $left = $at;
        $watched->after = static function () use (&$left): void {
            if (--$left === 0) {
                throw new DatabaseError('Lost connection to MySQL server during query', 2013, 'HY000', true);
            }
        };
        try {
            Trial::opened($watched, $prefix, 200)->drain(2);
        } catch (CountersignException $error) {
            same($error->kind->value, 'store', $error->getMessage());
        }
        $watched->after = null;
    }
    Trial::opened($watched, $prefix, 200)->drain(20);
    foreach (range(1, 40) as $at) {
        same(Trial::accepted("lost-$prefix-$at"), 1, "order $at");
    }
    same([Trial::accepted("lost-$prefix"), Trial::rows($prefix, 'state <> 5')], [1, 0], 'all are placed');
});

test('outbox over MySQL: a killed connection in the middle of a drain', static function (): void {
    $prefix = Trial::prefix();
    $kept = Trial::outbox(Trial::pdo(), $prefix);
    foreach (range(1, 12) as $at) {
        $kept->enqueue(Trial::order("killed-$prefix-$at"));
    }
    foreach (range(3, 33, 3) as $at) {
        $watched = new Watched($pdo = Trial::pdo());
        $own = (int) $pdo->query('SELECT CONNECTION_ID()')->fetchColumn();
        $left = $at;
        $watched->before = static function () use (&$left, $own): void {
            if (--$left === 0) {
                Trial::pdo()->exec("KILL CONNECTION $own");
                usleep(20_000);
            }
        };
        raises(CountersignException::class, static fn() => Trial::opened($watched, $prefix, 200)->drain(5), 'store');
    }
    Trial::opened(Trial::pdo(), $prefix, 200)->drain(30);
    foreach (range(1, 12) as $at) {
        same(Trial::accepted("killed-$prefix-$at"), 1, "order $at");
    }
    same(Trial::rows($prefix, 'state <> 5'), 0, 'all are placed');
});

// --- Locks: transactions of the host's that stay open ---

test('outbox over MySQL: an open transaction of the host delays no other order, and no worker', static function (): void {
    $kinds = [
        'a fresh enqueue' => static fn(Outbox $host, string $id, string $design) => $host->enqueue(Trial::order($id, 1, '#1', $design)),
        'a replace' => static fn(Outbox $host, string $id, string $design) => $host->enqueue(Trial::order($id, 2, '#1', $design)),
        'a revive' => static fn(Outbox $host, string $id, string $design) => $host->enqueue(Trial::order($id, 1, '#1', $design)),
        'a cancel' => static fn(Outbox $host, string $id) => $host->cancel($id),
        'a duplicate' => static fn(Outbox $host, string $id, string $design) => $host->enqueue(Trial::order($id, 1, '#1', $design)),
    ];
    foreach ($kinds as $kind => $change) {
        $prefix = Trial::prefix();
        $host = Trial::outbox($pdo = Trial::pdo(), $prefix);
        $worker = Trial::opened($own = Trial::pdo(), $prefix);
        $id = "locked-$prefix";
        $design = Sandbox::get()->transaction();
        if ($kind !== 'a fresh enqueue') {
            $host->enqueue(Trial::order($id, 1, '#1', $design));
            $kind === 'a revive' && $host->cancel($id);
        }
        foreach (range(1, 4) as $at) {
            $host->enqueue(Trial::order("$id-$at"));
        }
        $patience = (int) $own->query('SELECT @@innodb_lock_wait_timeout')->fetchColumn();
        holds($patience >= 10, 'the server waits long');
        $pdo->exec('BEGIN');
        $change($host, $id, $design);
        $began = hrtime(true);
        $drained = $worker->drain(10, $kind === 'a duplicate' ? 5 : 4);
        $took = (hrtime(true) - $began) / 1e9;
        $others = array_sum(array_map(static fn(int $at): int => Trial::accepted("$id-$at"), range(1, 4)));
        same($others, 4, "$kind: the other orders, in $took s");
        holds($took < 2.6, "$kind: a worker took $took s");
        same((int) $own->query('SELECT @@innodb_lock_wait_timeout')->fetchColumn(), $patience, "$kind: what the host set");
        if ($kind === 'a duplicate') {
            // An enqueue that finds its order locks nothing: the worker has sent it meanwhile.
            same([$drained->placed, Trial::accepted($id)], [5, 1], $kind);
            $pdo->exec('COMMIT');
            continue;
        }
        same(Trial::accepted($id), 0, "$kind: it is not committed");
        $pdo->exec('COMMIT');
        $worker->drain(10);
        same(Trial::accepted($id), $kind === 'a cancel' ? 0 : 1, "$kind: committed");
    }
});

test('outbox over MySQL: many orders behind locked ones', static function (): void {
    foreach ([1, 5] as $locked) {
        $prefix = Trial::prefix();
        $host = Trial::outbox($pdo = Trial::pdo(), $prefix);
        $worker = Trial::opened(Trial::pdo(), $prefix);
        $orders = array_map(static fn(int $at): array => Trial::order("behind-$prefix-$at"), range(1, $locked));
        array_map($host->enqueue(...), $orders);
        foreach (range(1, 20) as $at) {
            $host->enqueue(Trial::order("free-$prefix-$at"));
        }
        $pdo->exec('BEGIN');
        foreach ($orders as $order) {
            $order['orderItems'][0]['amountToOrder'] = 2;
            same($host->enqueue($order)->status, EnqueueStatus::Replaced, 'replaced');
        }
        $began = hrtime(true);
        same($worker->drain(30, 20)->placed, 20, "behind $locked locked ones");
        $took = (hrtime(true) - $began) / 1e9;
        holds($took < 3, "20 orders behind $locked locked ones took $took s");
        $pdo->exec('COMMIT');
        same($worker->drain(10)->placed, $locked, 'committed');
    }
});

test('outbox over MySQL: what a drain sets is as before, also after an error', static function (): void {
    $prefix = Trial::prefix();
    $watched = new Watched($pdo = Trial::pdo(sql: 'SET SESSION innodb_lock_wait_timeout = 37'));
    $outbox = Trial::outbox($watched, $prefix);
    $patience = static fn(): int => (int) $pdo->query('SELECT @@innodb_lock_wait_timeout')->fetchColumn();
    $outbox->enqueue(Trial::order("set-$prefix"));
    $during = [];
    $watched->after = static function (string $sql) use (&$during, $patience): void {
        str_starts_with($sql, 'UPDATE') && $during[] = $patience();
    };
    same($outbox->drain()->placed, 1, 'drain');
    same([array_values(array_unique($during)), $patience()], [[1], 37], 'during and afterwards');
    $watched->after = null;
    $outbox->enqueue(Trial::order("set-$prefix-2"));
    $watched->before = static function (string $sql): void {
        if (str_starts_with($sql, 'UPDATE')) {
            throw new DatabaseError('disk full', 1021, 'HY000');
        }
    };
    raises(CountersignException::class, static fn() => $outbox->drain(), 'store');
    same($patience(), 37, 'after an error');
    $watched->before = null;
    // A host that waits for less than that goes on so.
    $pdo->exec('SET SESSION innodb_lock_wait_timeout = 0');
    $watched->words();
    $outbox->drain(2);
    same(array_count_values($watched->words())['SET'], 1, 'SET statements');
});

// --- Many at once ---

test('outbox over MySQL: eight processes with the same two hundred keys', static function (): void {
    foreach (['', 'READ COMMITTED', 'REPEATABLE READ'] as $level) {
        $prefix = Trial::prefix();
        Trial::outbox(Trial::pdo(), $prefix);
        $at = (string) (microtime(true) + 0.6);
        $env = Trial::environment($prefix);
        $ends = array_map(static fn(int $n): Closure => Trial::start('enqueues.php', ['200', $at, $level, (string) $n], $env), range(1, 8));
        $new = $known = 0;
        foreach ($ends as $end) {
            [$code, $out, $err] = $end();
            same([$code, $err], [0, ''], "in '$level'");
            $told = json_decode($out, true);
            $new += $told['new'] ?? 0;
            $known += $told['known'] ?? 0;
        }
        same([$new, $known, Trial::rows($prefix)], [200, 1400, 200], "in '$level': new, known, rows");
    }
});

// --- Plans ---

test('outbox over MySQL: what is due is found by its index on 0, 10 and 100,000 rows without statistics', static function (): void {
    $prefix = Trial::prefix();
    $watched = new Watched($pdo = Trial::pdo());
    $outbox = Trial::outbox($watched, $prefix, accounts: ['shop' => Sandbox::get()->spiff()]);
    MariaDb::get()->pdo()->exec('SET GLOBAL innodb_stats_auto_recalc = 0');
    try {
        $outbox->enqueue(Trial::order('1'));
        $outbox->drain(1, 1);
        $outbox->cancel('1');
        $outbox->changes();
        $statements = $watched->statements;
        $pdo->exec("DELETE FROM {$prefix}countersign_outbox");
        $filled = 0;
        foreach ([0, 10, 100_000] as $rows) {
            $pdo->exec("INSERT INTO {$prefix}countersign_outbox (row_key, provider, account, external_id, state, version, due_at, wire, items_hash, body, created_at, fresh_at, updated_at, history)
                SELECT SHA2(seq, 256), 1, 'shop', seq, IF(seq % 3 = 0, 5, 1), 1, 1700000000000 + seq, 1, '', '', 0, 0, seq, '' FROM seq_1_to_100000 WHERE seq > $filled AND seq <= $rows");
            $filled = $rows;
            $seen = [];
            foreach ($statements as [$sql, $params]) {
                $of = match (true) {
                    str_contains($sql, 'state = 1 AND due_at') => 'due_pending',
                    str_contains($sql, 'state = 2 AND due_at') => 'due_sending',
                    str_contains($sql, 'state = 3 AND due_at') => 'due_unknown',
                    str_contains($sql, 'ORDER BY due_at LIMIT 1') => 'next_due',
                    str_contains($sql, 'state IN (5, 6, 7)') => 'old_bodies',
                    str_contains($sql, 'LEFT JOIN') && str_contains($sql, 'external_id = ?') => 'look_up',
                    str_starts_with($sql, "UPDATE {$prefix}countersign_outbox SET") => 'change',
                    default => null,
                };
                if ($of === null || isset($seen[$of])) {
                    continue;
                }
                $explain = $pdo->prepare("EXPLAIN $sql");
                foreach ($params as $n => $value) {
                    $explain->bindValue($n + 1, $value, is_int($value) ? PDO::PARAM_INT : PDO::PARAM_STR);
                }
                $explain->execute();
                foreach ($explain->fetchAll(PDO::FETCH_ASSOC) as $plan) {
                    if (in_array($plan['table'], ['o', "{$prefix}countersign_outbox"], true)) {
                        $seen[$of] = [$plan['key'], (string) $plan['Extra'], (int) $plan['key_len']];
                    }
                }
            }
            $due = ['due_pending' => 'countersign_outbox_due', 'due_sending' => 'countersign_outbox_due', 'due_unknown' => 'countersign_outbox_due', 'look_up' => 'countersign_outbox_external'];
            foreach ($due as $of => $key) {
                // Of a handful of rows the optimiser reads all.
                if ($rows === 10 && $of === 'look_up' && ($seen[$of][0] ?? null) === null) {
                    continue;
                }
                same($seen[$of][0] ?? null, $key, "the key of $of on $rows rows: " . show($seen));
                holds(!str_contains($seen[$of][1], 'filesort') && !str_contains($seen[$of][1], 'temporary'), "$of on $rows rows: {$seen[$of][1]}");
            }
            // By account and state at least; in the order of the time then.
            $rows === 100_000 && holds(min($seen['due_pending'][2], $seen['due_sending'][2], $seen['due_unknown'][2]) >= 66 + 8, 'bytes of the key: ' . show($seen));
            holds(in_array($seen['change'][0] ?? null, ['PRIMARY', null], true), 'changes go by the primary key: ' . show($seen));
            $rows === 100_000 && same($seen['change'][0], 'PRIMARY', 'changes');
        }
    } finally {
        MariaDb::get()->pdo()->exec('SET GLOBAL innodb_stats_auto_recalc = 1');
        $pdo->exec("DROP TABLE {$prefix}countersign_outbox");
    }
});

// --- A store that was moved ---

test('outbox over MySQL: rule R2, a site that was moved', static function (): void {
    $prefix = Trial::prefix();
    $accounts = ['spiff' => Sandbox::get()->spiff(), 'signs' => Sandbox::get()->signs()];
    $at = static fn(string $site): Outbox => Trial::outbox(Trial::pdo(), $prefix, accounts: $accounts, site: $site);
    $live = $at('shop.example');
    $live->enqueue(Trial::order("moved-$prefix"), account: 'spiff');
    $live->enqueue(Sandbox::signsOrder("moved-$prefix"), account: 'signs');
    usleep(5000);
    $clone = Trial::opened(Trial::pdo(), $prefix, accounts: $accounts, site: 'staging.example');
    contains(implode(' ', $clone->check()->warnings), 'moved');
    $drained = $clone->drain(3);
    same([$drained->placed, $clone->get("moved-$prefix", 'signs')->state, $clone->stats()['signs']['pause']], [1, State::Pending, 'moved'], 'after the move');
    same(Trial::accepted("moved-$prefix"), 1, 'Spiff alone');
    holds(!$clone->check()->ok, 'a person must look');
    contains(raises(CountersignException::class, static fn() => $clone->resume('signs'), 'invalid_argument')->getMessage(), 'adopt');
    $clone->adopt();
    same([$clone->drain(5)->placed, $clone->check()->ok, $clone->check()->warnings], [1, true, []], 'adopted');
    // The tables of the same shop under another name of the database are elsewhere, too.
    same($clone->stats()['signs']['pause'], null, 'no pause');
});

// --- Signals, logs, secrets ---

test('outbox over MySQL: a signal in the middle of a drain', static function (): void {
    $prefix = Trial::prefix();
    $outbox = Trial::outbox(Trial::pdo(), $prefix);
    foreach (range(1, 6) as $at) {
        $outbox->enqueue(Trial::order("signal-$prefix-$at"));
    }
    Sandbox::get()->fault(['fault' => 'slow', 'ms_per_byte' => 1, 'count' => 100]);
    $stopped = 0;
    $async = pcntl_async_signals(true);
    pcntl_signal(SIGUSR1, static function () use (&$stopped): void {
        $stopped++;
        throw new RuntimeException('the worker must end');
    });
    $from = proc_open(['sh', '-c', 'sleep 0.7; kill -USR1 ' . getmypid()], [], $pipes);
    try {
        $strike = raises(RuntimeException::class, static fn() => $outbox->drain(20));
        same($strike->getMessage(), 'the worker must end', 'what the handler throws');
    } finally {
        proc_close($from);
        pcntl_signal(SIGUSR1, SIG_DFL);
        pcntl_async_signals($async);
        Sandbox::get()->control('DELETE', 'faults');
    }
    same($stopped, 1, 'handled once');
    // It ended between two orders: none is in doubt, none is held by a lease.
    same([Trial::rows($prefix, 'state NOT IN (1, 5)'), Trial::rows($prefix, 'lease_until IS NOT NULL')], [0, 0], 'rows');
    $placed = Trial::rows($prefix, 'state = 5');
    holds($placed < 6, "it stopped early: $placed");
    same($outbox->drain()->placed, 6 - $placed, 'the rest');
    foreach (range(1, 6) as $at) {
        same(Trial::accepted("signal-$prefix-$at"), 1, "order $at");
    }
});

test('outbox over MySQL: what a log is told', static function (): void {
    $prefix = Trial::prefix();
    $logger = new class () {
        public array $lines = [];

        public function log(mixed $level, string|Stringable $message, array $context = []): void
        {
            $this->lines[] = [$level, (string) $message, $context];
        }
    };
    $outbox = Trial::outbox(Trial::pdo(), $prefix, logger: $logger);
    $outbox->enqueue(Trial::order("log-$prefix", 1, 'a private text'));
    $outbox->drain();
    Sandbox::get()->fault(['fault' => 'status', 'status' => 422, 'target' => 'order']);
    $outbox->enqueue(Trial::order("log-$prefix-2"));
    $outbox->drain();
    same(array_column($logger->lines, 0), ['info', 'warning'], 'levels');
    same([$logger->lines[0][2]['external_id'], $logger->lines[0][2]['state'], $logger->lines[1][2]['state']], ["log-$prefix", 'placed', 'rejected'], 'context');
    holds(!str_contains(show($logger->lines), 'a private text') && !str_contains(show($logger->lines), 'test_secret'), 'nothing private');
    $thrower = new class () {
        public function log(): void
        {
            throw new RuntimeException('the disk is full');
        }
    };
    $outbox = Trial::outbox(Trial::pdo(), $prefix, logger: $thrower);
    $outbox->enqueue(Trial::order("log-$prefix-3"));
    same($outbox->drain()->placed, 1, 'a log that fails');
    raises(CountersignException::class, static fn() => Trial::opened(Trial::pdo(), $prefix, logger: new stdClass()), 'invalid_argument');
});

test('outbox over MySQL: no secret is shown', static function (): void {
    $prefix = Trial::prefix();
    $outbox = Trial::outbox(Trial::pdo(), $prefix);
    $outbox->enqueue(Trial::order("secret-$prefix", 1, 'a private text'));
    ob_start();
    var_dump($outbox);
    $dump = ob_get_clean() . print_r($outbox, true) . var_export($outbox->list(), true) . print_r($outbox->get("secret-$prefix"), true) . show($outbox->stats()) . show($outbox->check());
    foreach ([Sandbox::get()->ready['spiff']['secret_key'], Sandbox::get()->ready['spiff']['access_key'], MariaDb::get()->ready['password'], 'a private text'] as $secret) {
        holds(!str_contains($dump, $secret), "$secret is shown");
    }
    raises(Exception::class, static fn() => serialize($outbox));
    raises(Error::class, static fn() => clone $outbox);
    // An error of the database holds the SQL, never the order.
    $pdo = Trial::pdo();
    $pdo->exec("DELETE FROM {$prefix}countersign_outbox");
    $pdo->exec("ALTER TABLE {$prefix}countersign_outbox MODIFY body VARCHAR(10) CHARACTER SET ascii NULL");
    $error = raises(CountersignException::class, static fn() => Trial::opened($pdo, $prefix)->enqueue(Trial::order('2', 1, 'a private text')), 'store');
    holds(!str_contains((string) $error, 'a private text'), (string) $error);
});

test('outbox over MySQL: stores that are none', static function (): void {
    $bad = static fn(mixed $store, mixed ...$more): CountersignException => raises(CountersignException::class, static fn() => new Outbox($store, ['shop' => Sandbox::get()->spiff()], ...$more), 'invalid_argument');
    contains($bad('mysql')->getMessage(), 'sqlite:PATH');
    contains($bad('mysql://shop@localhost/shop')->getMessage(), 'PDO');
    contains($bad(Trial::pdo(), prefix: 'wp`; DROP TABLE x; --')->getMessage(), 'prefix');
    contains($bad(Trial::pdo(), prefix: 'other.wp_')->getMessage(), 'prefix');
    raises(CountersignException::class, static fn() => new Outbox(Trial::pdo(), ['shop' => new stdClass()]), 'invalid_argument');
    raises(CountersignException::class, static fn() => new Outbox(Trial::pdo(), ['Shop!' => Sandbox::get()->spiff()]), 'invalid_argument');
    raises(CountersignException::class, static fn() => new Outbox(Trial::pdo(), ['shop' => Sandbox::get()->spiff()], policy: ['lease' => 20]), 'configuration');
    raises(CountersignException::class, static fn() => Outbox::wordpress(['shop' => Sandbox::get()->spiff()], wpdb: null), 'invalid_argument');
});

test('outbox over MySQL: looking commits nothing of a host that does not commit by itself', static function (): void {
    foreach (['check', 'adopt', 'stats', 'get'] as $call) {
        $outbox = Trial::outbox($pdo = Trial::pdo(), $prefix = Trial::prefix());
        $pdo->exec("CREATE TABLE {$prefix}host (id INT PRIMARY KEY) ENGINE=InnoDB");
        $pdo->exec('SET autocommit = 0');
        $pdo->exec("INSERT INTO {$prefix}host VALUES (1)");
        $outbox->$call(...($call === 'get' ? ['1'] : []));
        $pdo->exec('ROLLBACK');
        same((int) $pdo->query("SELECT COUNT(*) FROM {$prefix}host")->fetchColumn(), 0, "$call committed what the host took back");
        $pdo->exec('COMMIT');
    }
});
