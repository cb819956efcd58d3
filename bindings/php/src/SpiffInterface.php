<?php
// The client of Spiff Commerce as an interface: what a shop asks for, and what its tests mock.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Exception\OutcomeUnknown;

/**
 * Places orders at Spiff Commerce and reads them back; {@see Spiff} does it.
 *
 * An order, on every wire (PHP floats are refused as amounts, also 2.0: cast to int):
 *
 * ```
 * array{
 *   externalId: string,                       // your id of the order
 *   paid: bool,                               // no default: say what is true
 *   orderItems: list<array{amountToOrder: int, transactionId?: string, bundleId?: string}>,
 *   externalData?: array<string, mixed>,      // addresses, note, … as the platform names them
 *   extra?: array<string, mixed>,             // passed through untouched
 * }
 * ```
 */
interface SpiffInterface extends ClientInterface, SpiffOperationsInterface
{
    /**
     * Finds out whether an order in doubt was placed, by reading its designs back.
     *
     * @param array<string, mixed>|object|string $order the order that was placed
     * @param int $sentAt what {@see OutcomeUnknown::$sentAt} said
     * @param int|null $firstAbsentAt what an earlier {@see Settlement} said
     * @throws CountersignException those of a read; the order is as much in doubt as before
     */
    public function settle(array|object|string $order, int $sentAt, ?int $firstAbsentAt = null): Settlement;

    /**
     * One harmless read that tells whether credentials, address and clock are right.
     *
     * @return array{integration: mixed, skew: int|null, attempt: array<string, mixed>} skew: the platform's clock minus
     *         ours, in seconds
     * @throws CountersignException what is wrong
     */
    public function check(): array;

    /**
     * Waits until a run of a flow has ended, well (completedAt) or not (failedAt), and answers it. That the two fields say
     * so is unverified: a first-party client relies on it.
     *
     * @param int $timeout seconds to wait at most
     * @param int $interval seconds between two looks
     * @param string|null $select fields of ProcessExecution
     * @return array<string, mixed> a ProcessExecution
     * @throws CountersignException timeout if it has not ended by then; those of a read
     */
    public function processExecutionWait(string $id, int $timeout = 60, int $interval = 2, ?string $select = null): array;

    /**
     * Any GraphQL document.
     *
     * @param array<string, mixed>|object $variables
     * @return mixed the answer's data
     * @throws CountersignException graphql_refused, graphql_errors and so on; for a mutation with its outcome
     */
    public function graphql(string $query, array|object $variables = [], ?string $operationName = null): mixed;

    /**
     * The same client for a partner, or with write access to one transaction or bundle. Connections are shared.
     *
     * @throws CountersignException kind invalid_argument
     */
    public function actingFor(?string $partnerId = null, ?string $transactionOwnerId = null, ?string $bundleOwnerId = null): self;
}
