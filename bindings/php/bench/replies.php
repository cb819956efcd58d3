<?php
// A reply of 1,000 orders beside PHP's own parser, in one run: php bindings/php/bench/replies.php
//
// Prints the time of one reading (median of rounds, candidates in turns) and the memory that the answer holds. Ours is a
// prepared call that reads the reply: status, envelope and errors judged, the answer parsed by the same json_decode. Exits 0
// all the same. COUNTERSIGN_LIBRARY names the library.

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

/** @return array<string, mixed> an order of two lines, with every field that is asked for unless told otherwise */
function order(int $n): array
{
    $line = static fn(int $k) => [
        'basePrice' => 2400 + $k, 'brochureLink' => null, 'createdAt' => '2026-11-20T10:20:30.000Z', 'customFields' => '{"engraving":"Sam"}',
        'externalId' => "$n-$k", 'id' => sprintf('5a000000-0000-4000-8000-%012d', $n * 10 + $k), 'integrationType' => 'WooCommerce',
        'previewImageLink' => "https://assets.us.spiffcommerce.com/previews/$n-$k.png", 'quantity' => 2, 'rejectedAt' => null,
        'shippingProviderStatus' => null, 'shippingProviderTrackingNumber' => null, 'shippingProviderTrackingUrl' => null,
        'sku' => 'MUG-BLACK', 'status' => 'Approved',
        'outputData' => [
            'sku' => 'MUG-BLACK', 'transactionId' => sprintf('5a000000-0000-4000-9000-%012d', $n * 10 + $k),
            'metadata' => [['name' => 'Front text', 'value' => 'Sam']], 'variantSelections' => [['stepTitle' => 'Colour', 'variantName' => 'Black']],
        ],
        'proxyOrder' => null, 'transaction' => ['id' => sprintf('5a000000-0000-4000-9000-%012d', $n * 10 + $k)],
    ];
    return [
        'createdAt' => '2026-11-20T10:20:30.000Z', 'externalId' => "$n", 'externalTags' => 'gift', 'id' => sprintf('5a000000-0000-4000-a000-%012d', $n),
        'internalId' => "INT-$n", 'paid' => true, 'lineItems' => [$line(1), $line(2)],
    ];
}

$body = (string) json_encode(['data' => ['orders' => array_map(order(...), range(1, 1000))]], JSON_UNESCAPED_SLASHES);
$spiff = new Countersign\Spiff(applicationKey: 'k', region: 'us');
$call = $spiff->prepare('graphql', ['query' => '{ orders(ids: []) { id } }']);
$candidates = [
    'json_decode' => static fn() => json_decode($body, true, 512, JSON_THROW_ON_ERROR),
    'ours' => static fn() => $call->read(200, ['content-type' => 'application/json'], $body),
];
$samples = $memory = [];
foreach ($candidates as $name => $read) {
    $before = memory_get_usage();
    $answer = $read();
    $memory[$name] = memory_get_usage() - $before;
    unset($answer);
}
for ($round = -2; $round < 61; $round++) {
    foreach ($candidates as $name => $read) {
        $began = hrtime(true);
        $read();
        if ($round >= 0) {
            $samples[$name][] = hrtime(true) - $began;
        }
    }
}
$median = static function (array $times): float {
    sort($times);
    return $times[intdiv(count($times), 2)];
};
$base = $median($samples['json_decode']);
printf("\nA reply of 1,000 orders (%d bytes), PHP %s\n%-12s %8s %8s %12s\n", strlen($body), PHP_VERSION, '', 'ms', 'ratio', 'KiB held');
foreach ($samples as $name => $times) {
    printf("%-12s %8.2f %8.2f %12d\n", $name, $median($times) / 1e6, $median($times) / $base, $memory[$name] / 1024);
}
