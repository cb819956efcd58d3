<?php
// A first order: php first-order.php ORDER_ID TRANSACTION_ID
//
// Credentials by the environment: COUNTERSIGN_SPIFF_ACCESS_KEY, COUNTERSIGN_SPIFF_SECRET_KEY, COUNTERSIGN_SPIFF_REGION.
// Exit codes as those of the countersign command: 0 placed, 1 not placed, 2 usage, 3 unknown.

declare(strict_types=1);

use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Spiff;

$composer = __DIR__ . '/../../../autoload.php';
require is_file($composer) ? $composer : __DIR__ . '/../autoload.php';

if ($argc !== 3) {
    fwrite(STDERR, "usage: php first-order.php ORDER_ID TRANSACTION_ID\n");
    exit(2);
}
$order = [
    'externalId' => $argv[1],
    'paid' => true,
    'orderItems' => [['amountToOrder' => 1, 'transactionId' => $argv[2]]],
];

try {
    $placed = Spiff::fromEnv()->placeOrder($order);
    echo 'placed: ', $placed->id ?? 'without an id', "\n";
} catch (OutcomeUnknown $doubt) {
    // It may exist. Keep sentAt with the order, and settle it later instead of sending it again.
    echo "unknown: {$doubt->getMessage()} Settle it from ", gmdate('H:i:s', $doubt->settleAfter), " UTC on; sent at {$doubt->sentAt}.\n";
    exit(3);
} catch (NotPlaced $refused) {
    echo 'not placed', $refused->retryable ? ', try again later' : '', ": {$refused->getMessage()} {$refused->nextStep}\n";
    exit(1);
}
