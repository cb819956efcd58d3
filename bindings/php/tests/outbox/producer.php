<?php
// A payment hook: takes an event in each line of its standard input, and answers "ack ID" once payment and order are committed, or "no ID".
// It ends with its standard input, so that none is left behind. Where FFI is closed, it enqueues without.

declare(strict_types=1);

require __DIR__ . '/../../autoload.php';
require __DIR__ . '/hosts.php';

$bare = ini_get('ffi.enable') === '0';
$kind = (string) getenv('KIND');
$prefix = (string) getenv('PREFIX');
$kind === 'wpdb' && require __DIR__ . '/wordpress.php';
$pay = str_contains($kind, 'mysql') || $kind === 'wpdb' ? "INSERT IGNORE INTO {$prefix}payments (id) VALUES (?)" : "INSERT INTO {$prefix}payments (id) VALUES (?) ON CONFLICT (id) DO NOTHING";
$host = null;
while (($line = fgets(STDIN)) !== false) {
    [$id, $order] = explode("\t", rtrim($line, "\n"), 2);
    try {
        if ($host === null) {
            $host = Host::of($kind, (string) getenv('FILE'), $prefix);
            $outbox = $bare
                ? new Countersign\OutboxEnqueue($host->store(), ['shop' => 'spiff'], $prefix)
                : $host->outbox(['shop' => Countersign\Spiff::fromEnv()], json_decode((string) getenv('POLICY'), true));
        }
        $host->begin();
        $host->execute($pay, [$id]);
        $outbox->enqueue($order);
        $host->commit();
        echo "ack $id\n";
    } catch (Throwable) {
        // Nobody knows what a connection is good for that failed.
        $host = $outbox = null;
        usleep(20_000);
        echo "no $id\n";
    }
}
