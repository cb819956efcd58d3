<?php
// What WordPress's connection does to an outbox, each with a prefix of its own: php wpdb.php
// A line of JSON for each: its name, and what went wrong or null.

declare(strict_types=1);

require __DIR__ . '/../support.php';
require __DIR__ . '/wordpress.php';

use Countersign\EnqueueStatus;
use Countersign\Exception\CountersignException;
use Countersign\Outbox;

/** A connection that is asked to read from the primary, as HyperDB and its kin are. */
final class RoutedWpdb extends wpdb
{
    public int $asked = 0;

    public function send_reads_to_masters(): void
    {
        $this->asked++;
    }
}

foreach (Sandbox::get()->ready['env'] as $name => $value) {
    putenv("$name=$value");
}
$number = 0;
$other = new mysqli('127.0.0.1', DB_USER, DB_PASSWORD, DB_NAME, (int) getenv('DB_PORT'));
$fresh = static function () use (&$number): Outbox {
    global $wpdb;
    $wpdb->set_prefix('p' . ++$number . '_');
    putenv('COUNTERSIGN_OUTBOX_TEST_SCALE=200');
    $outbox = Outbox::wordpress(['shop' => Countersign\Spiff::fromEnv()]);
    $outbox->install();
    return $outbox;
};
$order = static fn(string $id, int $amount = 1): array => ['externalId' => $id, 'paid' => true, 'orderItems' => [['amountToOrder' => $amount, 'transactionId' => "design of $id"]]];
$rows = static function () use ($other, &$number): int {
    return (int) $other->query("SELECT COUNT(*) FROM p{$number}_countersign_outbox")->fetch_row()[0];
};
$kill = static function () use ($other): void {
    global $wpdb;
    $other->query("KILL CONNECTION {$wpdb->dbh->thread_id}");
    usleep(50_000);
};

$tests = [
    'leaves no trace' => static function () use ($fresh, $order): void {
        global $wpdb;
        $outbox = $fresh();
        $wpdb->suppress_errors(false);
        $wpdb->show_errors();
        $wpdb->query('CREATE TABLE of_the_host (id INT PRIMARY KEY AUTO_INCREMENT, a INT)');
        $wpdb->insert('of_the_host', ['a' => 7]);
        $wpdb->get_results('SELECT a FROM of_the_host');
        $seen = static fn(): array => [$wpdb->last_error, $wpdb->last_query, $wpdb->last_result, $wpdb->num_rows, $wpdb->rows_affected, $wpdb->insert_id, $wpdb->suppress_errors, $wpdb->show_errors];
        $before = $seen();
        ob_start();
        same($outbox->enqueue($order('1'))->status, EnqueueStatus::New, 'enqueue');
        same($outbox->enqueue($order('1', 2))->status, EnqueueStatus::Replaced, 'replace');
        $outbox->cancel('1');
        $outbox->list();
        $outbox->drain(1);
        raises(CountersignException::class, static function () use ($order): void {
            global $wpdb;
            $prefix = $wpdb->set_prefix('missing_');
            try {
                Outbox::wordpress(['shop' => Countersign\Spiff::fromEnv()])->enqueue($order('1'));
            } finally {
                $wpdb->set_prefix($prefix);
            }
        }, 'store');
        same(ob_get_clean(), '', 'what is shown to a shopper');
        same($seen(), $before, 'what plugins read after a query of their own');
    },
    'an older snapshot' => static function () use ($fresh, $order, $other): void {
        global $wpdb;
        $outbox = $fresh();
        $statement = $outbox->enqueueStatement($order('1'));
        $wpdb->query('START TRANSACTION');
        same($wpdb->get_var("SELECT COUNT(*) FROM {$wpdb->prefix}countersign_outbox"), '0', 'the snapshot');
        $other->execute_query($statement['sql'], $statement['params']);
        same($outbox->enqueue($order('1'))->status, EnqueueStatus::Known, 'by another session');
        $wpdb->query('COMMIT');
        same(count($outbox->list()->rows), 1, 'rows');
    },
    'a transaction' => static function () use ($fresh, $order, $rows): void {
        global $wpdb;
        $outbox = $fresh();
        $wpdb->query('START TRANSACTION');
        $outbox->enqueue($order('1'));
        contains(raises(CountersignException::class, static fn() => $outbox->drain(1), 'store')->getMessage(), 'transaction');
        $wpdb->query('ROLLBACK');
        same($rows(), 0, 'rows');
    },
    'gone away before an enqueue' => static function () use ($fresh, $order, $rows, $kill): void {
        $outbox = $fresh();
        $kill();
        try {
            same($outbox->enqueue($order('1'))->status, EnqueueStatus::New, 'enqueue');
            same($rows(), 1, 'acknowledged');
        } catch (CountersignException $error) {
            same([$error->kind->value, $rows()], ['store', 0], 'not acknowledged');
        }
        holds(in_array($outbox->enqueue($order('1'))->status, [EnqueueStatus::New, EnqueueStatus::Known], true), 'once more');
        same($rows(), 1, 'rows');
    },
    'gone away at each statement of an enqueue' => static function () use ($fresh, $order, $rows, $kill): void {
        foreach (['SELECT', 'INSERT'] as $word) {
            foreach ([false, true] as $inside) {
                $outbox = $fresh();
                $struck = false;
                $strike = static function (string $query) use ($word, $kill, &$struck): string {
                    if (!$struck && str_starts_with($query, $word)) {
                        $struck = true;
                        $kill();
                    }
                    return $query;
                };
                $inside && $GLOBALS['wpdb']->query('START TRANSACTION');
                add_filter('query', $strike);
                $acknowledged = true;
                try {
                    $outbox->enqueue($order('1'));
                } catch (CountersignException $error) {
                    $acknowledged = false;
                    same($error->kind->value, 'store', $error->getMessage());
                }
                remove_filter('query', $strike);
                $GLOBALS['wpdb']->query('COMMIT');
                holds($struck, "$word was struck");
                // Whatever transaction was open is gone with the connection: then the order does not go in alone.
                $word === 'SELECT' && same([$acknowledged, $rows()], [false, 0], "$word: acknowledged, rows");
                // Never acknowledged and missing.
                holds(!$acknowledged || $rows() === 1, "$word: acknowledged, and " . $rows() . ' rows');
                $outbox->enqueue($order('1'));
                same($rows(), 1, "$word: rows");
            }
        }
    },
    'gone away at each statement of a drain' => static function () use ($fresh, $kill): void {
        $outbox = $fresh();
        $ids = [];
        $left = PHP_INT_MAX;
        $strike = static function (string $query) use (&$left, $kill): string {
            if (--$left === 0) {
                $kill();
            }
            return $query;
        };
        add_filter('query', $strike);
        foreach (range(1, 30) as $at) {
            $ids[] = $id = "gone-$at";
            $left = PHP_INT_MAX;
            $outbox->enqueue(['externalId' => $id] + Sandbox::get()->order($id));
            $left = $at;
            try {
                $outbox->drain(0.3);
            } catch (CountersignException $error) {
                same($error->kind->value, 'store', $error->getMessage());
            }
        }
        $left = PHP_INT_MAX;
        $outbox->drain(30);
        remove_filter('query', $strike);
        foreach ($ids as $id) {
            same(count(Sandbox::get()->accepted($id)), 1, $id);
        }
        same(count($outbox->list('placed', limit: 1000)->rows), 30, 'placed');
    },
    'patience is the host\'s again' => static function () use ($fresh): void {
        global $wpdb;
        $outbox = $fresh();
        $wpdb->query('SET SESSION innodb_lock_wait_timeout = 33');
        $outbox->drain(1);
        same($wpdb->get_var('SELECT @@innodb_lock_wait_timeout'), '33', 'seconds');
    },
    'reads go to the primary' => static function () use ($order): void {
        $routed = new RoutedWpdb(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);
        $routed->set_prefix('routed_');
        $outbox = Outbox::wordpress(['shop' => Countersign\Spiff::fromEnv()], $routed);
        holds($routed->asked > 0, 'it was asked');
        $outbox->install();
        same($outbox->enqueue($order('1'))->status, EnqueueStatus::New, 'enqueue');
    },
    'a site has its own tables' => static function () use ($fresh, $order): void {
        global $wpdb;
        $first = $fresh();
        $second = $fresh();
        same([$first->enqueue($order('1'))->status, $second->enqueue($order('1'))->status], [EnqueueStatus::New, EnqueueStatus::New], 'enqueue');
        $second->cancel('1');
        same($first->get('1')->state->value, 'pending', 'the first');
    },
];
foreach ($tests as $name => $body) {
    $wrong = null;
    try {
        $body();
    } catch (Throwable $fault) {
        $wrong = get_class($fault) . ": {$fault->getMessage()} at {$fault->getFile()}:{$fault->getLine()}";
    }
    echo json_encode(['id' => $name, 'wrong' => $wrong], JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
