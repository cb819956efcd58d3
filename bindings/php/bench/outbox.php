<?php
// The outbox in MariaDB beside what people write by hand, in one run: php bindings/php/bench/outbox.php
//
// It starts a MariaDB and the sandbox of its own, on loopback, durable at every commit. Ratios alone count. Exits 0 all the same.
// COUNTERSIGN_LIBRARY names the library, COUNTERSIGN_BIN the command with the sandbox; COUNTERSIGN_FINISHED=n how many finished rows
// there are at last (1,000,000).

declare(strict_types=1);

use Countersign\Internal\PdoConnection;
use Countersign\Outbox;
use Countersign\OutboxConnection;
use Countersign\Spiff;

require __DIR__ . '/../autoload.php';

const WORKERS = 8;
const ORDERS = 400;

/** What is known of the two servers; a worker gets it as its argument. */
final class Bench
{
    /** @param array{db: array<string, mixed>, spiff: array<string, mixed>} $at */
    public function __construct(public readonly array $at)
    {
    }

    public function pdo(): PDO
    {
        $db = $this->at['db'];
        return new PDO("mysql:host=127.0.0.1;port={$db['port']};dbname={$db['database']}", $db['user'], $db['password']);
    }

    public function spiff(): Spiff
    {
        $spiff = $this->at['spiff'];
        return new Spiff(accessKey: $spiff['access_key'], secretKey: $spiff['secret_key'], baseUrl: $spiff['url']);
    }

    public function outbox(PDO|OutboxConnection $store): Outbox
    {
        return new Outbox($store, ['shop' => $this->spiff()]);
    }

    public function design(): string
    {
        $http = ['http' => ['method' => 'POST', 'header' => 'Content-Type: application/json', 'content' => '{}']];
        $text = file_get_contents("{$this->at['spiff']['url']}/_/transactions", false, stream_context_create($http));
        return json_decode((string) $text, true)['transactionId'];
    }

    /** @return array<string, mixed> */
    public function order(string $id): array
    {
        return ['externalId' => $id, 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => $this->design()]]];
    }

    /** Rows a second of so many processes that end when there is nothing to do. */
    public function race(string $worker, int $workers, int $rows): float
    {
        $began = hrtime(true);
        $running = [];
        for ($i = 0; $i < $workers; $i++) {
            $running[] = proc_open([PHP_BINARY, __FILE__, $worker, (string) json_encode($this->at)], [['file', '/dev/null', 'r'], STDERR, STDERR], $pipes);
        }
        foreach ($running as $process) {
            proc_close($process);
        }
        return $rows * 1e9 / (hrtime(true) - $began);
    }
}

/** Counts the statements that pass. */
final class Counting implements OutboxConnection
{
    public int $count = 0;
    private readonly PdoConnection $inner;

    public function __construct(PDO $pdo)
    {
        $this->inner = new PdoConnection($pdo);
    }

    public function dialect(): string
    {
        return $this->inner->dialect();
    }

    public function execute(string $sql, #[\SensitiveParameter] array $params, bool $rows): array|int
    {
        $this->count++;
        return $this->inner->execute($sql, $params, $rows);
    }
}

/** What a careful person writes by hand: one transaction with SKIP LOCKED takes a row, another one writes down what came of it. */
function by_hand(Bench $bench, bool $looks): void
{
    [$pdo, $spiff] = [$bench->pdo(), $bench->spiff()];
    while (true) {
        $pdo->beginTransaction();
        $row = $pdo->query("SELECT id, body FROM by_hand WHERE state = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")->fetch(PDO::FETCH_ASSOC);
        if ($row === false) {
            $pdo->rollBack();
            return;
        }
        $pdo->prepare("UPDATE by_hand SET state = 'sending' WHERE id = ?")->execute([$row['id']]);
        $design = json_decode($row['body'], true)['orderItems'][0]['transactionId'];
        if ($looks) {
            $pdo->prepare('INSERT INTO by_hand_design (design, row_id) VALUES (?, ?)')->execute([$design, $row['id']]);
        }
        $pdo->commit();
        if ($looks) {
            $spiff->transactions([$design], select: 'id isOrdered externalOrderId');
        }
        $placed = $spiff->placeOrder($row['body']);
        $pdo->prepare("UPDATE by_hand SET state = 'placed', remote_id = ? WHERE id = ?")->execute([$placed->id, $row['id']]);
    }
}

if (isset($argv[2])) {
    $bench = new Bench(json_decode($argv[2], true));
    match ($argv[1]) {
        'ours' => $bench->outbox($bench->pdo())->drain(60, PHP_INT_MAX >> 12),
        'hand' => by_hand($bench, false),
        'hand-looks' => by_hand($bench, true),
    };
    exit(0);
}

$pipes = [];
$open = static function (array $command) use (&$pipes): array {
    static $running = [];
    $running[] = $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], STDERR], $own);
    $pipes[] = $own[0];
    register_shutdown_function(static function () use ($own, $process): void {
        fclose($own[0]);
        proc_close($process);
    });
    return json_decode((string) fgets($own[1]), true, 512, JSON_THROW_ON_ERROR);
};
$db = $open(['python3', __DIR__ . '/../../../tests/mariadb.py']);
$sandbox = $open([(string) getenv('COUNTERSIGN_BIN'), 'sandbox', '--port', '0', '--json']);
$bench = new Bench(['db' => $db, 'spiff' => $sandbox['spiff']]);
$pdo = $bench->pdo();
$bench->outbox($pdo)->install();
$pdo->exec("CREATE TABLE by_hand (id BIGINT PRIMARY KEY AUTO_INCREMENT, external_id VARCHAR(64) NOT NULL UNIQUE, state VARCHAR(10) NOT NULL DEFAULT 'new',
    body TEXT NOT NULL, remote_id VARCHAR(64), KEY state (state, id)) ENGINE=InnoDB");
$pdo->exec('CREATE TABLE by_hand_design (design VARCHAR(64) PRIMARY KEY, row_id BIGINT NOT NULL) ENGINE=InnoDB');
$pdo->exec('CREATE TABLE payment (id BIGINT PRIMARY KEY AUTO_INCREMENT, order_id VARCHAR(64) NOT NULL) ENGINE=InnoDB');

// One: what an enqueue adds to the transaction of a payment.
$orders = array_map(static fn(int $n): array => $bench->order("e$n"), range(1, 600));
$counting = new Counting($pdo);
$outbox = $bench->outbox($counting);
$insert = $pdo->prepare('INSERT INTO by_hand (external_id, body, state) VALUES (?, ?, ?)');
$times = ['ours' => [], 'a bare insert' => []];
foreach ($orders as $at => $order) {
    foreach (['ours', 'a bare insert'] as $who) {
        $began = hrtime(true);
        $pdo->beginTransaction();
        $pdo->prepare('INSERT INTO payment (order_id) VALUES (?)')->execute([$order['externalId']]);
        $who === 'ours' ? $outbox->enqueue($order) : $insert->execute([$order['externalId'], json_encode($order), 'bench']);
        $pdo->commit();
        $times[$who][] = hrtime(true) - $began;
    }
}
$median = static function (array $times): float {
    sort($times);
    return $times[intdiv(count($times), 2)] / 1e3;
};
printf("enqueue in the transaction of a payment, order of %d bytes, %d statements each (2)\n", strlen((string) json_encode($orders[0])), $counting->count / count($orders));
printf("  ours          %6.0f us\n  a bare insert %6.0f us\n  ratio         %6.2f\n\n", $median($times['ours']), $median($times['a bare insert']), $median($times['ours']) / $median($times['a bare insert']));
$pdo->exec("UPDATE countersign_outbox SET state = 7, due_at = NULL, done_at = 0");

// Two: so many workers, the same platform, the same client.
$fill = static function (string $name) use ($bench, $pdo, $outbox): void {
    $insert = $pdo->prepare('INSERT INTO by_hand (external_id, body) VALUES (?, ?)');
    $pdo->beginTransaction();
    for ($n = 0; $n < ORDERS; $n++) {
        $order = $bench->order("$name-$n");
        str_starts_with($name, 'ours') ? $outbox->enqueue($order) : $insert->execute([$order['externalId'], json_encode($order)]);
    }
    $pdo->commit();
};
$rates = [];
foreach ([1, 2, 3] as $round) {
    foreach (['ours', 'hand', 'hand-looks'] as $worker) {
        $fill("$worker-$round");
        $rates[$worker][] = $bench->race($worker, WORKERS, ORDERS);
    }
}
$best = array_map(max(...), $rates);
printf("%d workers, %d orders, best of three\n", WORKERS, ORDERS);
printf("  ours, which looks first and reserves designs        %6.0f orders/s\n", $best['ours']);
printf("  by hand, SKIP LOCKED                                %6.0f orders/s, ratio %.2f\n", $best['hand'], $best['ours'] / $best['hand']);
printf("  by hand, SKIP LOCKED, looks, reserves designs       %6.0f orders/s, ratio %.2f (0.8)\n\n", $best['hand-looks'], $best['ours'] / $best['hand-looks']);

// Three: with very many finished rows.
$one = static function (string $name) use ($bench, $fill): float {
    $rates = [];
    foreach ([1, 2] as $round) {
        $fill("ours-$name-$round");
        $rates[] = $bench->race('ours', 1, ORDERS);
    }
    return max($rates);
};
$before = $one('few');
$finished = (int) (getenv('COUNTERSIGN_FINISHED') ?: 1_000_000);
$pdo->exec("INSERT INTO countersign_outbox (row_key, provider, account, external_id, state, version, due_at, wire, items_hash, created_at, fresh_at, updated_at, done_at, history)
    SELECT SHA2(CONCAT('old', seq), 256), 1, 'shop', CONCAT('old-', seq), 5, 2, NULL, 1, SHA2(seq, 256), seq, seq, seq, seq, '' FROM seq_1_to_$finished");
$after = $one('many');
printf("one worker, %s finished rows: %.0f orders/s; beside the first ones %.0f orders/s; ratio %.2f (0.6)\n", number_format($finished), $after, $before, $after / $before);

$missed = array_filter([
    $best['ours'] / $best['hand-looks'] < 0.8 ? sprintf('%.2f of SKIP LOCKED with a look and designs, target 0.8', $best['ours'] / $best['hand-looks']) : null,
    $after / $before < 0.6 ? sprintf('%.2f with very many finished rows, target 0.6', $after / $before) : null,
]);
echo "\ntargets: ", $missed === [] ? 'met' : 'MISSED: ' . implode('; ', $missed), "\n";
