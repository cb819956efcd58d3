<?php
// What the clients of both platforms offer: orders, and every operation by its name.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Exception\InvalidOrder;
use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;

/** Orders, and operations by name; the methods of a client are made of them. */
interface ClientInterface
{
    /**
     * Places an order, once.
     *
     * @param array<string, mixed>|object|string $order as the platform's interface shows it; a text is JSON already
     * @throws InvalidOrder every rule it breaks; nothing was sent
     * @throws NotPlaced it was certainly not placed
     * @throws OutcomeUnknown it may have been placed: its next step says how to find out. Never send it again
     */
    public function placeOrder(array|object|string $order): PlacedOrder;

    /**
     * Prepares an order for HTTP of your own.
     *
     * @param array<string, mixed>|object|string $order as for {@see placeOrder}
     * @param int|null $now when it is signed, in seconds since 1970; null for the clock
     * @throws InvalidOrder
     */
    public function prepareOrder(array|object|string $order, ?int $now = null): PreparedCall;

    /**
     * Runs an operation: prepares it, sends it, reads the reply. {@see operations} lists them.
     *
     * @param array<mixed>|object|string|null $input the operation's members; a text is JSON already
     * @return mixed the answer, with objects as arrays
     * @throws CountersignException
     */
    public function run(string $operation, array|object|string|null $input = null): mixed;

    /**
     * Prepares an operation without sending it, for HTTP of your own.
     *
     * @param array<mixed>|object|string|null $input the operation's members; a text is JSON already
     * @param int|null $now when it is signed, in seconds since 1970; null for the clock
     * @throws CountersignException
     */
    public function prepare(string $operation, array|object|string|null $input = null, ?int $now = null): PreparedCall;

    /**
     * Every operation of this platform.
     *
     * @return list<array{name: string, effect: string, input: string}> effect: "read", "change" or "order"
     */
    public function operations(): array;

    /**
     * The same client with another time limit for a whole call. Connections are shared.
     *
     * @param float $seconds more than 0, at most 86400
     * @throws CountersignException kind invalid_argument
     */
    public function withTimeout(float $seconds): static;
}
