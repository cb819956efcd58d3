<?php
// Enqueues orders k1, k2 … at a given moment, one after the other: php enqueues.php COUNT MOMENT LEVEL SEED
// With an isolation level, each in a transaction of the host's. Prints how often each answer came.

declare(strict_types=1);

require __DIR__ . '/../../autoload.php';

[, $count, $moment, $level, $seed] = $argv;
$pdo = new PDO('mysql:host=127.0.0.1;port=' . getenv('DB_PORT') . ';dbname=' . getenv('DB_NAME'), getenv('DB_USER'), getenv('DB_PASSWORD'));
$level === '' || $pdo->exec("SET SESSION TRANSACTION ISOLATION LEVEL $level");
$outbox = new Countersign\Outbox($pdo, ['shop' => Countersign\Spiff::fromEnv()], (string) getenv('PREFIX'));
$keys = range(1, (int) $count);
mt_srand((int) $seed);
// Each in its own order, but for a few that all begin with.
$keys = [...array_slice($keys, 0, 20), ...(static function (array $rest): array {
    shuffle($rest);
    return $rest;
})(array_slice($keys, 20))];
while (microtime(true) < (float) $moment) {
    usleep(200);
}
$answers = [];
foreach ($keys as $key) {
    $level === '' || $pdo->exec('BEGIN');
    $order = ['externalId' => "k$key", 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => "d$key"]]];
    $answer = $outbox->enqueue($order)->status->value;
    $level === '' || $pdo->exec('COMMIT');
    $answers[$answer] = ($answers[$answer] ?? 0) + 1;
}
echo json_encode($answers);
