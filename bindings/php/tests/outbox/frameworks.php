<?php
// What Doctrine and Laravel do to an outbox, each with a prefix of its own: php frameworks.php
// A line of JSON for each: its name, and what went wrong or null.

declare(strict_types=1);

require __DIR__ . '/../support.php';
require __DIR__ . '/hosts.php';
foreach (['laravel/OutboxServiceProvider', 'laravel/DrainOutbox', 'laravel/Payments', 'doctrine/Payments'] as $example) {
    require __DIR__ . "/../../examples/$example.php";
}

use Countersign\EnqueueStatus;
use Countersign\Exception\CountersignException;
use Countersign\Outbox;
use Countersign\OutboxEnqueue;
use Countersign\State;
use Doctrine\DBAL\Connections\PrimaryReadReplicaConnection;
use Doctrine\DBAL\DriverManager;
use Illuminate\Database\Capsule\Manager as Capsule;

$sandbox = Sandbox::get();
foreach ($sandbox->ready['env'] as $name => $value) {
    putenv("$name=$value");
}
$mysql = new PDO('mysql:host=127.0.0.1;port=' . getenv('DB_PORT') . ';dbname=' . getenv('DB_NAME'), getenv('DB_USER'), getenv('DB_PASSWORD'));
$at = ['host' => '127.0.0.1', 'port' => (int) getenv('DB_PORT'), 'user' => getenv('DB_USER'), 'password' => getenv('DB_PASSWORD'), 'dbname' => getenv('DB_NAME')];
$accounts = ['shop' => $sandbox->spiff()];
$number = 0;
$prefix = static function () use (&$number): string {
    return 'f' . ++$number . '_';
};
$installed = static function (mixed $store) use ($prefix, $accounts): array {
    $name = $prefix();
    $outbox = new Outbox($store, $accounts, $name);
    $outbox->install();
    return [$outbox, $name];
};
$rows = static fn(string $prefix): int => (int) $mysql->query("SELECT COUNT(*) FROM {$prefix}countersign_outbox")->fetchColumn();
$order = static fn(string $id): array => $sandbox->order($id);
$kill = static function (PDO|mysqli $native) use ($mysql): void {
    $mysql->exec('KILL CONNECTION ' . ($native instanceof PDO ? (int) $native->query('SELECT CONNECTION_ID()')->fetchColumn() : $native->thread_id));
    usleep(50_000);
};
$refused = static fn(string $words, callable $call, string $kind = 'store') => contains(raises(CountersignException::class, $call, $kind)->getMessage(), $words);

/** The server that is read from: an empty database, in which nothing of the outbox is. */
$mysql->exec('CREATE DATABASE IF NOT EXISTS of_the_replica');
$replica = ['dbname' => 'of_the_replica'];

$laravel = static fn(array $more = []): Illuminate\Database\Connection => LaravelHost::connection('mysql', $at, $more);
$doctrine = static fn(array $more = []): Doctrine\DBAL\Connection => DriverManager::getConnection($more + $at + ['driver' => 'pdo_mysql']);

$tests = [];

foreach (['laravel' => $laravel, 'doctrine' => $doctrine, 'doctrine over mysqli' => static fn() => $doctrine(['driver' => 'mysqli'])] as $name => $make) {
    $native = static fn(object $store): PDO|mysqli => $store instanceof Doctrine\DBAL\Connection ? $store->getNativeConnection() : $store->getPdo();

    $tests["$name: its transactions, one in another too"] = static function () use ($make, $installed, $rows, $order, $refused): void {
        $store = $make();
        [$outbox, $prefix] = $installed($store);
        $store instanceof Doctrine\DBAL\Connection && $store->setNestTransactionsWithSavepoints(true);
        $store->beginTransaction();
        $outbox->enqueue($order('1'));
        $store->beginTransaction();
        same($outbox->enqueue($order('2'))->status, EnqueueStatus::New, 'in two');
        $refused('transaction', static fn() => $outbox->drain(1));
        $store->rollBack();
        $store->commit();
        same([$rows($prefix), $outbox->get('1')?->state, $outbox->get('2')], [1, State::Pending, null], 'the inner one was rolled back');
        $bare = new OutboxEnqueue($store, ['shop' => 'spiff'], $prefix);
        $store->beginTransaction();
        same($bare->enqueue($order('3'))->status, EnqueueStatus::New, 'without the library');
        $store->rollBack();
        same($rows($prefix), 1, 'rolled back');
        // The statement for who runs his SQL himself.
        $made = $outbox->enqueueStatement($order('4'));
        $store instanceof Doctrine\DBAL\Connection ? $store->executeStatement($made['sql'], $made['params']) : $store->statement($made['sql'], $made['params']);
        same([$rows($prefix), $outbox->get('4')->state], [2, State::Pending], 'by its statement');
    };

    $tests["$name: a connection that broke"] = static function () use ($make, $native, $installed, $rows, $order, $refused, $kill): void {
        [$outbox, $prefix] = $installed($store = $make());
        $bare = new OutboxEnqueue($store, ['shop' => 'spiff'], $prefix);
        foreach ([$outbox, $bare] as $at => $each) {
            // What became of the statement is told; the next one has a connection again.
            $kill($native($store));
            try {
                $each->enqueue($order("a$at"));
            } catch (CountersignException $failure) {
                same($failure->kind->value, 'store', $failure->getMessage());
            }
            holds(in_array($each->enqueue($order("a$at"))->status, [EnqueueStatus::New, EnqueueStatus::Known], true), 'again');
        }
        // In a transaction nothing stands alone.
        $before = $rows($prefix);
        foreach ([$outbox, $bare] as $at => $each) {
            $store->beginTransaction();
            $kill($native($store));
            $refused('', static fn() => $each->enqueue($order("b$at")));
            same($rows($prefix), $before, 'rows');
            try {
                $store->rollBack();
            } catch (Throwable) {
                // It is gone.
            }
            try {
                $store instanceof Doctrine\DBAL\Connection ? $store->close() : $store->reconnect();
            } catch (Throwable $fault) {
                throw new Failure($fault->getMessage());
            }
        }
        same($outbox->enqueue($order('c'))->status, EnqueueStatus::New, 'afterwards');
    };
}

// mysqli does not tell.
foreach (['laravel' => $laravel, 'doctrine' => $doctrine] as $name => $make) {
    $tests["$name: a transaction that the server has ended"] = static function () use ($make, $installed, $rows, $order, $refused): void {
        $store = $make();
        [$outbox, $prefix] = $installed($store);
        $bare = new OutboxEnqueue($store, ['shop' => 'spiff'], $prefix);
        $store->beginTransaction();
        $store instanceof Doctrine\DBAL\Connection ? $store->executeStatement("CREATE TABLE {$prefix}of_the_host (id INT)") : $store->statement("CREATE TABLE {$prefix}of_the_host (id INT)");
        $refused('CREATE TABLE', static fn() => $outbox->enqueue($order('1')));
        $refused('CREATE TABLE', static fn() => $bare->enqueue($order('1')));
        $refused('CREATE TABLE', static fn() => $outbox->drain(1));
        same($rows($prefix), 0, 'nothing was written');
        try {
            $store->rollBack();
        } catch (Throwable) {
            // There is none.
        }
    };
}

$tests['over PostgreSQL: a connection that broke'] = static function () use ($prefix, $accounts, $order): void {
    $at = ['host' => '127.0.0.1', 'port' => (int) getenv('PG_PORT'), 'user' => getenv('PG_USER'), 'password' => getenv('PG_PASSWORD'), 'dbname' => 'shop'];
    $other = new PDO("pgsql:host=127.0.0.1;port={$at['port']};dbname=shop", $at['user'], $at['password']);
    foreach ([LaravelHost::connection('pgsql', $at), DriverManager::getConnection($at + ['driver' => 'pdo_pgsql'])] as $store) {
        $name = $prefix();
        $outbox = new Outbox($store, $accounts, $name);
        $outbox->install();
        foreach ([$outbox, new OutboxEnqueue($store, ['shop' => 'spiff'], $name)] as $number => $each) {
            $native = $store instanceof Doctrine\DBAL\Connection ? $store->getNativeConnection() : $store->getPdo();
            $other->exec('SELECT pg_terminate_backend(' . $native->query('SELECT pg_backend_pid()')->fetchColumn() . ')');
            usleep(50_000);
            try {
                $each->enqueue($order("a$number"));
            } catch (CountersignException $failure) {
                same($failure->kind->value, 'store', $failure->getMessage());
            }
            holds(in_array($each->enqueue($order("a$number"))->status, [EnqueueStatus::New, EnqueueStatus::Known], true), 'again');
        }
        $each = $native = null;
    }
};

$tests['laravel: the handle for reading is refused, and reads go to the primary'] = static function () use ($at, $prefix, $accounts, $order, $rows, $refused, $mysql): void {
    $capsule = new Capsule();
    $capsule->addConnection([
        'driver' => 'mysql', 'port' => $at['port'], 'username' => $at['user'], 'password' => $at['password'], 'charset' => 'utf8mb4',
        'read' => ['host' => [$at['host']], 'database' => 'of_the_replica'], 'write' => ['host' => [$at['host']], 'database' => $at['dbname']],
    ]);
    $name = $prefix();
    $reading = $capsule->getDatabaseManager()->connection('default::read');
    foreach ([static fn() => new Outbox($reading, $accounts, $name), static fn() => new OutboxEnqueue($reading, ['shop' => 'spiff'], $name)] as $make) {
        $refused('default::read is the one for reading', $make, 'invalid_argument');
    }
    $split = $capsule->getConnection();
    same($split->selectOne('SELECT DATABASE() AS name')->name, 'of_the_replica', 'the shop reads from the replica');
    $outbox = new Outbox($split, $accounts, $name);
    $outbox->install();
    same([$outbox->enqueue($order('1'))->status, $outbox->enqueue($order('1'))->state], [EnqueueStatus::New, State::Pending], 'enqueue');
    same((new OutboxEnqueue($split, ['shop' => 'spiff'], $name))->enqueue($order('1'))->status, EnqueueStatus::Known, 'without the library');
    same([$rows($name), $outbox->drain(5, 1)->placed, $outbox->get('1')->state], [1, 1, State::Placed], 'drain');
    same($mysql->query("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'of_the_replica'")->fetchColumn(), 0, 'tables of the replica');
};

$tests['doctrine: the replica is never read'] = static function () use ($at, $replica, $prefix, $accounts, $order, $rows, $mysql): void {
    foreach (['pdo_mysql', 'mysqli'] as $driver) {
        foreach ([false, true] as $keep) {
            $store = DriverManager::getConnection([
                'wrapperClass' => PrimaryReadReplicaConnection::class, 'driver' => $driver, 'primary' => $at, 'replica' => [$replica + $at], 'keepReplica' => $keep,
            ]);
            same($store->executeQuery('SELECT DATABASE()')->fetchOne(), 'of_the_replica', 'the shop reads from the replica');
            $name = $prefix();
            $outbox = new Outbox($store, $accounts, $name);
            $outbox->install();
            $store->ensureConnectedToReplica();
            same([$outbox->enqueue($order("1$name"))->status, $outbox->enqueue($order("1$name"))->state], [EnqueueStatus::New, State::Pending], 'enqueue');
            $store->ensureConnectedToReplica();
            same((new OutboxEnqueue($store, ['shop' => 'spiff'], $name))->enqueue($order("1$name"))->status, EnqueueStatus::Known, 'without the library');
            $store->ensureConnectedToReplica();
            same([$rows($name), $outbox->drain(5, 1)->placed, $outbox->get("1$name")->state], [1, 1, State::Placed], 'drain');
        }
    }
};

$tests['doctrine: a host that commits by itself'] = static function () use ($doctrine, $installed, $rows, $order, $refused): void {
    [, $prefix] = $installed($doctrine());
    $store = $doctrine();
    $store->setAutoCommit(false);
    $store->executeQuery('SELECT 1');
    $outbox = new Outbox($store, ['shop' => Sandbox::get()->spiff()], $prefix);
    same([$outbox->enqueue($order('1'))->status, $rows($prefix)], [EnqueueStatus::New, 0], 'not committed yet');
    $refused('transaction', static fn() => $outbox->drain(1));
    $store->commit();
    same($rows($prefix), 1, 'committed');
};

$tests['no log of statements has an order'] = static function () use ($laravel, $at, $installed, $order): void {
    $heard = new class () extends Psr\Log\AbstractLogger {
        public array $lines = [];

        public function log($level, $message, array $context = []): void
        {
            $this->lines[] = json_encode([$message, $context]);
        }
    };
    $settings = (new Doctrine\DBAL\Configuration())->setMiddlewares([new Doctrine\DBAL\Logging\Middleware($heard)]);
    $stores = [$laravel(), DriverManager::getConnection($at + ['driver' => 'pdo_mysql'], $settings)];
    $stores[0]->enableQueryLog();
    foreach ($stores as $store) {
        [$outbox] = $installed($store);
        $outbox->enqueue(['externalData' => ['orderNumber' => 'a private text']] + $order('1'));
        $outbox->drain(5, 1);
    }
    $stores[1]->executeStatement('DO 1');
    holds($heard->lines !== [], 'the log hears something');
    holds(!str_contains(json_encode($stores[0]->getQueryLog()) . implode($heard->lines), 'private'), 'an order is in a log');
};

$tests['laravel: the example, its queue drains'] = static function () use ($laravel, $at, $order, $rows, $mysql, $sandbox): void {
    $app = new class () extends Illuminate\Container\Container {
        public function isDownForMaintenance(): bool
        {
            return false;
        }
    };
    $capsule = new Capsule($app);
    $capsule->addConnection([
        'driver' => 'mysql', 'host' => $at['host'], 'port' => $at['port'], 'username' => $at['user'], 'password' => $at['password'], 'database' => $at['dbname'], 'charset' => 'utf8mb4',
    ]);
    $app->instance(Illuminate\Contracts\Container\Container::class, $app);
    $app->instance('db', $capsule->getDatabaseManager());
    $app['config']['services.spiff'] = ['accessKey' => getenv('COUNTERSIGN_SPIFF_ACCESS_KEY'), 'secretKey' => getenv('COUNTERSIGN_SPIFF_SECRET_KEY'), 'baseUrl' => getenv('COUNTERSIGN_SPIFF_BASE_URL')];
    $app['config']['app.url'] = 'https://shop.example';
    (new App\OutboxServiceProvider($app))->register();
    $app->make(Outbox::class)->install();
    $mysql->exec('CREATE TABLE orders (id INT PRIMARY KEY, paid INT); INSERT INTO orders VALUES (7, 0), (8, 0)');
    $mysql->exec('CREATE TABLE jobs (id BIGINT PRIMARY KEY AUTO_INCREMENT, queue VARCHAR(190), payload LONGTEXT, attempts INT, reserved_at INT NULL, available_at INT, created_at INT)');
    $payments = new App\Payments($app['db']->connection(), $app->make(Outbox::class));
    same($payments->paid(7, $order('laravel-7'))->status, EnqueueStatus::New, 'paid');
    raises(CountersignException::class, static fn() => $payments->paid(8, ['externalId' => 'laravel-8']), 'invalid_order');
    same($mysql->query('SELECT GROUP_CONCAT(paid ORDER BY id) FROM orders')->fetchColumn(), '1,0', 'the payment of a refused order is rolled back');

    $events = new Illuminate\Events\Dispatcher($app);
    $app->instance(Illuminate\Contracts\Events\Dispatcher::class, $events);
    $app->instance('events', $events);
    $app->bind(Illuminate\Contracts\Bus\Dispatcher::class, static fn() => new Illuminate\Bus\Dispatcher($app));
    Illuminate\Support\Str::createUuidsUsing(static fn(): string => bin2hex(random_bytes(16)));
    $queues = new Illuminate\Queue\QueueManager($app);
    $queues->addConnector('database', static fn() => new Illuminate\Queue\Connectors\DatabaseConnector($app['db']));
    $app['config']['queue.default'] = 'database';
    $app['config']['queue.connections.database'] = ['driver' => 'database', 'table' => 'jobs', 'queue' => 'default', 'retry_after' => 180];
    $faults = new class () implements Illuminate\Contracts\Debug\ExceptionHandler {
        public array $told = [];

        public function report(Throwable $e): void
        {
            $this->told[] = $e->getMessage();
        }

        public function shouldReport(Throwable $e): bool
        {
            return true;
        }

        public function render($request, Throwable $e): mixed
        {
            return null;
        }

        public function renderForConsole($output, Throwable $e): void
        {
        }
    };
    $worker = new Illuminate\Queue\Worker($queues, $events, $faults, static fn(): bool => false);
    // Twice, as a queue may: the second one finds nothing.
    foreach ([1, 2] as $_) {
        $queues->connection()->push(new App\DrainOutbox());
        same((int) $mysql->query('SELECT COUNT(*) FROM jobs')->fetchColumn(), 1, 'a job');
        $worker->runNextJob('database', 'default', new Illuminate\Queue\WorkerOptions(sleep: 0));
        same([$faults->told, (int) $mysql->query('SELECT COUNT(*) FROM jobs')->fetchColumn()], [[], 0], 'it was done');
    }
    same([count($sandbox->accepted('laravel-7')), $app->make(Outbox::class)->get('laravel-7')->state], [1, State::Placed], 'placed once');
};

$tests['doctrine: the example'] = static function () use ($doctrine, $order, $mysql, $sandbox): void {
    $mysql->exec('DROP TABLE IF EXISTS orders; CREATE TABLE orders (id INT PRIMARY KEY, paid INT); INSERT INTO orders VALUES (7, 0), (8, 0)');
    $payments = new Shop\Payments($doctrine());
    $payments->outbox->install();
    same($payments->paid(7, $order('doctrine-7'))->status, EnqueueStatus::New, 'paid');
    raises(CountersignException::class, static fn() => $payments->paid(8, ['externalId' => 'doctrine-8']), 'invalid_order');
    same($mysql->query('SELECT GROUP_CONCAT(paid ORDER BY id) FROM orders')->fetchColumn(), '1,0', 'the payment of a refused order is rolled back');
    $payments->drain();
    $payments->drain();
    same(count($sandbox->accepted('doctrine-7')), 1, 'placed once');
};

$only = getenv('COUNTERSIGN_ROW');
foreach ($tests as $name => $body) {
    if ($only && !str_contains($name, $only)) {
        continue;
    }
    $wrong = null;
    try {
        $body();
    } catch (Throwable $fault) {
        $wrong = $fault instanceof Failure ? $fault->getMessage() : get_class($fault) . ": {$fault->getMessage()} at {$fault->getFile()}:{$fault->getLine()}";
    }
    echo json_encode(['id' => $name, 'wrong' => $wrong], JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
