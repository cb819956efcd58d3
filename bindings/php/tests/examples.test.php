<?php
// The examples, run as they stand.

declare(strict_types=1);

use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;

require_once __DIR__ . '/psr.php';

$sandbox = Sandbox::get();
foreach ($sandbox->ready['env'] as $name => $value) {
    putenv("$name=$value"); // the examples take their credentials from the environment
}

test('example first-order.php', static function () use ($sandbox): void {
    $file = dirname(__DIR__) . '/examples/first-order.php';
    [$code, $out, $err] = run([PHP_BINARY, $file, 'first-1', $sandbox->transaction()]);
    same([$code, str_starts_with($out, 'placed: ')], [0, true], $out . $err);
    same(count($sandbox->accepted('first-1')), 1, 'orders');
    [$code, $out] = run([PHP_BINARY, $file, '', 'x']);
    same([$code, str_starts_with($out, 'not placed: ')], [1, true], $out);
    $sandbox->fault(['fault' => '500', 'target' => 'order']);
    [$code, $out] = run([PHP_BINARY, $file, 'first-2', $sandbox->transaction()]);
    same([$code, str_starts_with($out, 'unknown: ')], [3, true], $out);
    same(run([PHP_BINARY, $file])[0], 2, 'usage');
});

require_once __DIR__ . '/../examples/psr18.php';

test('example psr18.php', static function () use ($sandbox): void {
    $place = static fn(array $order) => place_with(new Stub\Client(), new Stub\Factory(), new Stub\Factory(), $sandbox->spiff(), $order);
    same($place($sandbox->order('psr-1'))->externalId, 'psr-1', 'placed');
    same(count($sandbox->accepted('psr-1')), 1, 'orders');
    $sandbox->fault(['fault' => '401', 'target' => 'order']);
    raises(NotPlaced::class, static fn() => $place($sandbox->order('psr-2')), 'authentication');
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'order']);
    raises(OutcomeUnknown::class, static fn() => $place($sandbox->order('psr-3')), 'interrupted');
    $call = $sandbox->spiff()->prepareOrder($sandbox->order('psr-4'));
    $request = $call->toPsr7(new Stub\Factory(), new Stub\Factory());
    same([$request->getMethod(), $request->getUri(), (string) $request->getBody()], [$call->method, $call->url, $call->body], 'request');
    same(array_map(static fn($values) => $values[0], $request->getHeaders()), $call->headers, 'headers');
    raises(OutcomeUnknown::class, static fn() => $call->readPsr7(new Stub\Message('', '', 200, new Stub\Stream('', true))), 'interrupted');
    raises(NotPlaced::class, static fn() => $call->readPsr7((new Stub\Message('', '', 429))->withHeader('Retry-After', '3')), 'throttled');
});

foreach (array_keys($sandbox->ready['env']) as $name) {
    putenv($name);
}
