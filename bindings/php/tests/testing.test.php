<?php
// The test tools: a sandbox that a shop's tests start, what it does for them, how it ends, and what it says when it does not come up.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Internal\Library;
use Countersign\Testing\Sandbox as Tools;
use Countersign\Testing\SandboxError;
use Countersign\Testing\UsesSandbox;
use Countersign\Verdict;

/** A program of the shell that passes for the command. */
function passes(string $name, string $text): string
{
    $file = scratch('commands') . "/$name";
    file_put_contents($file, "#!/bin/sh\n$text\n");
    chmod($file, 0755);
    return $file;
}

/** Whether nobody listens there any more, now or soon. */
function gone(string $url): bool
{
    for ($until = microtime(true) + 10; microtime(true) < $until; usleep(20_000)) {
        $peer = @stream_socket_client(str_replace('http', 'tcp', $url));
        if ($peer === false) {
            return true;
        }
        fclose($peer);
    }
    return false;
}

/** What the tools refuse, each with these parts in its sentence. */
function refuses(callable $call, string ...$parts): void
{
    $message = raises(SandboxError::class, $call)->getMessage();
    foreach ($parts as $part) {
        contains($message, $part);
    }
}

test('designs, orders, faults, settings, and what arrived', static function (): void {
    $s = Tools::start();
    same($s->ready['version'], Library::VERSION, 'version');
    same([$s->spiffPage, $s->signCustomiserPage], ["{$s->spiffUrl}/", "{$s->signCustomiserUrl}/"], 'pages');

    // Orders that break no rule.
    $spiff = $s->spiff(timeout: 5);
    $placed = $spiff->placeOrder($s->order('1001', amount: 3, designs: 2, paid: false));
    $s->signCustomiser()->placeOrder($s->signOrder('S-1', product: 'neon', quantity: 2, price: 100));
    [$one, $two] = $s->orders();
    same([$one['platform'], $one['id'], $one['externalId'], $one['paid'], count($one['items'])], ['spiff', $placed->id, '1001', false, 2], 'Spiff');
    same(json_decode($two['body'], true)['products'], [['external_id' => 'neon', 'quantity' => 2, 'price' => 100]], 'Sign Customiser');
    same([count($s->orders('S-1')), $s->orders('none')], [1, []], 'by id');
    $s->spiff(applicationKey: $s->ready['spiff']['application_key'])->check();

    // Designs and bundles.
    $design = $s->transaction(product: 'shop-shirt', name: 'Ada');
    [$read] = $spiff->actingFor(transactionOwnerId: $design['transactionOwnerId'])->transactions([$design['transactionId']], select: 'designName product { name }');
    same([$read['designName'], $read['product']['name']], ['Ada', 'Shirt'], 'design');
    ['bundleId' => $bundle, 'bundleOwnerId' => $owner] = $s->bundle(array_column($s->transactions(3), 'transactionId'));
    holds($owner !== '', 'owner');
    same(count($spiff->bundles([$bundle], select: 'transactions { id }')[0]['transactions']), 3, 'bundle');

    // Faults.
    $s->fault('accept_then_500');
    $s->fault('429', target: 'read', retry_after: 7);
    same(array_column($s->faults(), 'target', 'fault'), ['accept_then_500' => 'order', '429' => 'read'], 'faults');
    $order = $s->order('1002');
    $doubt = raises(OutcomeUnknown::class, static fn() => $spiff->placeOrder($order));
    $throttled = raises(CountersignException::class, static fn() => $s->spiff(readRetries: 0)->orders(['x']), 'throttled');
    same([$throttled->retryAfter, $s->faults()], [7, []], 'throttled');
    same($spiff->settle($order, $doubt->sentAt)->verdict, Verdict::Placed, 'settled');
    $s->fault('401');
    raises(NotPlaced::class, static fn() => $spiff->placeOrder($s->order('1003')));

    // What arrived, settings, everything anew.
    $struck = array_values(array_filter($s->requests(), static fn($request) => ($request['fault']['fault'] ?? '') === '401'));
    same(array_column($struck, 'status'), [401], 'requests');
    same([$s->settings(dedupe: true)['dedupe'], $s->settings()['dedupe']], [true, true], 'settings');
    same(count($s->control('POST', '/_/past-orders', ['count' => 3])['ids']), 3, 'control');
    $s->reset();
    same([$s->orders(), $s->settings()['dedupe']], [[], false], 'anew');

    // What it does not take.
    refuses(static fn() => $s->fault('no such fault'), 'refused POST /_/faults', 'accept_then_hang');
    refuses(static fn() => $s->settings(no_such: 1), 'There is no setting', 'dedupe');
});

test('signed webhooks reach the shop', static function (): void {
    $s = Tools::start();
    $file = scratch('testing') . '/shop.php';
    $autoload = realpath(__DIR__ . '/../autoload.php');
    file_put_contents($file, <<<PHP
        <?php
        require '$autoload';
        try {
            \$event = Countersign\Webhook::fromGlobals(secret: getenv(\$_SERVER['REQUEST_URI'] === '/callback'
                ? 'COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET' : 'COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET'));
            echo \$event->topic === 'product:created' ? \$event->answer('shop-' . \$event->data['product_id']) : \$event->data['external_id'];
        } catch (Countersign\Exception\VerificationFailed) {
            http_response_code(401);
        }
        PHP);
    $port = parse_url('tcp://' . stream_socket_get_name($free = stream_socket_server('tcp://127.0.0.1:0'), false), PHP_URL_PORT);
    fclose($free);
    $shop = proc_open([PHP_BINARY, '-d', 'ffi.enable=1', '-S', "127.0.0.1:$port", $file], [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes, null, $s->env + getenv());
    try {
        for ($until = microtime(true) + 10; !($peer = @stream_socket_client("tcp://127.0.0.1:$port")) && microtime(true) < $until; usleep(10_000));
        $peer && fclose($peer);
        $told = $s->deliver('order:created', "http://127.0.0.1:$port/", ['order' => ['external_id' => 'S-1']]);
        same([$told['ok'], $told['body'], $told['status']], [true, 'S-1', 200], 'delivered');
        $made = $s->productCreated("http://127.0.0.1:$port/callback", customiserId: 3, productId: 12, product: ['title' => 'Open']);
        same([$made['ok'], $made['external_id'], $made['event']['product']['title'], $made['event']['product']['customiser_id']], [true, 'shop-12', 'Open', 3], 'made');
        same($s->deliver('form:submitted', "http://127.0.0.1:$port/", secret: 'another')['status'], 401, 'wrong');
        same(array_column($s->deliveries(), 'state'), ['delivered', 'delivered', 'failed'], 'deliveries');
    } finally {
        proc_terminate($shop, 9);
        proc_close($shop);
    }
    // Without a server: a delivery that the test signs.
    $body = '{"order":{"external_id":"1"}}';
    same($s->webhook()->verify($s->webhook()->sign($body), $body)->topic, 'order:created', 'signed');
    $body = '{"product":{"product_id":1}}';
    same($s->callback(tolerance: 60)->verify($s->callback()->sign($body), $body)->topic, 'product:created', 'signed');
});

test('an outbox, for which time runs fast, delivers once and is gone with the sandbox', static function (): void {
    $s = Tools::start();
    $before = glob(sys_get_temp_dir() . '/countersign-*/outbox.db');
    $outbox = $s->outbox();
    $files = array_diff(glob(sys_get_temp_dir() . '/countersign-*/outbox.db'), $before);
    holds($files !== [], 'its file');
    $outbox->enqueue($s->order('1001'), account: 'shop');
    $outbox->enqueue($s->signOrder('S-1'), account: 'signs');
    $s->fault('accept_then_hang', platform: 'spiff');
    $began = microtime(true);
    $drained = $outbox->drain(seconds: 10);
    same([$drained->placed, $drained->unknown, $drained->nextDue], [2, 1, null], 'drained');
    holds(microtime(true) - $began < 5, 'within five seconds');
    same([count($s->orders()), count($s->orders('1001')), count($s->orders('S-1'))], [2, 1, 1], 'once');

    // Never accepted: proven absent, and sent again.
    $own = $s->outbox(accounts: ['shop' => $s->spiff()], policy: ['resends' => 2]);
    $own->enqueue($s->order('1002'));
    $s->fault('hang');
    $drained = $own->drain(seconds: 10);
    same([$drained->placed, $drained->unknown, count($s->orders('1002'))], [1, 1, 1], 'sent again');

    // In a store of the shop's own; and the times of other outboxes are the manual's.
    $mine = $s->outbox('sqlite:' . scratch('testing') . '/shop.db', ['shop' => $s->spiff()], create: true, anywhere: true);
    raises(CountersignException::class, static fn() => $mine->enqueue($s->order('1003')), 'store');
    $mine->install();
    same($mine->enqueue($s->order('1003'))->status->value, 'new', 'own store');
    same(getenv('COUNTERSIGN_OUTBOX_TEST_SCALE'), false, 'the scale of others');
    $s->stop();
    same(array_filter($files, is_file(...)), [], 'files');
});

test('it comes up at once, and ends by stop() and by letting it go', static function (): void {
    $times = [];
    for ($at = 0; $at < 5; $at++) {
        $began = microtime(true);
        $s = Tools::start();
        $times[] = microtime(true) - $began;
        $url = $s->spiffUrl;
        $s = null;
        holds(gone($url), 'let go');
    }
    holds(min($times) < 0.1, json_encode($times));
    $s = Tools::start();
    $s->stop();
    $s->stop();
    holds(gone($s->spiffUrl), 'stopped');
    foreach ([static fn() => $s->orders(), static fn() => $s->spiff(), static fn() => $s->signCustomiser(), static fn() => $s->outbox()] as $call) {
        refuses($call, 'was stopped');
    }
});

foreach (
    [
        'the program is through' => '',
        'its outbox is still open' => '$o = $s->outbox(); $o->enqueue($s->order("1"), account: "shop");',
        'the program leaves' => '$o = $s->outbox(); exit(0);',
        'the program throws' => '$o = $s->outbox(); throw new Exception("on purpose");',
        'the program runs out of memory' => '$o = $s->outbox(); ini_set("memory_limit", "8M"); $x = str_repeat("x", 1 << 24);',
        'the program is killed' => 'posix_kill(getmypid(), SIGKILL);',
        'the program is killed, and its other children go on' => '$stays = "echo $$ >> $temporary/pids; exec sleep 30 > /dev/null 2>&1";
            $none = ["file", "/dev/null", "w"]; $child = proc_open(["sh", "-c", $stays], [$none, $none, $none], $pipes); exec("sh -c \'$stays\' &"); $other = popen($stays, "r");
            while (count(file("$temporary/pids")) < 3) { usleep(1000); } posix_kill(getmypid(), SIGKILL);',
        'a child that was forked is through, but not before its parent' => '$o = $s->outbox(accounts: ["shop" => $s->spiff()]);
            if (pcntl_fork() === 0) { $s->orders(); exit(0); } pcntl_wait($status); $o->enqueue($s->order("1"));
            if ($status !== 0 || $o->drain(seconds: 2)->placed !== 1 || count($s->orders()) !== 1 || glob("$temporary/countersign-*/outbox.db") === []) { echo "gone too early"; }',
    ] as $name => $text
) {
    test("it ends when $name", static function () use ($name, $text): void {
        $temporary = scratch('temporary');
        file_put_contents("$temporary/pids", '');
        [, $out, $err] = child("\$temporary = '$temporary'; \$s = Countersign\\Testing\\Sandbox::start(); echo \$s->spiffUrl; $text", ['-d', "sys_temp_dir=$temporary", '-d', 'display_errors=stderr']);
        holds(preg_match('~^http://127\.0\.0\.1:\d+$~', $out) === 1, $out . $err);
        same(preg_match('/Fatal error/', $err), preg_match('/throws|out of memory/', $name), $err);
        $gone = gone($out);
        array_map(static fn(string $pid): bool => posix_kill((int) $pid, SIGKILL), file("$temporary/pids"));
        holds($gone, 'it goes on');
        same(glob("$temporary/countersign-*"), [], 'files');
    });
}

test('it needs no FFI, no wrapper for http, and is as new for each test of PHPUnit', static function (): void {
    // Without any php.ini there is no FFI here; the trait is as PHPUnit 9 and 10 find it.
    $code = <<<'PHP'
        final class ShopTest
        {
            use Countersign\Testing\UsesSandbox;

            public function run(): void
            {
                foreach ([1, 2] as $time) {
                    $this->resetSandbox();
                    self::sandbox()->fault('500');
                    echo count(self::sandbox()->faults()), ' ';
                }
            }
        }
        (new ShopTest())->run();
        echo extension_loaded('ffi') ? 'FFI' : 'no FFI', ini_get('allow_url_fopen') ? ' http' : '', ' ', Countersign\Testing\Sandbox::shared()->order('1')['externalId'];
        $first = Countersign\Testing\Sandbox::shared();
        $first->stop();
        echo $first === Countersign\Testing\Sandbox::shared() ? ' same' : ' another';
        PHP;
    [$exit, $out, $err] = child($code, ['-n', '-d', 'allow_url_fopen=0', '-d', 'display_errors=stderr']);
    same([$exit, $out], [0, '1 1 no FFI 1 another'], $err);

    $reset = new ReflectionMethod(UsesSandbox::class, 'resetSandbox');
    same(array_map(static fn($attribute) => $attribute->getName(), $reset->getAttributes()), ['PHPUnit\Framework\Attributes\Before'], 'attribute');
    holds(preg_match('/^\s*\* @before$/m', (string) $reset->getDocComment()) === 1, 'annotation');
});

test('which command is started', static function (): void {
    $command = (string) getenv('COUNTERSIGN_BIN');
    $started = scratch('commands') . '/started';
    $named = static fn(string $name): string => passes($name, "printf '$name ' >> $started\nexec $command \"\$@\"");
    [$first, $second] = [scratch('first'), scratch('second')];
    // What Composer puts there is a script of PHP that leads to ours.
    file_put_contents("$first/countersign", "#!/usr/bin/env php\n<?php\nreturn include __DIR__ . '/../countersign/countersign/bin/countersign';\n");
    chmod("$first/countersign", 0755);
    copy($named('path'), "$second/countersign");
    chmod("$second/countersign", 0755);
    $found = static function (string $argument, string $environment, string $path) use ($started): string {
        @unlink($started);
        [$exit, , $err] = child("Countersign\\Testing\\Sandbox::start($argument);", env: ['COUNTERSIGN_BIN' => $environment, 'PATH' => $path]);
        return is_file($started) ? trim((string) file_get_contents($started)) : $err;
    };
    $argument = "command: '{$named('argument')}'";
    same($found($argument, $named('environment'), "$first:$second"), 'argument', 'argument');
    same($found('', $named('environment'), "$first:$second"), 'environment', 'environment');
    same($found('', '', "$first:$second:/usr/bin"), 'path', 'PATH');
    contains($found('', '', $first), 'The sandbox is the command countersign, and that is not on the PATH. Install it (`pip install countersign-orders-cli`');
    contains($found('', '/no/such', $second), '/no/such cannot be run. Install it');
});

test('a wrong command', static function (): void {
    $text = scratch('commands') . '/text';
    file_put_contents($text, 'no program');
    refuses(static fn() => Tools::start($text), "$text cannot be run", 'pip install countersign-orders-cli');
    refuses(static fn() => Tools::start(scratch('commands')), 'cannot be run');
    refuses(static fn() => Tools::start('/bin/echo'), 'did not come up: /bin/echo, it printed "sandbox --json', 'It must be the command countersign ' . Library::VERSION);
    refuses(static fn() => Tools::start(passes('dies', 'echo its last words >&2; exit 7')), 'exit code 7. It said: its last words. It must');
    refuses(static fn() => Tools::start(passes('killed', 'kill -9 $$')), 'killed by signal 9. It said nothing on standard error.');
    $began = microtime(true);
    refuses(static fn() => Tools::start(passes('silent', 'echo still thinking >&2; exec sleep 60'), timeout: 0.3), 'it printed nothing for 0.3 s. It said: still thinking');
    holds(microtime(true) - $began < 8, 'one that does not end is killed');
    $old = static fn(string $line) => static fn() => Tools::start(passes('old', "echo '$line'; exec cat"));
    refuses($old('{"ready":true,"version":"0.0.9"}'), 'old is countersign 0.0.9, and this package is ' . Library::VERSION . ': both must be the same');
    refuses($old('{"ready":true}'), 'countersign without a version');
    refuses($old('null'), 'it printed "null');
});

test('a port in use, and one that is none', static function (): void {
    $s = Tools::start();
    $port = (int) parse_url($s->spiffUrl, PHP_URL_PORT);
    refuses(static fn() => Tools::start(port: $port), "Port $port on 127.0.0.1 is in use", '0 takes a free one');
    refuses(static fn() => Tools::start(signCustomiserPort: $port), "Port $port on 127.0.0.1 is in use");
    refuses(static fn() => Tools::start(port: 99999), "'99999' for '--port <PORT>': it is too large");
    $s->stop();
    same(Tools::start(port: $port)->spiffUrl, "http://127.0.0.1:$port", 'port');
});

test('one that ended in the middle says so, with its last words', static function (): void {
    $pid = scratch('commands') . '/pid';
    $command = (string) getenv('COUNTERSIGN_BIN');
    $mortal = passes('mortal', "echo \$\$ > $pid\nexec $command \"\$@\"");
    $s = Tools::start($mortal);
    posix_kill((int) file_get_contents($pid), SIGKILL);
    refuses(static fn() => $s->orders(), 'The sandbox has ended (killed by signal 9)', 'Start another one');
    refuses(static fn() => $s->spiff(), 'has ended (killed by signal 9)');

    // In the middle of a request that waits for its answer: whom it asks ends it.
    $s = Tools::start($mortal);
    $server = <<<'PHP'
        $server = stream_socket_server('tcp://127.0.0.1:0');
        echo stream_socket_get_name($server, false), "\n";
        $peer = stream_socket_accept($server, 30);
        fread($peer, 1000);
        posix_kill((int) file_get_contents($argv[1]), SIGTERM);
        PHP;
    $shop = proc_open([PHP_BINARY, '-r', $server, $pid], [1 => ['pipe', 'w']], $pipes);
    refuses(static fn() => $s->productCreated('http://' . trim((string) fgets($pipes[1]))), 'The sandbox has ended (killed by signal 15)');
    proc_close($shop);
});

test('the example for PHPUnit runs on the package that Composer installs, and the command on the PATH', static function (): void {
    $folder = scratch('phpunit');
    $example = ROOT . '/examples/tests/phpunit';
    foreach (['composer.json', 'phpunit.xml', 'src/Shop.php', 'tests/ShopTest.php'] as $file) {
        is_dir(dirname("$folder/$file")) || mkdir(dirname("$folder/$file"));
        copy("$example/$file", "$folder/$file");
    }
    // The packages come from here and PHPUnit is the system's: no registry is asked.
    $package = package('phpunit-package', bundle: true);
    $companion = dirname($package) . '/library';
    copy(ROOT . '/packaging/php/composer.json', "$companion/composer.json");
    $json = json_decode((string) file_get_contents("$folder/composer.json"), true);
    unset($json['require-dev']);
    $json['require']['countersign/library'] = Library::VERSION;
    $json['repositories'] = [
        ['type' => 'path', 'url' => $package, 'options' => ['symlink' => false, 'versions' => ['countersign/countersign' => Library::VERSION]]],
        ['type' => 'path', 'url' => $companion, 'options' => ['symlink' => false]],
        ['packagist.org' => false],
    ];
    file_put_contents("$folder/composer.json", json_encode($json));
    $env = ['HOME' => $folder, 'COMPOSER_ALLOW_SUPERUSER' => '1', 'COUNTERSIGN_LIBRARY' => null, 'COUNTERSIGN_BIN' => null];
    [$exit, $out, $err] = run(['composer', 'install', '--no-interaction', '--no-progress', "--working-dir=$folder"], $env);
    same($exit, 0, $out . $err);
    holds(!is_link("$folder/vendor/countersign/countersign") && is_executable("$folder/vendor/bin/countersign"), 'installed');

    // Composer's script of the same name comes first there, and is not taken for the command.
    $command = getenv('COUNTERSIGN_COMMAND_DIST') ?: ROOT . '/build/command';
    $env['PATH'] = "$folder/vendor/bin:" . realpath($command) . ':/usr/bin:/bin';
    [$exit, $out, $err] = run(['phpunit', '--do-not-cache-result', '--configuration', "$folder/phpunit.xml"], $env);
    same($exit, 0, $out . $err);
    contains($out, 'OK (7 tests');
});
