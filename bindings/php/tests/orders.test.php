<?php
// Orders against the sandbox: every wire, doubt and its settling, faults, reads, subscriptions, the log.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\InvalidOrder;
use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Outcome;
use Countersign\PlacedOrder;
use Countersign\Spiff;
use Countersign\Verdict;

require_once __DIR__ . '/psr.php';

$sandbox = Sandbox::get();
$spiffReady = $sandbox->ready['spiff'];

$wires = [
    'graphql sha512' => [], 'graphql md5' => ['digest' => 'md5'], 'graphql application key' => ['applicationKey' => $spiffReady['application_key']],
    'rest sha512' => ['ordersApi' => 'rest'], 'rest md5' => ['ordersApi' => 'rest', 'digest' => 'md5'],
    'rest application key' => ['ordersApi' => 'rest', 'applicationKey' => $spiffReady['application_key']],
    'targets' => ['ordersApi' => 'targets'],
];
foreach ($wires as $name => $options) {
    test("place over $name", static function () use ($sandbox, $name, $options): void {
        $id = "wire $name é/\"";
        $placed = $sandbox->spiff(...$options)->placeOrder($sandbox->order($id));
        holds($placed instanceof PlacedOrder, 'class');
        same($placed->externalId, $id, 'external id');
        same($placed->attempt['status'] >= 200 && $placed->attempt['status'] < 300, true, 'attempt');
        $accepted = $sandbox->accepted($id);
        same(count($accepted), 1, 'orders');
        same($placed->id, $accepted[0]['id'], 'id');
    });
}

test('place at Sign Customiser', static function () use ($sandbox): void {
    $placed = $sandbox->signs()->placeOrder(Sandbox::signsOrder('sc-1'));
    same($placed->externalId, 'sc-1', 'external id');
    same(count($sandbox->accepted('sc-1')), 1, 'orders');
});

test('malformed orders are refused before anything is sent', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $before = count($sandbox->control('GET', 'requests')['requests']);
    $item = ['amountToOrder' => 1, 'transactionId' => 't'];
    $orders = [
        [['externalId' => '1', 'paid' => true, 'orderItems' => [['amountToOrder' => 2.0] + $item]], 'orderItems[0].amountToOrder'],
        [['externalId' => '1', 'paid' => true, 'orderItems' => [['amountToOrder' => '2'] + $item]], 'orderItems[0].amountToOrder'],
        [['externalId' => '1', 'paid' => true, 'orderItems' => [['amountToOrder' => 0] + $item]], 'orderItems[0].amountToOrder'],
        [['externalId' => '1', 'orderItems' => [$item]], 'paid'],
        [['externalId' => '1', 'paid' => 1, 'orderItems' => [$item]], 'paid'],
        [['externalId' => '1', 'paid' => true, 'orderItems' => []], 'orderItems'],
        [['externalId' => '1', 'paid' => true, 'orderItems' => ['a' => $item]], 'orderItems'],
        [['externalId' => '1', 'paid' => true, 'orderItem' => [$item]], 'orderItem'],
    ];
    foreach ($orders as [$order, $path]) {
        $fault = raises(InvalidOrder::class, static fn() => $spiff->placeOrder($order), 'invalid_order');
        holds(in_array($path, array_column($fault->problems, 'path'), true), "no $path in " . show($fault->problems));
        same($fault->outcome, Outcome::NotPlaced, 'outcome');
    }
    foreach (['', '{', '[]', '{"externalId":"1","externalId":"2"}', "\xff", str_repeat('[', 100_000)] as $text) {
        $fault = raises(NotPlaced::class, static fn() => $spiff->placeOrder($text));
        same($fault->outcome, Outcome::NotPlaced, 'outcome');
    }
    raises(CountersignException::class, static fn() => $spiff->run('no_such_operation'), 'invalid_argument');
    raises(CountersignException::class, static fn() => $spiff->run('orders', ['ids' => [1]]), 'invalid_argument');
    same(count($sandbox->control('GET', 'requests')['requests']), $before, 'requests');
});

test('doubt is its own exception, and is settled', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff(timeout: 0.5, settleDelay: 0, settleGap: 0);
    $order = $sandbox->order('doubt-1');
    $sandbox->fault(['fault' => 'accept_then_hang', 'target' => 'order', 'ms' => 3000]);
    $before = time();
    $doubt = raises(OutcomeUnknown::class, static fn() => $spiff->placeOrder($order), 'timeout');
    same([$doubt->outcome, $doubt->retryable], [Outcome::Unknown, false], 'outcome');
    holds($doubt->sentAt >= $before && $doubt->sentAt <= time(), 'sent at');
    same($doubt->settleAfter, $doubt->sentAt, 'settle after');
    same($doubt->attempt['method'], 'POST', 'attempt');
    holds($doubt->nextStep !== '', 'next step');
    $settled = $spiff->settle($order, sentAt: $doubt->sentAt);
    same([$settled->verdict, (string) $settled], [Verdict::Placed, 'placed'], $settled->reason);

    $spiff = $sandbox->spiff(timeout: 0.5, settleDelay: 0, settleGap: 1);
    $order = $sandbox->order('doubt-2');
    $sandbox->fault(['fault' => 'hang', 'target' => 'order', 'ms' => 3000]);
    $doubt = raises(OutcomeUnknown::class, static fn() => $spiff->placeOrder($order), 'timeout');
    $first = $spiff->settle($order, $doubt->sentAt);
    same($first->verdict, Verdict::Unclear, $first->reason);
    same(is_int($first->firstAbsentAt), true, 'first absent at');
    time_sleep_until($first->againAt + 0.05);
    foreach ([0, -1, (int) (microtime(true) * 1000), time() + 90_000] as $wrong) {
        try {
            $spiff->settle($order, $wrong);
            holds(false, "$wrong was taken");
        } catch (CountersignException $fault) {
            same([$fault->kind?->value, array_column($fault->problems, 'path')], ['invalid_argument', ['sent_at']], "$wrong");
        }
    }
    $second = $spiff->settle($order, $doubt->sentAt, $first->firstAbsentAt);
    same($second->verdict, Verdict::Absent, $second->reason);
    $fault = raises(CountersignException::class, static fn() => $sandbox->signs()->settle(Sandbox::signsOrder('x')), 'unsupported');
    contains($fault->getMessage(), 'order:created');
});

$faults = [
    ['500', [], OutcomeUnknown::class, 'server_error', false], ['503', ['retry_after' => 7], NotPlaced::class, 'throttled', true],
    ['429', ['retry_after' => 7], NotPlaced::class, 'throttled', true], ['401', [], NotPlaced::class, 'authentication', false],
    ['403', [], NotPlaced::class, 'authentication', false], ['redirect', [], OutcomeUnknown::class, 'redirect', false],
    ['html', [], OutcomeUnknown::class, 'unexpected_reply', false], ['truncated_json', [], OutcomeUnknown::class, 'unexpected_reply', false],
    ['oversized', [], OutcomeUnknown::class, 'unexpected_reply', false], ['order_null', [], OutcomeUnknown::class, 'order_null', false],
    ['data_null', [], OutcomeUnknown::class, 'order_null', false], ['no_data', [], NotPlaced::class, 'graphql_refused', false],
    ['cut_reply', [], OutcomeUnknown::class, 'interrupted', false],
];
foreach ($faults as [$fault, $more, $class, $kind, $retryable]) {
    test("fault $fault", static function () use ($sandbox, $fault, $more, $class, $kind, $retryable): void {
        $sandbox->fault(['fault' => $fault, 'target' => 'order'] + $more);
        $order = $sandbox->order("fault-$fault");
        $error = raises($class, static fn() => $sandbox->spiff()->placeOrder($order), $kind);
        same($error->retryable, $retryable, 'retryable');
        same($error->attempt['method'] ?? null, 'POST', 'attempt');
        if (isset($more['retry_after'])) {
            same($error->retryAfter, 7, 'retry after');
        }
        $sandbox->control('DELETE', 'faults');
    });
}

test('nothing sent is not placed', static function () use ($sandbox): void {
    $closed = stream_socket_server('tcp://127.0.0.1:0');
    $address = stream_socket_get_name($closed, false);
    fclose($closed);
    $fault = raises(NotPlaced::class, static fn() => $sandbox->spiff(baseUrl: "http://$address")->placeOrder($sandbox->order('x')), 'connect');
    same([$fault->outcome, $fault->retryable, $fault->status], [Outcome::NotPlaced, true, null], 'outcome');
});

test('reads, graphql, check, acting for', static function () use ($sandbox, $spiffReady): void {
    $spiff = $sandbox->spiff();
    $order = $sandbox->order('read-1');
    $placed = $spiff->placeOrder($order);
    $transaction = $order['orderItems'][0]['transactionId'];
    $found = $spiff->orders([$placed->id, '00000000-0000-4000-8000-000000000000']);
    same([$found[0]['externalId'] ?? $found[0]['id'] ?? null, $found[1]], [$found[0]['externalId'] ?? $placed->id, null], 'orders');
    same($spiff->transactions([$transaction])[0]['id'], $transaction, 'transactions');
    $bundle = $sandbox->control('POST', 'bundles', ['transactionIds' => [$transaction]])['bundleId'];
    same($spiff->bundles([$bundle])[0]['id'], $bundle, 'bundles');
    raises(CountersignException::class, static fn() => $spiff->orders(['00000000-0000-4000-8000-000000000000']), 'missing_data');
    $data = $spiff->graphql('query Q($ids: [String]!) { transactions(ids: $ids) { id } }', ['ids' => [$transaction]], 'Q');
    contains(show($data), $transaction);
    raises(CountersignException::class, static fn() => $spiff->graphql('{ nonsense }'), 'graphql_refused');
    $check = $spiff->check();
    holds(abs($check['skew'] ?? 0) <= 2 && $check['attempt']['status'] === 200, show($check));
    raises(CountersignException::class, static fn() => $sandbox->spiff(secretKey: 'wrong')->check());
    same($sandbox->spiff()->actingFor(partnerId: 'p-1')->check()['attempt']['status'], 200, 'acting for');
    raises(CountersignException::class, static fn() => $spiff->actingFor(partnerId: "a\nb"), 'invalid_argument');
    same($sandbox->spiff()->withTimeout(5.5)->check()['attempt']['status'], 200, 'with another time limit');
    raises(CountersignException::class, static fn() => $spiff->withTimeout(0), 'invalid_argument');
    holds(in_array('place_order', array_column($spiff->operations(), 'name'), true), 'operations');
});

test('subscriptions', static function () use ($sandbox): void {
    $signs = $sandbox->signs();
    $made = $signs->webhooks()->create(topic: 'order:created', url: 'http://127.0.0.1:9/hook', meta: []);
    $text = show($made);
    holds(preg_match('/"webhook_id":(\d+)/', $text, $found) === 1, $text);
    $id = (int) $found[1];
    contains(show($signs->webhooks()->list()), 'http://127.0.0.1:9/hook');
    contains(show($signs->webhooks()->update($id, 'form:submitted', 'http://127.0.0.1:9/other')), 'other');
    contains(show($signs->webhooks()->get($id)), 'form:submitted');
    $signs->webhooks()->delete($id);
    raises(CountersignException::class, static fn() => $signs->webhooks()->get($id));
    same(is_int($signs->check()['subscriptions']), true, 'check');
    contains(show($signs->request('GET', '/api/v2/webhooks')), '[');
});

test('a prepared order goes through HTTP of one\'s own', static function () use ($sandbox): void {
    $call = $sandbox->spiff()->prepareOrder($sandbox->order('own-http'));
    $headers = array_map(static fn($name, $value) => "$name: $value", array_keys($call->headers), $call->headers);
    $context = stream_context_create(['http' => ['method' => $call->method, 'header' => $headers, 'content' => $call->body, 'ignore_errors' => true, 'follow_location' => 0, 'timeout' => 20]]);
    $body = (string) file_get_contents($call->url, false, $context);
    $placed = $call->read(200, $http_response_header, $body);
    same($placed->externalId, 'own-http', 'external id');
    same(count($sandbox->accepted('own-http')), 1, 'orders');
    $doubt = raises(OutcomeUnknown::class, static fn() => $call->failed(), 'interrupted');
    same($doubt->sentAt, $call->signedAt, 'sent at');
    raises(NotPlaced::class, static fn() => $call->failed(notSent: true), 'connect');
});

test('whoever reads a reply has sent the call', static function () use ($sandbox): void {
    $call = $sandbox->spiff(settleDelay: 7)->prepareOrder($sandbox->order('unreadable'));
    $odd = (static function (): Generator {
        yield 'content-type' => 'application/json';
        throw new RuntimeException('gone');
    })();
    $replies = [
        static fn() => $call->read(200, [], null),
        static fn() => $call->read(200, null, '{}'),
        static fn() => $call->read(200, false, '{}'),
        static fn() => $call->read(200, $odd, '{}'),
        static fn() => $call->readWordPress(['response' => ['code' => 200], 'headers' => []]),
        static fn() => $call->readWordPress(['response' => ['code' => 200], 'headers' => 7, 'body' => '{}']),
    ];
    foreach ($replies as $at => $reply) {
        $doubt = raises(OutcomeUnknown::class, $reply, 'unexpected_reply');
        same([$doubt->sentAt, $doubt->settleAfter, $doubt->retryable], [$call->signedAt, $call->signedAt + 7, false], "reply $at");
    }
    $read = $sandbox->spiff()->prepare('transactions', ['ids' => ['t']]);
    $fault = raises(CountersignException::class, static fn() => $read->read(200, [], null), 'unexpected_reply');
    same([get_class($fault), $fault->outcome, $fault->sentAt], [CountersignException::class, null, null], 'a read');
});

test('the forms for WordPress', static function () use ($sandbox): void {
    $call = $sandbox->spiff()->prepareOrder($sandbox->order('wp'));
    $args = $call->forWordPress(12);
    same([$args['redirection'], $args['timeout'], $args['method'], $args['body']], [0, 12, 'POST', $call->body], 'arguments');
    same($args['headers'], $call->headers, 'headers');
    $reply = ['headers' => new ArrayObject(['content-type' => 'application/json']), 'body' => '{"data":{"orderCreate":{"id":"o-1"}}}', 'response' => ['code' => 200, 'message' => 'OK'], 'cookies' => []];
    same($call->readWordPress($reply)->id, 'o-1', 'placed');
    $error = static fn(string $code, string $message) => new class ($code, $message) {
        public function __construct(private string $code, private string $message)
        {
        }
        public function get_error_code(): string
        {
            return $this->code;
        }
        public function get_error_message(): string
        {
            return $this->message;
        }
    };
    raises(OutcomeUnknown::class, static fn() => $call->readWordPress($error('http_request_failed', 'cURL error 28: Operation timed out')), 'interrupted');
    raises(NotPlaced::class, static fn() => $call->readWordPress($error('http_request_failed', 'cURL error 6: Could not resolve host')), 'connect');
    raises(NotPlaced::class, static fn() => $call->readWordPress($error('http_request_not_executed', 'blocked')), 'connect');
    foreach ([null, false, [], ['response' => []], 'x'] as $nonsense) {
        raises(OutcomeUnknown::class, static fn() => $call->readWordPress($nonsense), 'interrupted');
    }
});

test('a panic becomes an exception, and an order is in doubt', static function (): void {
    [$code, $out, $err] = child(<<<'PHP'
        $spiff = new Countersign\Spiff(accessKey: 'a', secretKey: 'CANARY-secret', region: 'us');
        try { $spiff->prepare('__panic'); } catch (Countersign\Exception\CountersignException $e) { echo $e->kind->value, ' ', $e->outcome?->value ?? 'none', "\n"; }
        try { $spiff->run('__panic'); } catch (Countersign\Exception\OutcomeUnknown $e) { echo $e->kind->value, ' ', $e->outcome->value, "\n"; }
        echo strlen((new Countersign\Signer('k', 's'))->authorization('GET', '/')) > 0 ? 'alive' : 'dead';
        PHP);
    same([$code, preg_replace('/^internal \S+\n/', "internal *\n", $out)], [0, "internal *\ninternal unknown\nalive"], $err);
    contains($err, '__panic');
    holds(!str_contains($out . $err, 'CANARY'), 'secret in a panic');
});

test('a client stays usable after a fork', static function () use ($sandbox): void {
    if (!function_exists('pcntl_fork')) {
        return;
    }
    [$code, $out, $err] = child(<<<'PHP'
        $orders = json_decode(getenv('ORDERS'), true);
        $spiff = Countersign\Spiff::fromEnv();
        $signer = new Countersign\Signer('k', 's');
        $spiff->check();
        $child = pcntl_fork();
        $placed = $spiff->placeOrder($orders[$child === 0 ? 1 : 0]);
        $signer->authorization('POST', '/', date: 'd');
        if ($child === 0) { exit($placed->externalId === 'fork-1' ? 0 : 1); }
        pcntl_waitpid($child, $status);
        echo $placed->externalId, ' ', pcntl_wexitstatus($status), pcntl_wifexited($status) ? ' clean' : ' killed';
        PHP, env: ['ORDERS' => json_encode([$sandbox->order('fork-0'), $sandbox->order('fork-1')])] + $sandbox->ready['env']);
    same([$code, $out], [0, 'fork-0 0 clean'], $err);
    same([count($sandbox->accepted('fork-0')), count($sandbox->accepted('fork-1'))], [1, 1], 'orders');
});

/** A logger in the shape of PSR-3. */
final class MemoryLogger
{
    /** @var list<array{string, string, array<string, mixed>}> */
    public array $records = [];
    public bool $broken = false;

    public function log($level, $message, array $context = []): void
    {
        if ($this->broken) {
            throw new RuntimeException('disk full');
        }
        $this->records[] = [$level, (string) $message, $context];
    }
}

test('attempts are logged, and a broken log breaks no order', static function () use ($sandbox): void {
    $logger = new MemoryLogger();
    $spiff = $sandbox->spiff(logger: $logger);
    $spiff->placeOrder($sandbox->order('log-1'));
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    raises(OutcomeUnknown::class, static fn() => $spiff->placeOrder($sandbox->order('log-2')));
    raises(InvalidOrder::class, static fn() => $spiff->placeOrder([]));
    same(array_column($logger->records, 0), ['info', 'warning'], 'levels');
    [, $message, $context] = $logger->records[1];
    contains($message, '{kind}');
    same([$context['operation'], $context['kind'], $context['outcome'], $context['attempt']['status']], ['place_order', 'server_error', 'unknown', 500], 'context');
    holds(!str_contains(show($logger->records), 'log-1'), 'a body in the log');
    $logger->broken = true;
    same($spiff->placeOrder($sandbox->order('log-3'))->externalId, 'log-3', 'placed all the same');
    raises(CountersignException::class, static fn() => $sandbox->spiff(logger: new stdClass()), 'invalid_argument');
});

test('a read is a read by whatever way it is called', static function () use ($sandbox): void {
    $logger = new MemoryLogger();
    [$spiff, $signs] = [$sandbox->spiff(logger: $logger), $sandbox->signs(logger: $logger)];
    foreach ([fn() => $spiff->run('orders', ['ids' => ["\xff"]]), fn() => $spiff->orders(["\xff"]), fn() => $spiff->prepare('orders', ['ids' => ["\xff"]])] as $read) {
        $error = raises(CountersignException::class, $read, 'invalid_argument');
        same([get_class($error), $error->outcome], [CountersignException::class, null], 'nothing is known of an order');
        same(array_column($error->problems, 'path'), ['ids[0]'], $error->getMessage());
    }
    same(raises(NotPlaced::class, fn() => $spiff->bundleUpdate('id', "\xff"), 'invalid_argument')->outcome, Outcome::NotPlaced, 'a change');
    $signs->webhooks()->list();
    $spiff->transactions([$sandbox->transaction()]);
    $signs->webhooks()->create('order:created', 'https://shop.example/hook');
    $spiff->graphql('query Q { integrations(ids: []) { id } }');
    same(array_column($logger->records, 0), ['debug', 'debug', 'info', 'debug'], 'levels');
});

test('every attempt is logged, and is told with what came of them', static function () use ($sandbox): void {
    $id = $sandbox->transaction();
    $logger = new MemoryLogger();
    $spiff = $sandbox->spiff(logger: $logger);
    $numbers = static fn() => array_map(static fn($record) => [$record[0], $record[2]['attempt']['number'], $record[2]['attempt']['status']], $logger->records);
    $sandbox->fault(['fault' => '500', 'target' => 'read', 'count' => 2]);
    same($spiff->transactions([$id], 'id')[0]['id'], $id, 'the third one');
    same($numbers(), [['debug', 1, 500], ['debug', 2, 500], ['debug', 3, 200]], 'records');
    $logger->records = [];
    $sandbox->fault(['fault' => '500', 'target' => 'read', 'count' => 3]);
    $fault = raises(CountersignException::class, static fn() => $spiff->transactions([$id], 'id'), 'server_error');
    same($numbers(), [['debug', 1, 500], ['debug', 2, 500], ['warning', 3, 500]], 'records of a failure');
    same([$logger->records[2][2]['kind'], $logger->records[2][2]['outcome']], ['server_error', null], 'what came of it');
    holds(!isset($logger->records[1][2]['kind']), 'the earlier ones are only attempts');
    same(array_column($fault->attempts, 'number'), [1, 2, 3], 'attempts');
    same([$fault->attempt, $fault->jsonSerialize()['attempts']], [$fault->attempts[2], $fault->attempts], 'the last, and as JSON');
    $logger->records = [];
    $spiff->check();
    same([$numbers(), $logger->records[0][2]['operation']], [[['debug', 1, 200]], 'check'], 'a check');
});

/** Has no form in JSON. */
enum Tone
{
    case Loud;
}

test('what cannot be written as JSON has its path', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $before = count($sandbox->control('GET', 'requests')['requests']);
    $own = static fn(mixed $form) => new class ($form) implements JsonSerializable {
        public function __construct(private mixed $form)
        {
        }
        public function jsonSerialize(): mixed
        {
            return $this->form instanceof Throwable ? throw $this->form : $this->form;
        }
    };
    $ring = new stdClass();
    $ring->inner = [$ring];
    $loop = ['a' => 1];
    $loop['self'] = &$loop;
    $deep = 1;
    for ($level = 0; $level < 63; $level++) {
        $deep = [$deep];
    }
    $cases = [
        'INF' => [['a' => 1.5, 'b' => [1, INF]], ['b[1]']],
        'UTF-8' => [['a' => 'Žofie', 'b' => (object) ['c' => "\xff"]], ['b.c']],
        'name' => [['a' => ["\xff" => 1]], ["a.\u{fffd}"]],
        'resource' => [['a' => STDIN], ['a']],
        'enum' => [['a' => [Tone::Loud]], ['a[0]']],
        'object' => [['a' => $ring], ['a.inner[0]']],
        'reference' => [['a' => &$loop], ['a.self']],
        'depth' => [[$deep, ['x' => $deep]], ['[1].x' . str_repeat('[0]', 62)]],
        'many' => [['a' => NAN, 'b' => -INF, 'c' => "\xfe"], ['a', 'b', 'c']],
        'of its own' => [['a' => $own(['b' => $own(NAN)])], ['a.b']],
        'thrown' => [['a' => $own(new DomainException('gone'))], ['a']],
    ];
    foreach ($cases as $name => [$input, $paths]) {
        foreach (['place_order' => 'invalid_order', 'bundle_update' => 'invalid_argument', 'transactions' => 'invalid_argument'] as $operation => $kind) {
            foreach ([$spiff->run(...), $spiff->prepare(...)] as $call) {
                $fault = raises(CountersignException::class, static fn() => $call($operation, $input), $kind);
                same([array_column($fault->problems, 'path'), array_column($fault->problems, 'code')], [$paths, array_fill(0, count($paths), 'type')], $name);
                same($fault->outcome, $operation === 'transactions' ? null : Outcome::NotPlaced, $name);
                holds($fault->getPrevious() !== null, 'why');
            }
        }
    }
    same($fault->getPrevious()->getMessage(), 'gone', 'what a jsonSerialize() threw');
    raises(InvalidOrder::class, static fn() => $spiff->placeOrder(['externalId' => NAN]), 'invalid_order');
    same(array_column(raises(CountersignException::class, static fn() => $spiff->settle(['externalId' => NAN], 1))->problems, 'path'), ['order.externalId'], 'settle');
    // A text is JSON by the caller's word: the core reads it.
    raises(NotPlaced::class, static fn() => $spiff->run('bundle_update', '{'), 'invalid_json');
    raises(CountersignException::class, static fn() => $spiff->settle('{', 1), 'invalid_json');
    same(count($sandbox->control('GET', 'requests')['requests']), $before, 'requests');
    // What has a form of its own is written in that form.
    $order = $sandbox->order('own-form');
    same($spiff->placeOrder($own(['orderItems' => $own($order['orderItems'])] + $order))->externalId, 'own-form', 'placed');
    same($spiff->settle((string) json_encode($order), time())->verdict, Verdict::Placed, 'an order as text');
});

test('clients by the environment', static function () use ($sandbox): void {
    [$code, $out, $err] = child(
        'echo Countersign\Spiff::fromEnv(["timeout" => 20, "ordersApi" => "rest"])->check()["attempt"]["status"], " ", Countersign\SignCustomiser::fromEnv()->check()["attempt"]["status"];',
        env: $sandbox->ready['env'],
    );
    same([$code, $out], [0, '200 200'], $err);
    $file = scratch('secrets') . '/key';
    file_put_contents($file, $sandbox->ready['spiff']['secret_key'] . "\n");
    $env = ['COUNTERSIGN_SPIFF_SECRET_KEY' => null, 'COUNTERSIGN_SPIFF_SECRET_KEY_FILE' => $file] + $sandbox->ready['env'];
    [$code, $out, $err] = child('echo Countersign\Spiff::fromEnv()->check()["attempt"]["status"];', env: $env);
    same([$code, $out], [0, '200'], $err);
});

test('webhooks by the environment', static function (): void {
    $code = <<<'PHP'
        $body = '{"product":{"product_id":1,"title":"t","price":1,"external_data":{}}}';
        foreach (['webhook', 'integration', 'other'] as $secret) {
            try {
                $headers = ['x-webhook-timestamp' => 5, 'x-webhook-signature' => hash_hmac('sha256', "5.$body", $secret)];
                echo Countersign\Webhook::fromEnv(secret: $secret)->verify($headers, $body, 5)->topic, "\n";
            } catch (Countersign\Exception\CountersignException $e) {
                echo $e->kind->value, "\n";
            }
        }
        PHP;
    $file = scratch('secrets') . '/integration';
    file_put_contents($file, "integration\r\n");
    $name = 'COUNTERSIGN_SIGN_CUSTOMISER';
    $env = ["{$name}_WEBHOOK_SECRET" => 'webhook', "{$name}_INTEGRATION_SECRET_FILE" => $file];
    same(child($code, env: $env), [0, "product:created\nproduct:created\ninvalid_argument\n", ''], 'one of each');
    $none = ["{$name}_WEBHOOK_SECRET" => null, "{$name}_INTEGRATION_SECRET" => null, "{$name}_INTEGRATION_SECRET_FILE" => null];
    same(child($code, env: $none), [0, "configuration\nconfiguration\ninvalid_argument\n", ''], 'missing');
    $env = ["{$name}_INTEGRATION_SECRET" => 'integration', "{$name}_INTEGRATION_SECRET_FILE" => $file] + $none;
    same(child($code, env: $env), [0, str_repeat("configuration\n", 3), ''], 'said twice');
    same(child($code, env: ["{$name}_WEBHOOK_SECRET" => ' webhook'] + $none)[1], "invalid_argument\nconfiguration\ninvalid_argument\n", 'white space');
    $exact = 'echo Countersign\Webhook::fromEnv(exactSecret: true) instanceof Countersign\Webhook;';
    same(child($exact, env: ["{$name}_WEBHOOK_SECRET" => ' webhook'] + $none), [0, '1', ''], 'white space that is meant');
});

test('options that do not fit', static function (): void {
    foreach ([[], ['accessKey' => 'a'], ['accessKey' => 'a', 'secretKey' => 'b'], ['accessKey' => 'a', 'secretKey' => 'b', 'region' => 'eu'], ['applicationKey' => 'a', 'region' => 'us', 'ordersApi' => 'targets']] as $options) {
        raises(CountersignException::class, static fn() => new Countersign\Spiff(...$options));
    }
    raises(CountersignException::class, static fn() => Countersign\Spiff::fromEnv(['regoin' => 'us']), 'configuration');
    holds((new Countersign\Spiff(accessKey: 'a', secretKey: 'b', region: 'au', timeout: 0.25, exactSecret: true, allowHttp: ['a', 'b'])) instanceof Countersign\Spiff, 'kinds of values');
});

test('a handler that throws loses no outcome', static function (): void {
    $order = ['externalId' => '1001', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 't-1']]];
    $known = static fn(string $status, callable $call): ?Throwable => (new Signalling($status))->interrupted($call)->getPrevious();
    $doubt = $known('200 OK', static fn(Spiff $spiff) => $spiff->placeOrder($order));
    same([get_class($doubt), $doubt->kind->value], [OutcomeUnknown::class, 'aborted'], 'a placed order');
    contains($doubt->getMessage(), 'succeeded');
    holds($doubt->sentAt > time() - 60 && $doubt->settleAfter > $doubt->sentAt, "sent at $doubt->sentAt");
    $refused = $known('401 Unauthorized', static fn(Spiff $spiff) => $spiff->placeOrder($order));
    same([get_class($refused), $refused->kind->value], [NotPlaced::class, 'authentication'], 'a refused order');
    $doubt = $known('500 Internal Server Error', static fn(Spiff $spiff) => $spiff->run('transaction_approve', ['id' => 't-1']));
    same([get_class($doubt), $doubt->kind->value], [OutcomeUnknown::class, 'server_error'], 'a change in doubt');
    same($known('200 OK', static fn(Spiff $spiff) => $spiff->transactions(['t-1'], select: 'isOrdered')), null, 'a read');
    // Your own HTTP: the signal comes while the reply is read.
    $doubt = $known('200 OK', static function (Spiff $spiff) use ($order): mixed {
        $call = $spiff->prepareOrder($order);
        $headers = (static function () {
            posix_kill(getmypid(), SIGUSR1);
            yield 'content-type' => 'application/json';
        })();
        return $call->read(200, $headers, '{"data":{"orderCreate":{"id":"o-1","internalId":null,"externalId":"1001"}}}');
    });
    same([get_class($doubt), $doubt->kind->value], [OutcomeUnknown::class, 'aborted'], 'a placed order, read');
    // A logger's loop runs handlers too: what they throw is not the logger's.
    $log = new class {
        public function log(mixed $level, string $message, array $context = []): void
        {
            posix_kill(getmypid(), SIGUSR1);
        }
    };
    $server = new Signalling();
    $logged = static fn() => (new Spiff(applicationKey: 'k', baseUrl: $server->url, logger: $log))->placeOrder($order);
    same(get_class($server->interrupted($logged)->getPrevious()), OutcomeUnknown::class, 'while it was logged');
});

test('numbers go out as they are, whatever php.ini says', static function (): void {
    $code = <<<'PHP'
        $order = ['externalId' => '1', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 't']],
            'extra' => ['price' => 29.95, 'tenth' => 0.1, 'whole' => 2.0, 'large' => 1.0E+25, 'text' => '1.5 "2.50"']];
        $spiff = new Countersign\Spiff(applicationKey: 'k', baseUrl: 'http://127.0.0.1:9', ordersApi: 'rest', timeout: 29.95);
        try { echo $spiff->prepareOrder($order)->body, "\n"; } catch (Countersign\Exception\NotPlaced $e) { echo json_encode($e->problems), "\n"; }
        echo $spiff->prepare('graphql', ['query' => 'query($p: Float) { a(p: $p) }', 'variables' => ['p' => 29.95]])->body, "\n";
        unset($order['extra']['price'], $order['extra']['tenth'], $order['extra']['whole'], $order['extra']['large']);
        echo strlen($spiff->prepareOrder($order)->body) > 50 ? ini_get('serialize_precision') : 'nothing';
        PHP;
    foreach (['17', '5', '-1', '100'] as $ini) {
        [$exit, $out, $err] = child($code, ['-d', "serialize_precision=$ini", '-d', 'precision=5']);
        same($exit, 0, $out . $err);
        contains($out, '"price":29.95,"tenth":0.1,"whole":2.0,"large":1.0e+25');
        contains($out, '"p":29.95}');
        same(substr($out, strrpos($out, "\n") + 1), $ini, 'as it was');
    }
    // Where it cannot be set, what would go out wrong does not.
    [, $out] = child(str_replace("echo \$spiff->prepare('graphql'", '//', $code), ['-d', 'serialize_precision=17', '-d', 'disable_functions=ini_set']);
    contains($out, 'serialize_precision=-1 in php.ini');
    same(substr($out, strrpos($out, "\n") + 1), '17', 'an order without such numbers');
});

test('a read is no order: what refuses it, and how it is logged', static function () use ($sandbox): void {
    $logger = new Stub\Logger();
    $spiff = $sandbox->spiff(logger: $logger);
    foreach ([['ids' => 5], ['ids' => ["\xff"]], ['nonsense' => 1]] as $input) {
        $error = raises(CountersignException::class, static fn() => $spiff->run('orders', $input), 'invalid_argument');
        same([get_class($error), $error->outcome], [CountersignException::class, null], 'class of ' . show($input));
        $change = raises(CountersignException::class, static fn() => $spiff->run('transaction_approve', $input), 'invalid_argument');
        same(get_class($change), NotPlaced::class, 'a change');
    }
    $spiff->transactions([$sandbox->transaction()]);
    same(array_values(array_unique(array_column($logger->records, 0))), ['debug'], 'level');
});

test('text that is not UTF-8 is refused with its path', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $order = ['externalId' => "caf\xe9", 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => "\xff"]], 'externalData' => ["\xe9" => 1]];
    $error = raises(InvalidOrder::class, static fn() => $spiff->placeOrder($order));
    same(array_column($error->problems, 'path'), ['externalId', 'orderItems[0].transactionId', "externalData.\u{fffd}"], 'order');
    $paths = static fn(callable $call): array => array_column(raises(CountersignException::class, $call, 'invalid_argument')->problems, 'path');
    same($paths(static fn() => $spiff->settle(['externalId' => "\xe9"] + $order, time())), ['order.externalId', 'order.orderItems[0].transactionId', "order.externalData.\u{fffd}"], 'settle');
    same($paths(static fn() => $spiff->orders(["\xe9"])), ['ids[0]'], 'a read');
    same($paths(static fn() => $spiff->orders(['a'], select: "\xe9")), ['select'], 'select');
    same($paths(static fn() => $spiff->graphql('{ a }', ['x' => ["\xe9"]])), ['variables.x[0]'], 'variables');
    raises(InvalidOrder::class, static fn() => $sandbox->signs()->placeOrder(['external_id' => "\xe9"] + Sandbox::signsOrder('1')));
});

test('a handler that does not throw runs once, after the call', static function (): void {
    $order = ['externalId' => '1001', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 't-1']]];
    $server = new Signalling();
    $seen = [];
    pcntl_signal(SIGUSR1, static function () use (&$seen): void {
        $seen[] = (new Countersign\Signer('k', 's'))->authorization('GET', '/');
    });
    $before = pcntl_async_signals(true);
    try {
        $placed = (new Spiff(applicationKey: 'k', baseUrl: $server->url))->placeOrder($order);
        same([$placed->id, $placed->attempt['status'] ?? null, count($seen), pcntl_async_signals()], ['o-1', 200, 1, true], 'placed');
        pcntl_async_signals(false);
        (new Spiff(applicationKey: 'k', baseUrl: $server->url))->placeOrder($order);
        same([count($seen), pcntl_async_signals()], [1, false], 'where handlers do not run by themselves, they still do not');
        pcntl_signal_dispatch();
        same(count($seen), 2, 'dispatched');
    } finally {
        pcntl_async_signals($before);
        pcntl_signal(SIGUSR1, SIG_DFL);
    }
});
