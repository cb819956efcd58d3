<?php
// A worker: drains until its standard input ends.

declare(strict_types=1);

require __DIR__ . '/../../autoload.php';

$ends = static function (): bool {
    [$read, $none] = [[STDIN], null];
    return stream_select($read, $none, $none, 0) > 0;
};
$pdo = null;
while (!$ends()) {
    try {
        if ($pdo === null) {
            $pdo = new PDO('mysql:host=127.0.0.1;port=' . getenv('DB_PORT') . ';dbname=' . getenv('DB_NAME'), getenv('DB_USER'), getenv('DB_PASSWORD'));
            $outbox = new Countersign\Outbox($pdo, ['shop' => Countersign\Spiff::fromEnv()], (string) getenv('PREFIX'), policy: json_decode((string) getenv('POLICY'), true));
        }
        $outbox->drain(seconds: 0.3, max: 1000);
    } catch (Throwable) {
        $pdo = $outbox = null;
    }
    usleep(20_000);
}
