<?php
// The client of Sign Customiser as an interface: what a shop asks for, and what its tests mock.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;

/**
 * Places orders at Sign Customiser and keeps its webhook subscriptions; {@see SignCustomiser} does it.
 *
 * In doubt wait for the order:created webhook with the same external_id.
 *
 * An order (prices are integers of minor units, see {@see SignCustomiser::minorUnits}; floats are refused):
 *
 * ```
 * array{
 *   integration_id: int, external_id: string, external_order_number: string, currency: string,
 *   products: list<array{external_id: string, quantity: int, price: int, ...}>,
 *   billing_address?: array<string, mixed>, shipping_address?: array<string, mixed>, ...
 * }
 * ```
 */
interface SignCustomiserInterface extends ClientInterface
{
    /**
     * One harmless read that tells whether token, address and clock are right.
     *
     * @return array{subscriptions: int, skew: int|null, attempt: array<string, mixed>} skew: the platform's clock minus
     *         ours, in seconds
     * @throws CountersignException what is wrong
     */
    public function check(): array;

    /** The webhook subscriptions of the account. */
    public function webhooks(): Webhooks;

    /**
     * Any request to the platform, such as `request('GET', '/api/v2/webhooks')`.
     *
     * @param array<mixed>|null $body sent as JSON
     * @return mixed the answer, with objects as arrays
     * @throws CountersignException
     */
    public function request(string $method, string $path, ?array $body = null): mixed;
}
