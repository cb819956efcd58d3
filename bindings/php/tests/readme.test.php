<?php
// What the front page shows of PHP runs as it stands there.

declare(strict_types=1);

require_once __DIR__ . '/servers.php';

test('README: an order in the transaction of its payment, and a drain', static function (): void {
    preg_match('/```php\n(\$outbox = .*?)```/s', (string) file_get_contents(ROOT . '/README.md'), $block);
    holds(isset($block[1]), 'the README lost its outbox');
    $sandbox = Sandbox::get();
    $spiff = $sandbox->ready['spiff'];
    $database = MariaDb::get()->database('readme');
    MariaDb::get()->pdo([], 'CREATE TABLE orders (id INT PRIMARY KEY, paid INT NOT NULL) ENGINE=InnoDB; INSERT INTO orders VALUES (1001, 0)', $database);
    $ready = MariaDb::get()->ready;
    $given = [
        'dsn' => "mysql:host={$ready['host']};port={$ready['port']};dbname=$database",
        'user' => $ready['user'],
        'password' => $ready['password'],
        'order' => $sandbox->order('readme-1001'),
    ];
    $code = '$given = json_decode((string) getenv("GIVEN"), true);'
        . '$pdo = new PDO($given["dsn"], $given["user"], $given["password"]); $order = $given["order"];'
        . $block[1]
        . 'echo $pdo->query("SELECT paid FROM orders")->fetchColumn(), $outbox->get("readme-1001")->state->value;';
    [$exit, $out, $err] = child($code, [], [
        'GIVEN' => json_encode($given),
        'COUNTERSIGN_SPIFF_ACCESS_KEY' => $spiff['access_key'],
        'COUNTERSIGN_SPIFF_SECRET_KEY' => $spiff['secret_key'],
        'COUNTERSIGN_SPIFF_BASE_URL' => $spiff['url'],
    ]);
    same([$exit, $out, $err], [0, '1placed', ''], 'the README');
    same(count($sandbox->accepted('readme-1001')), 1, 'accepted');
});
