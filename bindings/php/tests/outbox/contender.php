<?php
// One of many that work at the same time for so many seconds: php contender.php producer|worker SECONDS NUMBER
// Prints what it did, and every error that reached it.

declare(strict_types=1);

require __DIR__ . '/../../autoload.php';

[, $part, $seconds, $number] = $argv;
$pdo = new PDO('mysql:host=127.0.0.1;port=' . getenv('DB_PORT') . ';dbname=' . getenv('DB_NAME'), getenv('DB_USER'), getenv('DB_PASSWORD'));
$accounts = ['shop' => Countersign\Spiff::fromEnv(), 'signs' => Countersign\SignCustomiser::fromEnv()];
$prefix = (string) getenv('PREFIX');
$outbox = new Countersign\Outbox($pdo, $accounts, $prefix, policy: ['settle' => 10, 'gap' => 5]);
$until = microtime(true) + (float) $seconds;
$done = 0;
$errors = [];
$answers = [];
mt_srand((int) $number);
$sign = static fn(string $id, int $quantity): array => [
    'integration_id' => 1, 'external_id' => $id, 'external_order_number' => "#$id", 'currency' => 'USD',
    'products' => [['external_id' => 'shop-sign', 'quantity' => $quantity, 'price' => 2999]],
];
$designs = [];
while (microtime(true) < $until) {
    try {
        if ($part === 'worker') {
            $done += $outbox->drain(1, 1000)->placed;
            usleep(2000);
            continue;
        }
        // A shop that writes down a payment and enqueues in one transaction, changes its mind, and cancels; also orders of others.
        $id = "c$number-" . mt_rand(1, 1 + intdiv($done, 2));
        $other = 'c' . mt_rand(1, 4) . '-' . mt_rand(1, 1 + intdiv($done, 2));
        $draw = mt_rand(0, 9);
        $pdo->beginTransaction();
        $pdo->exec("INSERT INTO {$prefix}payments (n) VALUES ($done)");
        if ($draw === 0) {
            $answer = $outbox->cancel($other, 'signs')->value;
        } elseif ($draw < 5) {
            $answer = $outbox->enqueue($sign($id, mt_rand(1, 2)), 'signs')->status->value;
        } elseif ($draw < 9) {
            $answer = $outbox->enqueue($sign("c$number-n$done", 1), 'signs')->status->value;
        } else {
            $http = ['method' => 'POST', 'header' => 'Content-Type: application/json', 'content' => '{}'];
            $design = json_decode((string) file_get_contents(getenv('COUNTERSIGN_SPIFF_BASE_URL') . '/_/transactions', false, stream_context_create(['http' => $http])), true)['transactionId'];
            $order = ['externalId' => "s$number-$done", 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => $design]]];
            $answer = $outbox->enqueue($order, 'shop')->status->value;
        }
        mt_rand(0, 19) === 0 ? $pdo->rollBack() : $pdo->commit();
        $answers[$answer] = ($answers[$answer] ?? 0) + 1;
        $done++;
    } catch (Throwable $fault) {
        $errors[] = get_class($fault) . ': ' . $fault->getMessage();
        $pdo->inTransaction() && $pdo->rollBack();
    }
}
echo json_encode(['done' => $done, 'errors' => array_slice($errors, 0, 5), 'count' => count($errors), 'answers' => $answers], JSON_INVALID_UTF8_SUBSTITUTE);
