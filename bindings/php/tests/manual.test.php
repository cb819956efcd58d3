<?php
// Every PHP snippet of docs/php.md is run, and its php.ini lines start php-fpm.

declare(strict_types=1);

$manual = (string) file_get_contents(ROOT . '/docs/php.md');
preg_match_all('/^```php\n(.*?)^```$/ms', $manual, $found);
$snippets = $found[1];
$sandbox = Sandbox::get();
$folder = scratch('snippets');
is_dir("$folder/vendor") || mkdir("$folder/vendor");
file_put_contents("$folder/vendor/autoload.php", "<?php require '" . realpath(__DIR__ . '/../autoload.php') . "';");

/** Runs the only snippet that holds this text. */
$snippet = static function (string $mark, array $env = []) use ($snippets, $folder, $sandbox): array {
    $matching = array_values(array_filter($snippets, static fn($text) => str_contains($text, $mark)));
    same(count($matching), 1, "snippets with $mark");
    file_put_contents("$folder/snippet.php", $matching[0]);
    return run([PHP_BINARY, "$folder/snippet.php"], $env + $sandbox->ready['env']);
};

test('docs: every PHP block is known to these tests', static function () use ($snippets): void {
    same(count($snippets), 6, 'snippets');
});

test('docs: a first order, and its settling', static function () use ($sandbox, $snippet): void {
    $env = ['TRANSACTION_ID' => $sandbox->transaction()];
    [$code, $out, $err] = $snippet('$spiff->placeOrder($order)', $env);
    same([$code, preg_match('/^placed: \S+\n$/', $out)], [0, 1], $out . $err);
    same($snippet('->settle($order', $env), [0, "it was placed\n", ''], 'settled');
    [, $out] = $snippet('->settle($order', ['TRANSACTION_ID' => $sandbox->transaction()]);
    contains($out, 'settle again at ');
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    contains($snippet('$spiff->placeOrder($order)', $env)[1], 'unknown: ');
    contains($snippet('$spiff->placeOrder($order)', ['TRANSACTION_ID' => ''])[1], 'not placed: ');
});

test('docs: the whole model', static function () use ($sandbox, $snippet): void {
    [$code, $out, $err] = $snippet('->orderStatusesFeed()', ['TRANSACTION_ID' => $sandbox->transaction()]);
    same([$code, preg_match('/^[^:\n]+: \S.*\n(status \S+\n)+artifact JsonKey\n$/', $out)], [0, 1], $out . $err);
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
    holds($code === 255 && preg_match_all('/^addEvent\["attempt",\{"method":"POST",.*"status":500,.*"number":\d\}\]$/m', $out) === 3, $out);
    contains($out, "setAttribute[\"error.type\",\"server_error\"]\nsetAttribute[\"countersign.outcome\",null]\nsetStatus[\"Error\",");
    contains($out, "detach[]\nend[]\n");
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
    $matching = array_values(array_filter($snippets, static fn($text) => str_contains($text, 'fromGlobals()')));
    file_put_contents($page, $matching[0]);
    $body = '{"product":{"product_id":17,"title":"t","price":1,"external_data":{}}}';
    $now = time();
    $secret = $sandbox->ready['sign_customiser']['webhook_secret'];
    $headers = ['HTTP_X_WEBHOOK_TIMESTAMP' => (string) $now, 'HTTP_X_WEBHOOK_SIGNATURE' => hash_hmac('sha256', "$now.$body", $secret)];
    try {
        same(json_decode($fpm->get($page, 'POST', $body, $headers), true)['external_id'] ?? null, 'shop-17', 'answer');
        same($fpm->get($page, 'POST', "$body\n", $headers), 'mismatch', 'changed body');
        same($fpm->get($page, 'POST', $body), 'malformed', 'no headers');
    } finally {
        $fpm->stop();
    }
});
