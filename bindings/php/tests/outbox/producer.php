<?php
// A payment hook: takes an event in each line of its standard input, and answers "ack ID" once payment and order are committed, or "no ID".
// It ends with its standard input, so that none is left behind.

declare(strict_types=1);

require __DIR__ . '/../../autoload.php';

$connect = static function (): array {
    $pdo = new PDO('mysql:host=127.0.0.1;port=' . getenv('DB_PORT') . ';dbname=' . getenv('DB_NAME'), getenv('DB_USER'), getenv('DB_PASSWORD'));
    return [$pdo, new Countersign\Outbox($pdo, ['shop' => Countersign\Spiff::fromEnv()], (string) getenv('PREFIX'), policy: json_decode((string) getenv('POLICY'), true))];
};
$pdo = null;
while (($line = fgets(STDIN)) !== false) {
    [$id, $order] = explode("\t", rtrim($line, "\n"), 2);
    try {
        if ($pdo === null) {
            [$pdo, $outbox] = $connect();
        }
        $pdo->beginTransaction();
        $pdo->prepare('INSERT IGNORE INTO ' . getenv('PREFIX') . 'payments (id) VALUES (?)')->execute([$id]);
        $outbox->enqueue($order);
        $pdo->commit();
        echo "ack $id\n";
    } catch (Throwable) {
        // Nobody knows what a connection is good for that failed.
        $pdo = $outbox = null;
        usleep(20_000);
        echo "no $id\n";
    }
}
