<?php
// A worker: drains until its standard input ends.

declare(strict_types=1);

require __DIR__ . '/../../autoload.php';
require __DIR__ . '/hosts.php';

$ends = static function (): bool {
    [$read, $none] = [[STDIN], null];
    return stream_select($read, $none, $none, 0) > 0;
};
$kind = (string) getenv('KIND');
$kind === 'wpdb' && require __DIR__ . '/wordpress.php';
$outbox = null;
while (!$ends()) {
    try {
        $outbox ??= Host::of($kind, (string) getenv('FILE'), (string) getenv('PREFIX'))->outbox(['shop' => Countersign\Spiff::fromEnv()], json_decode((string) getenv('POLICY'), true));
        $outbox->drain(seconds: 0.3, max: 1000);
    } catch (Throwable) {
        // A bare PDO stays broken; who makes connections by himself goes on with a new one.
        $outbox = str_starts_with($kind, 'pdo-') ? null : $outbox;
    }
    usleep(20_000);
}
