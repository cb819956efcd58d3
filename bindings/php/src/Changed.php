<?php
// An order that a drain changed.

declare(strict_types=1);

namespace Countersign;

/** An order whose state a drain changed. */
final readonly class Changed
{
    /**
     * @param string|null $reason why it is held
     * @param string|null $remoteId the platform's id of the order
     * @param string|null $why what happened, in words
     */
    public function __construct(
        public string $account,
        public string $externalId,
        public State $state,
        public ?string $reason,
        public ?string $remoteId,
        public ?string $why,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $record
     */
    public static function of(array $record): self
    {
        return new self(
            $record['account'],
            $record['external_id'],
            State::from($record['state']),
            $record['reason'] ?? null,
            $record['remote_id'],
            $record['why'] ?? null,
        );
    }
}
