<?php
// A canary secret in every place that takes one, looked for in everything that PHP can print.

declare(strict_types=1);

test('no output shows a secret', static function (): void {
    $sandbox = Sandbox::get()->ready;
    $code = <<<'PHP'
        use Countersign\{Signer, Spiff, SignCustomiser, Webhook};
        ini_set('zend.exception_ignore_args', '0');
        ini_set('zend.exception_string_param_max_len', '1000');
        ini_set('error_log', '');
        $c = implode('', ['CAN', 'ARY-5f3c']); // not written out, so that no quoted source line shows it
        final class Log { public function log($level, $message, array $context = []): void { echo $level, $message; print_r($context); debug_print_backtrace(); foreach (debug_backtrace() as $frame) { print_r($frame['args']); } } }
        $log = new Log();
        $order = ['externalId' => '1', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 't']]];
        $other = ['integration_id' => 1, 'external_id' => '1', 'external_order_number' => '1', 'currency' => 'USD', 'products' => [['external_id' => 'p', 'quantity' => 1, 'price' => 1]]];
        $app = new Spiff(applicationKey: $c, baseUrl: getenv('SPIFF'), logger: $log);
        $signed = new Spiff(accessKey: 'key', secretKey: $c, baseUrl: getenv('SPIFF'), logger: $log);
        $signs = new SignCustomiser(apiToken: $c, integrationSecret: $c, webhookSecret: $c, baseUrl: getenv('SIGNS'), logger: $log);
        $proxied = new Spiff(accessKey: 'key', secretKey: $c, region: 'us', proxy: "http://user:$c@127.0.0.1:9", timeout: 2, logger: $log);
        $webhook = new Webhook([$c, "x$c"]);
        $signer = new Signer('key', $c);
        $body = '{"product":{"product_id":1,"title":"t","price":1,"external_data":{}}}';
        $event = $webhook->verify(['x-webhook-timestamp' => 5, 'x-webhook-signature' => hash_hmac('sha256', "5.$body", $c)], $body, 5);
        $things = [$app, $signed, $signs, $proxied, $webhook, $signer, $event, $app->prepareOrder($order), $signed->prepareOrder($order), $signs->prepareOrder($other), $signs->webhooks(), $app->actingFor('p')];
        $attempts = [
            fn() => new Signer('key', " $c"), fn() => new Signer("k k", $c), fn() => new Signer('key', $c, 'VWS', 'sha512'), fn() => new Signer('key', $c, library: '/nowhere'),
            fn() => new Webhook(["$c ", $c]), fn() => new Webhook([$c, "$c "]), fn() => new Webhook($c, 'nonsense'),
            fn() => new Spiff(secretKey: $c, region: 'us'), fn() => new Spiff(accessKey: 'k', secretKey: $c, region: 'eu'), fn() => new Spiff(accessKey: 'k', secretKey: "$c\n", region: 'us'),
            fn() => new Spiff(applicationKey: "$c\n", region: 'us'), fn() => new Spiff(applicationKey: $c, secretKey: $c, region: 'us'), fn() => new Spiff(accessKey: 'k', secretKey: $c, region: 'us', proxy: "nonsense $c"),
            fn() => new Spiff(accessKey: 'k', secretKey: $c, region: 'us', logger: new stdClass()),
            fn() => new SignCustomiser(apiToken: "$c\r\nX: y"), fn() => new SignCustomiser(apiToken: $c, baseUrl: 'nonsense'),
            fn() => Spiff::fromEnv(['secretKey' => $c, 'regoin' => $c]), fn() => SignCustomiser::fromEnv(['apiToken' => "$c\n"]), fn() => Webhook::fromGlobals($c), fn() => Webhook::fromGlobals([" $c"]), fn() => Webhook::fromEnv($c),
            fn() => $app->placeOrder($order), fn() => $signed->placeOrder($order), fn() => $signs->placeOrder($other), fn() => $proxied->placeOrder($order), fn() => $signed->check(), fn() => $app->check(), fn() => $signs->check(),
            fn() => $signer->verify('POST', '/', '', ['Authorization' => 'SOA key:x']), fn() => $signer->authorization("\n", '/'), fn() => $webhook->verify([], ''),
            fn() => $app->prepareOrder([]), fn() => $signed->prepareOrder($order)->read(500, [], ''), fn() => $signs->prepareOrder($other)->failed(), fn() => $app->prepareOrder($order)->nonsense,
            fn() => serialize($app->prepareOrder($order)),
        ];
        foreach ($attempts as $at => $attempt) {
            try { print_r($attempt()); } catch (Throwable $e) { $things["attempt $at"] = $e; }
        }
        foreach ($things as $at => $thing) {
            echo "== $at ", get_class($thing), "\n";
            var_dump($thing); print_r($thing); debug_zval_dump($thing);
            echo json_encode($thing, JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
            if ($thing instanceof Throwable) {
                echo $thing, $thing->getTraceAsString(); print_r($thing->getTrace()); var_dump((array) $thing);
                continue;
            }
            var_export($thing); var_dump((array) $thing); print_r(get_mangled_object_vars($thing));
            try { echo serialize($thing); echo "SERIALISED $at\n"; } catch (Throwable $e) { echo $e->getMessage(), "\n"; }
            try { clone $thing; if (!$thing instanceof Countersign\Webhooks) { echo "CLONED $at\n"; } } catch (Error $e) { echo $e->getMessage(), "\n"; }
        }
        trigger_error('warned', E_USER_WARNING);
        echo "ALL SHOWN\n";
        new Signer('key', " $c"); // uncaught: PHP prints it
        PHP;
    [$exit, $out, $err] = child($code, ['-d', 'display_errors=1', '-d', 'log_errors=1'], ['SPIFF' => $sandbox['spiff']['url'], 'SIGNS' => $sandbox['sign_customiser']['url']]);
    same($exit, 255, 'exit');
    contains($out, "ALL SHOWN");
    contains($out, 'Uncaught Countersign\Exception\CountersignException');
    holds(!str_contains($out, 'SERIALISED') && !str_contains($out, 'CLONED'), 'serialised or cloned: ' . substr($out, (int) strpos($out, 'SERIALISED'), 200));
    foreach (['out' => $out, 'err' => $err] as $name => $text) {
        foreach (['CANARY', base64_encode('CANARY-5f3c'), bin2hex('CANARY-5f3c')] as $canary) {
            $at = strpos($text, $canary);
            holds($at === false, "standard $name shows the secret: " . substr($text, max(0, (int) $at - 400), 500));
        }
    }
    holds(strlen($out) > 50_000, 'only ' . strlen($out) . ' bytes were shown');
});

test('no trace shows who somebody is at the platform', static function (): void {
    $code = <<<'PHP'
        use Countersign\{Signer, SignCustomiser, Spiff};
        ini_set('zend.exception_string_param_max_len', '1000');
        $c = implode('', ['CAN', 'ARY-77aa']);
        $all = [
            fn() => new Spiff(accessKey: $c, secretKey: ' x', region: 'us'), fn() => new Spiff(applicationKey: 'k', secretKey: 's', baseUrl: "https://$c.example"),
            fn() => new Spiff(applicationKey: 'k', region: 'eu', baseUrl: "https://a.example/?key=$c", partnerId: $c, transactionOwnerId: $c, bundleOwnerId: $c),
            fn() => new SignCustomiser(apiToken: "\n", baseUrl: "https://$c.example"), fn() => Spiff::fromEnv(['accessKey' => $c, 'baseUrl' => "https://$c.example"]),
            fn() => (new Spiff(applicationKey: 'k', region: 'us'))->actingFor(" $c\n", "$c\n", "$c\n"), fn() => new Signer($c, ' s '), fn() => new Signer($c, 's', library: '/nowhere'),
        ];
        foreach ($all as $at => $call) {
            try {
                $call();
                echo "NOT REFUSED $at\n";
            } catch (Throwable $e) {
                echo $e->getTraceAsString(), "\n", json_encode($e->getTrace(), JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
                foreach ($e->getTrace() as $frame) { print_r($frame['args'] ?? []); }
            }
        }
        PHP;
    [$exit, $out, $err] = child($code, ['-d', 'zend.exception_ignore_args=0']);
    same([$exit, $err], [0, ''], $out);
    holds(!str_contains($out, 'NOT REFUSED') && str_contains($out, 'SensitiveParameterValue'), $out);
    $at = strpos($out, 'CANARY');
    holds($at === false, 'a trace shows it: ' . substr($out, max(0, (int) $at - 300), 400));
});
