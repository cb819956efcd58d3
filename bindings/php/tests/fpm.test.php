<?php
// Under php-fpm, started here on a socket of its own: with preloading, without, and with what is stale.

declare(strict_types=1);

/** One php-fpm master with one worker, and a FastCGI client just big enough. */
final class Fpm
{
    public readonly string $folder;
    /** @var resource */
    private $process;
    private string $socket;

    public static function binary(): ?string
    {
        $version = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        foreach (["/usr/sbin/php-fpm$version", dirname(PHP_BINARY, 2) . '/sbin/php-fpm', '/usr/sbin/php-fpm'] as $file) {
            if (is_executable($file)) {
                return $file;
            }
        }
        return null;
    }

    /** @param array<string, string> $ini @param array<string, string|null> $env */
    public function __construct(string $name, array $ini, array $env = [], string $pool = "pm.max_children = 1\n")
    {
        $this->folder = scratch("fpm-$name");
        $this->socket = "$this->folder/s";
        $root = function_exists('posix_geteuid') && posix_geteuid() === 0;
        $user = posix_getpwnam('www-data') !== false ? 'www-data' : 'nobody';
        $group = posix_getgrgid(posix_getpwnam($user)['gid'])['name'];
        file_put_contents("$this->folder/fpm.conf", "[global]\nerror_log = $this->folder/error.log\ndaemonize = no\n[www]\n"
            . ($root ? "user = $user\ngroup = $group\n" : '')
            . "listen = $this->socket\nlisten.mode = 0666\npm = static\n" . (str_contains($pool, 'env[') ? $pool : "{$pool}clear_env = no\n") . "catch_workers_output = yes\n");
        $command = [self::binary(), '-F', '-R', '-y', "$this->folder/fpm.conf"];
        $ini += ['opcache.enable' => '1', 'display_errors' => '1', 'opcache.preload_user' => $root ? $user : ''];
        foreach ($ini as $key => $value) {
            array_push($command, '-d', "$key=$value");
        }
        $all = array_filter([...getenv(), ...$env], static fn($value) => $value !== null);
        $log = ['file', "$this->folder/out.log", 'w'];
        $this->process = proc_open($command, [['file', '/dev/null', 'r'], $log, $log], $pipes, null, $all);
        for ($tries = 0; $tries < 200; $tries++) {
            if (file_exists($this->socket)) {
                return;
            }
            if (!proc_get_status($this->process)['running']) {
                break;
            }
            usleep(25_000);
        }
        throw new Failure('php-fpm did not start: ' . file_get_contents("$this->folder/out.log"));
    }

    /** Stops it, and answers what it logged. */
    public function stop(): string
    {
        proc_terminate($this->process);
        proc_close($this->process);
        return (string) @file_get_contents("$this->folder/error.log") . (string) @file_get_contents("$this->folder/out.log");
    }

    /** Requests a script; answers the whole answer after its headers. */
    public function get(string $script, string $method = 'GET', string $body = '', array $more = []): string
    {
        $parameters = [
            'SCRIPT_FILENAME' => $script, 'SCRIPT_NAME' => '/' . basename($script), 'REQUEST_METHOD' => $method, 'SERVER_PROTOCOL' => 'HTTP/1.1',
            'GATEWAY_INTERFACE' => 'CGI/1.1', 'CONTENT_LENGTH' => (string) strlen($body), 'CONTENT_TYPE' => $body === '' ? '' : 'application/json',
        ] + $more;
        $length = static fn(string $text): string => strlen($text) < 128 ? chr(strlen($text)) : pack('N', strlen($text) | 0x80000000);
        $record = static fn(int $type, string $data): string => pack('CCnnCC', 1, $type, 1, strlen($data), 0, 0) . $data;
        $pairs = '';
        foreach ($parameters as $name => $value) {
            $pairs .= $length($name) . $length($value) . $name . $value;
        }
        $stream = stream_socket_client("unix://$this->socket", $number, $message, 5);
        stream_set_timeout($stream, 30);
        fwrite($stream, $record(1, pack('nC6', 1, 0, 0, 0, 0, 0, 0)) . $record(4, $pairs) . $record(4, '') . ($body === '' ? '' : $record(5, $body)) . $record(5, ''));
        $out = '';
        while (strlen($head = (string) stream_get_contents($stream, 8)) === 8) {
            ['type' => $type, 'length' => $size, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding', $head);
            $data = $size + $padding > 0 ? (string) stream_get_contents($stream, $size + $padding) : '';
            if ($type === 3) {
                break;
            }
            $out .= substr($data, 0, $size);
        }
        fclose($stream);
        return explode("\r\n\r\n", $out, 2)[1] ?? $out;
    }
}

test('php-fpm is there', static function (): void {
    holds(Fpm::binary() !== null, 'install php-fpm of version ' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION);
});

if (Fpm::binary() !== null) {
    $sandbox = Sandbox::get();
    // A copy that the pool's user may read, wherever the checkout lies.
    $package = package('fpm-package', true);
    $bundled = dirname($package) . substr(Countersign\Internal\Library::bundled(), strlen(dirname(__DIR__, 2)));
    $pages = scratch('pages');
    $loader = "<?php require_once '$package/autoload.php';\n";
    file_put_contents("$pages/state.php", $loader . 'echo json_encode(Countersign\Host::state());');
    file_put_contents("$pages/sign.php", $loader . TRY_IT);
    file_put_contents("$pages/order.php", $loader . 'echo Countersign\Spiff::fromEnv(["timeout" => 10])->placeOrder(file_get_contents("php://input"))->externalId;');
    file_put_contents("$pages/doubt.php", $loader . 'try { Countersign\Spiff::fromEnv(["timeout" => 0.5])->placeOrder(file_get_contents("php://input")); } catch (Countersign\Exception\OutcomeUnknown $e) { echo $e->kind->value, " ", $e->sentAt > 0 ? "dated" : ""; }');
    file_put_contents("$pages/webhook.php", $loader . 'try { $event = Countersign\Webhook::fromGlobals(); echo $event->topic, " ", $event->answer("shop-1"); } catch (Countersign\Exception\VerificationFailed $e) { http_response_code(401); echo $e->kind->value; }');
    file_put_contents("$pages/memory.php", $loader . '$s = new Countersign\Signer("k", "s"); for ($i = 0; $i < 500; $i++) { $s->headers("POST", "/", "x"); } echo explode(" ", file_get_contents("/proc/self/statm"))[1] * 4096;');
    file_put_contents("$pages/other.php", "<?php try { FFI::cdef('int getpid(void);')->getpid(); echo 'permitted'; } catch (FFI\\Exception \$e) { echo 'refused'; }");
    $env = ['COUNTERSIGN_LIBRARY' => null] + $sandbox->ready['env'];

    test('php-fpm with the preload file', static function () use ($sandbox, $package, $bundled, $pages, $env): void {
        $fpm = new Fpm('preload', ['opcache.preload' => "$package/preload.php"], $env);
        try {
            $state = json_decode($text = $fpm->get("$pages/state.php"), true);
            holds($state !== null && $state['ok'] && $state['preloaded'], $text);
            same([$state['sapi'], $state['ffi_enable'], $state['library']], ['fpm-fcgi', 'preload', $bundled], 'state');
            contains($fpm->get("$pages/sign.php"), 'SOA k:');
            same($fpm->get("$pages/other.php"), 'refused', 'FFI stays closed to other code');
            for ($i = 0; $i < 5; $i++) {
                same($fpm->get("$pages/order.php", 'POST', json_encode($sandbox->order("fpm-$i"))), "fpm-$i", 'order');
                same(count($sandbox->accepted("fpm-$i")), 1, 'orders');
            }
            $sandbox->fault(['fault' => 'accept_then_hang', 'target' => 'order', 'ms' => 2000]);
            same($fpm->get("$pages/doubt.php", 'POST', json_encode($sandbox->order('fpm-doubt'))), 'timeout dated', 'doubt');
            $body = '{"product":{"product_id":17,"title":"t","price":1,"external_data":{}}}';
            $secret = $sandbox->ready['env']['COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET'] ?? 'missing';
            $headers = ['HTTP_X_WEBHOOK_TIMESTAMP' => (string) time(), 'HTTP_X_WEBHOOK_SIGNATURE' => hash_hmac('sha256', time() . ".$body", $secret)];
            contains($fpm->get("$pages/webhook.php", 'POST', $body, $headers), 'product:created {');
            same($fpm->get("$pages/webhook.php", 'POST', "$body ", $headers), 'mismatch', 'changed body');
            $first = 0;
            for ($i = 0; $i < 200; $i++) {
                $resident = (int) $fpm->get("$pages/memory.php");
                $first = $i === 20 ? $resident : $first;
            }
            holds($resident - $first < 2_000_000, 'the worker grew by ' . ($resident - $first) . ' bytes');
        } finally {
            $log = $fpm->stop();
        }
        holds(!str_contains($log, 'WARNING') && !str_contains($log, 'exited on signal'), $log);
    });

    test('php-fpm: each of 400 requests is a new fork of a preloaded master, and each enqueues', static function () use ($package, $pages, $env): void {
        file_put_contents("$pages/enqueue.php", "<?php require_once '$package/autoload.php';\n"
            . '$outbox = new Countersign\Outbox(getenv("STORE"), ["shop" => Countersign\Spiff::fromEnv()], create: true, anywhere: true);'
            . 'isset($_SERVER["INSTALL"]) && $outbox->install();'
            . 'echo $outbox->enqueue(["externalId" => "fork-" . $_SERVER["ORDER"], "paid" => true, "orderItems" => [["amountToOrder" => 1, "transactionId" => "d-" . $_SERVER["ORDER"]]]])->status->value, " ", getmypid();');
        $folder = scratch('fpm-forks');
        chmod($folder, 0777);
        $fpm = new Fpm('forks', ['opcache.preload' => "$package/preload.php"], ['STORE' => "sqlite:$folder/o.db"] + $env, "pm.max_children = 4\npm.max_requests = 1\n");
        try {
            $children = [];
            for ($i = 0; $i < 400; $i++) {
                $text = $fpm->get("$pages/enqueue.php", more: ['ORDER' => (string) $i] + ($i === 0 ? ['INSTALL' => '1'] : []));
                [$status, $pid] = explode(' ', $text) + [1 => ''];
                same($status, 'new', $text);
                $children[$pid] = true;
            }
            same(count($children), 400, 'processes');
            same($fpm->get("$pages/enqueue.php", more: ['ORDER' => '0'])[0], 'k', 'known');
        } finally {
            $log = $fpm->stop();
        }
        holds(!str_contains($log, 'exited on signal'), $log);
    });

    test('php-fpm with an application\'s preload file and ffi.preload', static function () use ($package, $bundled, $pages, $env): void {
        $application = scratch('application') . '/preload.php';
        file_put_contents($application, "<?php\nrequire '$package/preload.php';\nfinal class Application {}\n");
        $fpm = new Fpm('scope', ['opcache.preload' => $application, 'ffi.preload' => header_for($bundled)], $env);
        try {
            $state = json_decode($text = $fpm->get("$pages/state.php"), true);
            holds($state !== null && $state['ok'] && $state['preloaded'], $text);
            same($state['library'], 'ffi.preload', 'library');
            contains($fpm->get("$pages/sign.php"), 'SOA k:');
            contains($fpm->get("$pages/sign.php"), 'SOA k:');
        } finally {
            $log = $fpm->stop();
        }
        holds(!str_contains($log, 'WARNING') && !str_contains($log, 'exited on signal'), $log);
    });

    test('php-fpm without preloading: refused by default, permitted by ffi.enable=1', static function () use ($pages, $env): void {
        $fpm = new Fpm('plain', [], $env);
        $text = $fpm->get("$pages/sign.php");
        $fpm->stop();
        contains($text, 'ffi_not_permitted|configuration|');
        contains($text, 'opcache.preload=');
        $fpm = new Fpm('open', ['ffi.enable' => '1'], $env);
        $text = $fpm->get("$pages/sign.php");
        $fpm->stop();
        contains($text, 'SOA k:');
    });

    test('php-fpm with a stale preload', static function () use ($pages, $env): void {
        $package = package('fpm-stale', true);
        file_put_contents("$pages/stale.php", "<?php\n" . TRY_IT);
        // An upgrade on the disk: the package says 9.0.0, and its library has another ABI.
        $fpm = new Fpm('stale', ['opcache.preload' => "$package/preload.php"], ['COUNTERSIGN_LIBRARY' => stub('abi9', sprintf(NUMBERS, 9, '9.0.0'))] + $env);
        $source = "$package/src/Internal/Library.php";
        file_put_contents($source, str_replace("VERSION = '", "VERSION = '9.", (string) file_get_contents($source)));
        $text = $fpm->get("$pages/stale.php");
        $fpm->stop();
        contains($text, 'stale_preload|');
        contains($text, 'reload php-fpm');
    });
}
