<?php
// Every PHP snippet of docs/php.md is run, and its php.ini lines start php-fpm.

declare(strict_types=1);

require_once __DIR__ . '/servers.php';

$manual = (string) file_get_contents(ROOT . '/docs/php.md');
preg_match_all('/^```php\n(.*?)^```$/ms', $manual, $found);
$snippets = $found[1];
$sandbox = Sandbox::get();
$folder = scratch('snippets');
is_dir("$folder/vendor") || mkdir("$folder/vendor");
file_put_contents("$folder/vendor/autoload.php", "<?php require '" . realpath(__DIR__ . '/../autoload.php') . "';");

/** Runs the only snippet that holds this text. */
$snippet = static function (string $mark, array $env = [], array $flags = []) use ($snippets, $folder, $sandbox): array {
    $matching = array_values(array_filter($snippets, static fn($text) => str_contains($text, $mark)));
    same(count($matching), 1, "snippets with $mark");
    file_put_contents("$folder/snippet.php", $matching[0]);
    return run([PHP_BINARY, ...$flags, "$folder/snippet.php"], $env + $sandbox->ready['env']);
};

/** The environment of a shop with an empty database of its own, in which nothing is installed yet. */
$shop = static function (string $name) use ($snippets, $folder, $sandbox): array {
    $outbox = array_values(array_filter($snippets, static fn($text) => str_contains($text, 'function outbox()')));
    file_put_contents("$folder/outbox.php", $outbox[0]);
    $ready = MariaDb::get()->ready;
    $database = MariaDb::get()->database($name);
    MariaDb::get()->pdo(database: $database)->exec('CREATE TABLE orders (id INT PRIMARY KEY, paid INT) ENGINE=InnoDB; INSERT INTO orders VALUES (1001, 0), (1002, 0)');
    return [
        'SHOP_DSN' => "mysql:host={$ready['host']};port={$ready['port']};dbname=$database", 'SHOP_USER' => $ready['user'], 'SHOP_PASSWORD' => $ready['password'],
        'SHOP_HOST' => $ready['host'], 'SHOP_PORT' => (string) $ready['port'], 'SHOP_NAME' => $database, 'TRANSACTION_ID' => $sandbox->transaction(),
    ];
};

/** Whether an order is paid in the shop. */
$paid = static fn(array $env, int $id): int => (int) MariaDb::get()->pdo(database: $env['SHOP_NAME'])->query("SELECT paid FROM orders WHERE id = $id")->fetchColumn();

test('docs: every PHP block is known to these tests', static function () use ($snippets): void {
    same(count($snippets), 16, 'snippets');
});

test('docs: a first order, and its settling', static function () use ($sandbox, $snippet): void {
    $env = ['TRANSACTION_ID' => $sandbox->transaction()];
    [$code, $out, $err] = $snippet('$placed = $spiff->placeOrder($order)', $env);
    same([$code, preg_match('/^placed: \S+\n$/', $out)], [0, 1], $out . $err);
    same($snippet('$found = Spiff::fromEnv()->settle($order', $env), [0, "it was placed\n", ''], 'settled');
    [, $out] = $snippet('$found = Spiff::fromEnv()->settle($order', ['TRANSACTION_ID' => $sandbox->transaction()]);
    contains($out, 'settle again at ');
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    contains($snippet('$placed = $spiff->placeOrder($order)', $env)[1], 'unknown: ');
    contains($snippet('$placed = $spiff->placeOrder($order)', ['TRANSACTION_ID' => ''])[1], 'not placed: ');
});

test('docs: the whole model', static function () use ($sandbox, $snippet): void {
    [$code, $out, $err] = $snippet('->orderStatusesFeed()', ['TRANSACTION_ID' => $sandbox->transaction()]);
    same([$code, preg_match('/^[^:\n]+: \S.*\n(status \S+\n)+artifact JsonKey\n$/', $out)], [0, 1], $out . $err);
});

test('docs: tests of a shop', static function () use ($snippets, $folder): void {
    [$text] = array_values(array_filter($snippets, static fn($text) => str_contains($text, 'use UsesSandbox;')));
    file_put_contents("$folder/OrdersTest.php", $text);
    [$code, $out, $err] = run(['phpunit', '--do-not-cache-result', '--bootstrap', "$folder/vendor/autoload.php", "$folder/OrdersTest.php"]);
    same($code, 0, $out . $err);
    contains($out, 'OK (2 tests');
});

test('docs: a span around a call', static function () use ($sandbox, $snippet, $folder): void {
    // As much of OpenTelemetry as the page uses: it says what it is told.
    $double = <<<'PHP'
        namespace OpenTelemetry\API { final class Globals { public static function tracerProvider() { return new Trace\Double(); } } }
        namespace OpenTelemetry\API\Trace {
            final class SpanKind { const KIND_CLIENT = 1; }
            final class StatusCode { const STATUS_ERROR = 'Error'; }
            final class Double { public function __call($name, $arguments) { echo $name, json_encode($arguments, JSON_UNESCAPED_SLASHES), "\n"; return $this; } }
        }
        PHP;
    file_put_contents("$folder/double.php", "<?php $double");
    file_put_contents("$folder/vendor/autoload.php", "\nrequire '$folder/double.php';", FILE_APPEND);
    $env = ['TRANSACTION_ID' => $sandbox->transaction()];
    $opened = "getTracer[\"shop\"]\nspanBuilder[\"spiff transactions\"]\nsetSpanKind[1]\nstartSpan[]\nactivate[]\n";
    same($snippet('traced(', $env), [0, "{$opened}detach[]\nend[]\n", ''], 'well');
    $sandbox->fault(['fault' => '500', 'target' => 'read', 'count' => 3]);
    [$code, $out] = $snippet('traced(', $env);
    holds($code === 255 && preg_match_all('/^addEvent\["attempt",\{"method":"POST",.*"status":500,.*"number":\d.*\}\]$/m', $out) === 3, $out);
    contains($out, "setAttribute[\"error.type\",\"server_error\"]\nsetAttribute[\"countersign.outcome\",null]\nsetStatus[\"Error\",");
    contains($out, "detach[]\nend[]\n");
});

test('docs: the outbox: installed, enqueued in the transaction of the payment, drained, decided', static function () use ($sandbox, $snippet, $shop, $paid): void {
    $env = $shop('docs_outbox');
    $before = count($sandbox->accepted('1001'));
    [$code, $out, $err] = $snippet('outbox()->enqueue($order)', $env);
    same([$code, $err, $paid($env, 1001)], [0, '', 0], 'not installed: nothing is acknowledged');
    contains($out, '`install`');
    foreach (range(1, 2) as $_) {
        same($snippet('outbox()->install();   //', $env), [0, '', ''], 'install');
    }
    // From here on as a user who may do no more than the page says.
    MariaDb::get()->pdo()->exec("CREATE OR REPLACE USER 'clerk'@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, UPDATE, DELETE ON docs_outbox.* TO 'clerk'@'%'");
    $env = ['SHOP_USER' => 'clerk', 'SHOP_PASSWORD' => 'x'] + $env;
    same(strtok($snippet('outbox()->enqueue($order)', ['TRANSACTION_ID' => null] + $env)[1], ':'), 'orderItems[0].transactionId', 'invalid');
    same($paid($env, 1001), 1, 'paid is paid');
    same($snippet('outbox()->enqueue($order)', $env), [0, "new\n", ''], 'enqueue');
    same($snippet('outbox()->enqueue($order)', $env), [0, "known\n", ''], 'told twice');
    $began = microtime(true);
    same($snippet('outbox()->drain(seconds: 50)', $env), [0, "1001: placed\n", ''], 'drain');
    same($snippet('outbox()->drain(seconds: 50)', $env), [0, '', ''], 'nothing is due');
    holds(microtime(true) - $began < 40, 'it ends where nothing is due');
    same(count($sandbox->accepted('1001')), $before + 1, 'orders');
    MariaDb::get()->pdo()->exec('SET GLOBAL innodb_flush_log_at_trx_commit = 2');
    [$code, $out] = $snippet('outbox()->drain(seconds: 50)', $env);
    MariaDb::get()->pdo()->exec('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
    same([$code, str_contains($out, 'innodb_flush_log_at_trx_commit is 2')], [0, true], $out);
    // An alert: other goods, after it was placed.
    same($snippet('outbox()->enqueue($order)', ['TRANSACTION_ID' => $sandbox->transaction()] + $env), [0, "conflict\n", ''], 'other goods');
    same($snippet('outbox()->drain(seconds: 50)', $env)[0], 1, 'a person must look');
    same($snippet("outbox()->resolve('1001'", $env), [0, "1001 placed conflict\n1001: placed\nNULL\n", ''], 'people');
    same($snippet('outbox()->drain(seconds: 50)', $env)[0], 0, 'answered');
});

test('docs: the outbox: rule R15 over a file', static function () use ($snippet, $shop, $paid): void {
    $env = $shop('docs_r15') + ['OUTBOX_FILE' => scratch('docs-r15') . '/outbox.db'];
    [$code, $out, $err] = $snippet('host: database()', ['COUNTERSIGN_OUTBOX_ANYWHERE' => '1'] + $env);
    same([$code, $err, $paid($env, 1002)], [0, '', 1], $out);
    holds(preg_match('/^A transaction is open on the connection of the shop.*\nnew\n$/', $out) === 1, $out);
});

test('docs: the outbox: without FFI', static function () use ($sandbox, $snippet, $shop, $paid): void {
    $env = $shop('docs_unaided');
    same($snippet('outbox()->install()', $env)[0], 0, 'tables');
    $closed = ['-d', 'ffi.enable=0'];
    same([$snippet('new OutboxEnqueue', $env, $closed), $paid($env, 1001)], [[0, "new pending\n", ''], 1], 'new');
    same($snippet('outbox()->drain(seconds: 50)', $env)[0], 0, 'drained where the library is');
    same([$snippet('new OutboxEnqueue', $env, $closed), count($sandbox->accepted('1005'))], [[0, "known placed\n", ''], 1], 'known');
});

test('docs: the outbox: a connection of your own, and that of WordPress', static function () use ($sandbox, $snippet, $shop, $folder): void {
    $env = $shop('docs_own');
    same($snippet('implements OutboxConnection', $env), [0, "new\n1 placed\n", ''], 'mysqli');
    same([count($sandbox->accepted('1004')), $snippet('implements OutboxConnection', $env)], [1, [0, "known\n0 placed\n", '']], 'once');
    file_put_contents("$folder/wp-load.php", "<?php // Starts WordPress.\nrequire '" . __DIR__ . "/outbox/wordpress.php';");
    $ready = MariaDb::get()->ready;
    $wordpress = ['DB_HOST' => "{$ready['host']}:{$ready['port']}", 'DB_USER' => $ready['user'], 'DB_PASSWORD' => $ready['password'], 'DB_NAME' => 'docs_own', 'DB_CHARSET' => 'utf8mb4', 'WP_CONTENT_DIR' => $folder];
    foreach (['new', 'known'] as $due) {
        same($snippet('Outbox::wordpress(', $wordpress + $env), [0, "$due\n", ''], 'WordPress');
    }
});

test('docs: what support.md says of versions, charsets and modes', static function (): void {
    $support = (string) file_get_contents(ROOT . '/docs/support.md');
    $version = static fn(string $text): string => implode('.', array_slice(explode('.', $text), 0, 2));
    contains($support, '| MariaDB | ' . $version((string) MariaDb::get()->pdo()->getAttribute(PDO::ATTR_SERVER_VERSION)) . ' |');
    contains($support, '| PHP | ' . $version(PHP_VERSION) . ' |');
    preg_match('/^\| SQLite, by `sqlite:` \| ([\d.]+), in the library/m', $support, $found);
    contains((string) file_get_contents(library()), "$found[1]\0");
    $database = MariaDb::get()->database('docs_support');
    $outbox = static fn(string $sql, string $prefix): Countersign\Outbox => new Countersign\Outbox(MariaDb::get()->pdo(initSql: $sql, database: $database), ['shop' => Sandbox::get()->spiff()], prefix: $prefix);
    $order = Sandbox::get()->order('support');
    $outbox('DO 0', '')->install();
    foreach (['sjis', 'swe7'] as $charset) {
        contains($support, "`$charset`");
        foreach (['install' => [], 'enqueue' => [$order], 'drain' => [1.0]] as $call => $arguments) {
            contains(raises(Countersign\Exception\CountersignException::class, static fn() => $outbox("SET NAMES $charset", '')->$call(...$arguments), 'store')->getMessage(), 'Use utf8mb4');
        }
    }
    foreach (['install' => [], 'enqueue' => [$order], 'get' => ['1']] as $call => $arguments) {
        raises(Countersign\Exception\CountersignException::class, static fn() => $outbox("SET sql_mode = 'ORACLE'", $call === 'install' ? 'o_' : '')->$call(...$arguments), 'store');
    }
    $empty = "SET sql_mode = 'EMPTY_STRING_IS_NULL'";
    raises(Countersign\Exception\CountersignException::class, static fn() => $outbox($empty, 'e_')->install(), 'store');
    raises(Countersign\Exception\CountersignException::class, static fn() => $outbox($empty, '')->import('support-1'), 'store');
    same($outbox($empty, '')->enqueue($order)->status, Countersign\EnqueueStatus::New, 'everything else');
});

test('docs: signing alone', static function () use ($snippet): void {
    [$code, $out, $err] = $snippet("new Countersign\\Signer('access-key'");
    same([$code, preg_match('~^Authorization: SOA access-key:\S{28}\nDate: .* GMT\nContent-Type: application/json\n$~', $out)], [0, 1], $out . $err);
});

test('docs: the webhook page, with the php.ini lines of the manual', static function () use ($manual, $snippets, $sandbox): void {
    preg_match('/^```ini\n(.*?)^```$/ms', $manual, $found);
    $ini = parse_ini_string($found[1], false, INI_SCANNER_RAW);
    same(array_keys($ini), ['opcache.enable', 'opcache.preload', 'opcache.preload_user'], 'settings');
    $package = package('fpm-docs', true);
    $ini['opcache.preload'] = str_replace('/srv/shop/vendor/countersign/countersign', $package, $ini['opcache.preload']);
    if (posix_geteuid() !== 0) {
        unset($ini['opcache.preload_user']);
    }
    $fpm = new Fpm('docs', $ini, ['COUNTERSIGN_LIBRARY' => null] + $sandbox->ready['env']);
    $page = "$fpm->folder/page.php";
    is_dir("$fpm->folder/vendor") || mkdir("$fpm->folder/vendor");
    file_put_contents("$fpm->folder/vendor/autoload.php", "<?php require '$package/autoload.php';");
    $matching = array_values(array_filter($snippets, static fn($text) => str_contains($text, '/create-product')));
    file_put_contents($page, $matching[0]);
    $delivered = static function (string $path, string $signer, string $body, string $more = '') use ($fpm, $page, $sandbox): string {
        $now = time();
        $signature = hash_hmac('sha256', "$now.$body", $sandbox->ready['sign_customiser'][$signer]);
        return $fpm->get($page, 'POST', "$body$more", ['REQUEST_URI' => $path, 'HTTP_X_WEBHOOK_TIMESTAMP' => (string) $now, 'HTTP_X_WEBHOOK_SIGNATURE' => $signature]);
    };
    $product = '{"product":{"product_id":17,"title":"t","price":1,"external_data":{}}}';
    $order = '{"order":{"order_id":5,"external_id":"2001"}}';
    try {
        same(json_decode($delivered('/hooks/create-product?a=b', 'integration_secret', $product), true)['external_id'] ?? null, 'shop-17', 'answer');
        same($delivered('/hooks', 'webhook_secret', $order), '{"ok":true}', 'delivery');
        same($delivered('/hooks/create-product', 'webhook_secret', $product), 'mismatch', 'the other secret');
        same($delivered('/hooks', 'integration_secret', $order), 'mismatch', 'the other secret');
        same($delivered('/hooks', 'webhook_secret', $order, "\n"), 'mismatch', 'changed body');
        same($fpm->get($page, 'POST', $order, ['REQUEST_URI' => '/hooks']), 'malformed', 'no headers');
    } finally {
        $fpm->stop();
    }
});

test('docs: what a pool passes on, and nothing else', static function () use ($manual): void {
    preg_match('/^```ini\n(env\[.*?)^```$/ms', $manual, $found);
    $package = package('fpm-env', true);
    $secret = "$package/secret";
    file_put_contents($secret, "of the file\n");
    $given = ['COUNTERSIGN_SPIFF_ACCESS_KEY' => 'ada', 'COUNTERSIGN_SPIFF_SECRET_KEY_FILE' => $secret, 'COUNTERSIGN_SPIFF_REGION' => 'us', 'COUNTERSIGN_LIBRARY' => null, 'OTHERS' => 'x'];
    $order = ['externalId' => '1', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 'e3ac7f3a-a117-46d7-a5f0-232fbc7cfe38']]];
    foreach (["pm.max_children = 1\n$found[1]" => ['SOA ada:', ''], "pm.max_children = 1\nenv[OTHERS] = \$OTHERS\n" => ['access_key', 'x']] as $pool => [$words, $others]) {
        $fpm = new Fpm('env', ['ffi.enable' => '1'], $given, $pool);
        file_put_contents("$fpm->folder/page.php", "<?php require '$package/autoload.php'; \$order = " . var_export($order, true) . ';'
            . 'try { echo Countersign\Spiff::fromEnv()->prepareOrder($order)->headers["Authorization"]; } catch (Countersign\Exception\CountersignException $e) { echo $e->getMessage(); }'
            . 'echo "|", getenv("OTHERS");');
        try {
            $said = $fpm->get("$fpm->folder/page.php");
            contains($said, $words);
            same(substr($said, strrpos($said, '|')), "|$others", $said);
        } finally {
            $fpm->stop();
        }
    }
});

test('docs: PHP\'s own web server, with FFI and without', static function () use ($manual): void {
    preg_match('/^php (-d \S+) -S /m', $manual, $found);
    $folder = scratch('own-server');
    file_put_contents("$folder/index.php", "<?php require '" . realpath(__DIR__ . '/../autoload.php') . "'; echo Countersign\\Host::state()['message'];");
    foreach (['' => 'Start it as: php -d ffi.enable=1 -S', $found[1] => 'ready'] as $given => $words) {
        $free = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($free, false);
        fclose($free);
        $server = proc_open([PHP_BINARY, ...array_filter(explode(' ', $given)), '-S', $address, '-t', $folder], [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes);
        try {
            for ($tries = 0; ($said = @file_get_contents("http://$address/")) === false && $tries < 200; $tries++) {
                usleep(25_000);
            }
            contains((string) $said, $words);
        } finally {
            proc_terminate($server);
            proc_close($server);
        }
    }
});
