<?php
// Producers and workers in PHP over one store: killed at random together with the server, and many at the same time.
//
// Environment: COUNTERSIGN_KILLS, how many kills (200 over PDO and MariaDB, 30 over another kind of connection); COUNTERSIGN_PAIRS=all, every kind beside
// that, not only the one of the day (UTC); COUNTERSIGN_CONTENTION_SECONDS, how long many work at the same time (60).

declare(strict_types=1);

require_once __DIR__ . '/outbox/Storm.php';

/** The kinds of connection and what the table calls them; "unaided" enqueues where FFI is closed. */
const STORMS = [
    'pdo-mysql' => 'outbox in MariaDB, PHP', 'pdo-pgsql' => 'outbox in PostgreSQL, PHP', 'pdo-sqlite' => 'outbox in SQLite, PHP', 'unaided' => 'outbox in MariaDB, PHP without FFI',
    'wpdb' => 'outbox in MariaDB, WordPress', 'doctrine-mysql' => 'outbox in MariaDB, Doctrine', 'doctrine-mysqli' => 'outbox in MariaDB, Doctrine over mysqli',
    'doctrine-pgsql' => 'outbox in PostgreSQL, Doctrine', 'doctrine-sqlite' => 'outbox in SQLite, Doctrine', 'laravel-mysql' => 'outbox in MariaDB, Laravel',
    'laravel-pgsql' => 'outbox in PostgreSQL, Laravel', 'laravel-sqlite' => 'outbox in SQLite, Laravel',
];

/** How many kills each kind gets. */
$storms = static function (): array {
    $asked = getenv('COUNTERSIGN_KILLS');
    $others = array_slice(array_keys(STORMS), 1);
    if (getenv('COUNTERSIGN_PAIRS') !== 'all') {
        $others = [$others[intdiv(time(), 86_400) % count($others)]];
    }
    return ['pdo-mysql' => (int) ($asked ?: 200)] + array_fill_keys($others, (int) ($asked ?: 30));
};

foreach ($storms() as $kind => $most) {
    test("outbox kills: processes and the database server are killed at random, and every order arrives once, $kind", static function () use ($kind, $most): void {
        echo "| | kills | of them the server | events | delivered again | POSTs | reads | lost | doubled | held | stuck |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
        for ($left = $most, $round = 0; $left > 0; $left -= 200, $round++) {
            $came = (new Storm(min($left, 200), 20_260_101 + $round, $kind))->run();
            $held = implode(', ', array_map(static fn(string $reason, int $count): string => "$count $reason", array_keys($came['held']), $came['held'])) ?: '0';
            printf(
                "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %s | %d | %.0f s\n",
                STORMS[$kind],
                ...array_map(static fn(string $name): int => $came[$name], ['kills', 'servers', 'events', 'again', 'posts', 'reads', 'lost', 'doubled']),
                ...[$held, $came['stuck'], $came['seconds']],
            );
            same([$came['lost'], $came['doubled'], $came['stuck'], $came['apart']], [0, 0, 0, 0], 'lost, doubled, stuck, payments without order: ' . implode("\n", $came['told']));
            // Sent twice in vain, or three workers died over it: nothing else may need a person here.
            same(array_diff(array_keys($came['held']), ['resends_spent', 'crashed']), [], 'reasons: ' . show($came['held']));
            holds(array_sum($came['held']) <= 5 + $came['events'] / 10, show($came['held']));
            // Otherwise the storm was none.
            $servers = str_ends_with($kind, 'sqlite') ? 0 : intdiv(min($left, 200), 20);
            holds($came['servers'] >= $servers && $came['again'] > 0 && $came['posts'] > $came['events'], show($came));
        }
    });
}

test('outbox kills: eight workers and four producers, and no deadlock reaches anybody', static function (): void {
    $seconds = (int) (getenv('COUNTERSIGN_CONTENTION_SECONDS') ?: 60);
    Sandbox::get()->control('POST', 'reset');
    $prefix = Trial::prefix();
    $accounts = ['shop' => Sandbox::get()->spiff(), 'signs' => Sandbox::get()->signs()];
    Trial::outbox(Trial::pdo(), $prefix, accounts: $accounts);
    Trial::pdo()->exec("CREATE TABLE {$prefix}payments (id INT PRIMARY KEY AUTO_INCREMENT, n INT) ENGINE=InnoDB");
    $deadlocks = static fn(): int => (int) Trial::pdo()->query("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")->fetchColumn(1);
    $before = $deadlocks();
    $signs = Sandbox::get()->ready['sign_customiser'];
    $env = Trial::environment($prefix, ['COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN' => $signs['api_token'], 'COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL' => $signs['url']]);
    $ends = [];
    foreach (range(1, 12) as $number) {
        $part = $number <= 4 ? 'producer' : 'worker';
        $ends[] = [$part, Trial::start('contender.php', [$part, (string) $seconds, (string) $number], $env)];
    }
    $done = ['producer' => 0, 'worker' => 0];
    foreach ($ends as [$part, $end]) {
        [$code, $out, $err] = $end();
        same([$code, $err], [0, ''], $part);
        $told = json_decode($out, true);
        same([$told['count'], $told['errors']], [0, []], "errors that reached a $part");
        $done[$part] += $told['done'];
    }
    printf("8 workers: %.0f orders/s placed, 4 producers: %.0f transactions/s, %d deadlocks inside the server, %d s\n", $done['worker'] / $seconds, $done['producer'] / $seconds, $deadlocks() - $before, $seconds);
    same($deadlocks() - $before, 0, 'deadlocks');
    // What is left comes to an end, each once.
    for ($until = time() + 60; Trial::rows($prefix, 'state IN (1, 2, 3)') > 0 && time() < $until;) {
        Trial::opened(Trial::pdo(), $prefix, accounts: $accounts, policy: ['settle' => 10, 'gap' => 5])->drain(20, 10_000);
    }
    same(Trial::rows($prefix, 'state NOT IN (5, 7)'), 0, 'rows that have not ended');
    $accepted = array_count_values(array_column(Sandbox::get()->control('GET', 'orders')['orders'], 'externalId'));
    same([array_filter($accepted, static fn(int $times): bool => $times > 1), count($accepted)], [[], Trial::rows($prefix, 'state = 5')], 'doubled, accepted');
    holds($done['worker'] > 0 && $done['producer'] > 0, show($done));
    // The tests to come list what was accepted.
    Sandbox::get()->control('POST', 'reset');
});
