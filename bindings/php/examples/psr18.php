<?php
// An order through a PSR-18 client of one's own. Configure it without redirects and with a time limit.

declare(strict_types=1);

use Countersign\PlacedOrder;
use Countersign\Spiff;
use Psr\Http\Client\ClientExceptionInterface;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\StreamFactoryInterface;

/**
 * @param array<string, mixed> $order
 * @throws Countersign\Exception\NotPlaced|Countersign\Exception\OutcomeUnknown
 */
function place_with(ClientInterface $http, RequestFactoryInterface $requests, StreamFactoryInterface $streams, Spiff $spiff, array $order): PlacedOrder
{
    $call = $spiff->prepareOrder($order);
    try {
        $response = $http->sendRequest($call->toPsr7($requests, $streams));
    } catch (ClientExceptionInterface) {
        // PSR-18 does not tell whether bytes left, and clients differ in the class they throw: the outcome is unknown.
        $call->failed();
    }
    return $call->readPsr7($response);
}
