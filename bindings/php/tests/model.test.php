<?php
// The operations of the Spiff model against the sandbox: reads, selections, long lists, feeds, changes, flows.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Outcome;
use Countersign\Spiff;

$sandbox = Sandbox::get();

test('a feed that makes no progress ends', static function (): void {
    // A platform that passes over nothing, and says a larger total.
    $server = <<<'PHP'
        $server = stream_socket_server('tcp://127.0.0.1:0');
        echo parse_url('tcp://' . stream_socket_get_name($server, false), PHP_URL_PORT), "\n";
        $body = '{"data":{"orderStatusesFeed":{"items":[{"id":"1"},{"id":"2"},{"id":"3"}],"total":1000000}}}';
        while ($client = stream_socket_accept($server, 30)) {
            for ($length = 0; ($line = trim((string) fgets($client))) !== '';) {
                $length = stripos($line, 'content-length:') === 0 ? (int) substr($line, 15) : $length;
            }
            stream_get_contents($client, $length);
            fwrite($client, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " . strlen($body) . "\r\n\r\n$body");
            fclose($client);
        }
        PHP;
    $process = proc_open([PHP_BINARY, '-n', '-r', $server], [1 => ['pipe', 'w']], $pipes);
    try {
        $spiff = new Spiff(applicationKey: 'k', baseUrl: 'http://127.0.0.1:' . trim(fgets($pipes[1])));
        $shown = 0;
        try {
            foreach ($spiff->orderStatusesFeed(pageSize: 3) as $_) {
                holds(++$shown <= 3, 'it goes on');
            }
            holds(false, 'it ended without a word');
        } catch (CountersignException $fault) {
            same([$fault->kind?->value, $shown], ['unexpected_reply', 3], $fault->getMessage());
            holds(str_contains($fault->getMessage(), 'shows a page again'), $fault->getMessage());
        }
    } finally {
        proc_terminate($process);
        proc_close($process);
    }
});

test('operations are methods, and every method is an operation', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $methods = array_map(static fn($it) => $it->getName(), (new ReflectionClass(Countersign\SpiffOperationsInterface::class))->getMethods());
    $by_hand = ['place_order', 'graphql', 'check', 'settle', 'process_execution_wait'];
    $names = [];
    foreach ($spiff->operations() as $operation) {
        $names[] = lcfirst(str_replace('_', '', ucwords($operation['name'], '_')));
        if (!in_array($operation['name'], $by_hand, true)) {
            holds(in_array(end($names), $methods, true), "no method for {$operation['name']}");
        }
    }
    same(array_diff($methods, $names), [], 'methods without operation');
});

test('reads answer the default selection, or another one', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $id = $sandbox->transaction();
    [$transaction, $none] = $spiff->transactions([$id, 'not-there']);
    same($none, null, 'absent');
    same($transaction['id'], $id, 'id');
    foreach (['designName', 'isOrdered', 'quantity', 'workflowViewerLink', 'product', 'stakeholders'] as $name) {
        holds(array_key_exists($name, $transaction), "no $name");
    }
    foreach (['workflowState', 'transactionOwnerId', 'completed'] as $name) {
        holds(!array_key_exists($name, $transaction), "$name was not asked for");
    }
    holds(isset($transaction['product']['name']), 'a relation one level deep');
    same($spiff->transactions([$id], 'designName product { id partner { name } }')[0], [
        'id' => $id,
        'designName' => $transaction['designName'],
        'product' => ['id' => $transaction['product']['id'], 'partner' => ['name' => $spiff->products([$transaction['product']['id']])[0]['partner']['name']]],
    ], 'selected');
    raises(CountersignException::class, static fn() => $spiff->customers(['not-there']), 'missing_data');
    same($spiff->currentIntegration()['id'], $spiff->check()['integration']['id'], 'integration');
});

test('bad input is refused here, with its path', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $before = count($sandbox->control('GET', 'requests')['requests']);
    $cases = [
        ['ids', static fn() => $spiff->transactions([])],
        ['ids[0]', static fn() => $spiff->transactions([''])],
        ['ids[1]', static fn() => $spiff->transactions(['a', 7])],
        ['select.desginName', static fn() => $spiff->transactions(['a'], 'desginName')],
        ['select.id', static fn() => $spiff->transactions(['a'], 'id { x }')],
        ['select.product', static fn() => $spiff->transactions(['a'], 'product')],
        ['select', static fn() => $spiff->transactions(['a'], '')],
        ['ids', static fn() => $spiff->run('transactions')],
        ['ids', static fn() => $spiff->run('transactions', ['ids' => 'a'])],
        ['idz', static fn() => $spiff->run('transactions', ['ids' => ['a'], 'idz' => 1])],
        ['quantity', static fn() => $spiff->run('transaction_update', ['id' => 'a', 'quantity' => '2'])],
        ['details.emial', static fn() => $spiff->customerCreate(['emial' => 'a@b.test'])],
        ['inputs[0]', static fn() => $spiff->processExecutionCreate('f', ['no JSON'])],
        ['templateStatus', static fn() => iterator_to_array($spiff->customerBundlesFeed('c', templateStatus: 'Darft'))],
    ];
    foreach ($cases as [$path, $call]) {
        $fault = raises(CountersignException::class, $call, 'invalid_argument');
        same(array_column($fault->problems, 'path'), [$path], 'paths of "' . $fault->getMessage() . '"');
    }
    contains(raises(CountersignException::class, $cases[3][1])->getMessage(), 'Did you mean "designName"');
    same(count($sandbox->control('GET', 'requests')['requests']), $before, 'requests');
});

test('long lists are split and put together again', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $ids = [];
    for ($i = 0; $i < 120; $i++) {
        $ids[] = $i % 7 === 3 ? "not-there-$i" : $sandbox->transaction();
    }
    $before = count($sandbox->control('GET', 'requests')['requests']);
    $found = $spiff->transactions($ids, 'id');
    same(array_map(static fn($one) => $one['id'] ?? null, $found), array_map(static fn($id) => str_starts_with($id, 'not') ? null : $id, $ids), 'aligned');
    same(count($sandbox->control('GET', 'requests')['requests']) - $before, 3, 'requests');
    contains(raises(CountersignException::class, static fn() => $spiff->prepare('transactions', ['ids' => $ids]), 'invalid_argument')->getMessage(), '120 entries, more than the 50');
});

test('feeds are read page by page', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $all = iterator_to_array($spiff->orderStatusesFeed());
    holds(count($all) > 1, 'there are some');
    $before = count($sandbox->control('GET', 'requests')['requests']);
    same(iterator_to_array($spiff->orderStatusesFeed(pageSize: 1, select: 'id')), array_map(static fn($one) => ['id' => $one['id']], $all), 'one by one');
    same(count($sandbox->control('GET', 'requests')['requests']) - $before, count($all), 'requests');
    $page = $spiff->run('order_statuses_feed', ['limit' => 1]);
    same([count($page['items']), $page['total'], $page['next']], [1, count($all), 1], 'a page');
    foreach ($spiff->processFlowContextsFeed() as $context) {
        holds(is_string($context['id']), 'unpaged');
    }
});

test('changes are made, and an answer that is lost leaves doubt', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    $bundle = $spiff->bundleCreate(metadata: [['key' => 'colour', 'value' => '"re\d"']], test: true);
    same($bundle['metadata'], [['key' => 'colour', 'value' => '"re\d"']], 'metadata');
    $own = $spiff->actingFor(bundleOwnerId: $bundle['bundleOwnerId']);
    same($own->bundleUpdate($bundle['id'], name: 'Žofie')['name'], 'Žofie', 'update');
    same($spiff->bundles([$bundle['id']], 'name')[0]['name'], 'Žofie', 'read back');
    $customer = $spiff->customerCreate(['emailAddress' => 'php@example.test']);
    same($spiff->customer('php@example.test')['id'], $customer['id'], 'customer');
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'other']);
    $doubt = raises(CountersignException::class, static fn() => $spiff->customerCreate(['emailAddress' => 'doubt@example.test']));
    same([$doubt instanceof OutcomeUnknown, $doubt->outcome, $doubt->retryable], [true, Outcome::Unknown, false], 'doubt');
    same($spiff->customer('doubt@example.test')['emailAddress'], 'doubt@example.test', 'it was made');
});

test('a flow is started, awaited and its artifacts are read', static function () use ($sandbox): void {
    $spiff = $sandbox->spiff();
    [$flow] = iterator_to_array($spiff->processFlowsFeed(select: 'id'));
    $run = $spiff->processExecutionCreate($flow['id'], [['text' => 'hello'], ['type' => 'Transaction', 'id' => $sandbox->transaction()]]);
    $ended = $spiff->processExecutionWait($run['id'], timeout: 20, interval: 1);
    holds(is_string($ended['completedAt']) && $ended['failedAt'] === null, show($ended));
    $artifact = Spiff::decode($ended['nodes'][0]['artifacts']);
    same($artifact['type'], 'JsonKey', 'artifact');
    holds(str_starts_with($artifact['value']['url'], 'http'), 'url');
    same(Spiff::decode(null), null, 'null');
    raises(CountersignException::class, static fn() => Spiff::decode('no'), 'invalid_json');
    $slow = raises(CountersignException::class, static fn() => $spiff->processExecutionWait(
        $spiff->processExecutionCreate($flow['id'], [['text' => 'slow']])['id'],
        timeout: 0,
    ), 'timeout');
    contains($slow->getMessage(), 'has not ended yet');
});

/** Whether a value holds what a row says of it: an object at least these members, a list as many items, a value itself. */
function covers(mixed $got, mixed $due, string $place): void
{
    if (!is_array($due)) {
        same($got, $due, $place);
        return;
    }
    holds(is_array($got), "$place is " . show($got));
    // An empty array may have been an empty object, which says nothing.
    if ($due !== [] && array_is_list($due)) {
        same(count($got), count($due), "length of $place");
    }
    foreach ($due as $key => $value) {
        holds(array_key_exists($key, $got), "no $place.$key in " . show($got));
        covers($got[$key], $value, "$place.$key");
    }
}

foreach (vectors('operations.json') as $row) {
    test("operations.json {$row['id']}", static function () use ($sandbox, $row): void {
        $sandbox->control('POST', 'reset', (object) []);
        $run = static fn() => $sandbox->spiff()->run($row['operation'], (object) $row['input']);
        if (!isset($row['error'])) {
            covers($run(), $row['answer'], 'answer');
            return;
        }
        $fault = raises(CountersignException::class, $run, $row['error']);
        $paths = array_column($fault->problems, 'path');
        sort($paths);
        $due = $row['problems'] ?? [];
        sort($due);
        same($paths, $due, 'paths of "' . $fault->getMessage() . '"');
        same(count($sandbox->control('GET', 'requests')['requests']), 0, 'requests');
    });
}
