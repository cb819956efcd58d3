<?php
// The answer of an enqueue.

declare(strict_types=1);

namespace Countersign;

/** What became of an order that was enqueued. */
final readonly class Enqueued
{
    /**
     * @param string $account the account that has it
     * @param string $externalId the shop's id of the order
     * @param State $state the state that it is in now
     */
    public function __construct(
        public EnqueueStatus $status,
        public string $account,
        public string $externalId,
        public State $state,
    ) {
    }

    /**
     * @internal
     * @param array{status: string, account: string, external_id: string, state: string} $record
     */
    public static function of(array $record): self
    {
        return new self(
            EnqueueStatus::from($record['status']),
            $record['account'],
            $record['external_id'],
            State::from($record['state']),
        );
    }
}
