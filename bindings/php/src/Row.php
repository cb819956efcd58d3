<?php
// One order as the outbox shows it.

declare(strict_types=1);

namespace Countersign;

/** One order in the outbox. Its body, which may hold personal data, is there only where it was asked for. */
final readonly class Row
{
    /**
     * @param string $account the account that it is for
     * @param string $externalId the shop's id of the order; empty once it is forgotten
     * @param string|null $reason why it is held
     * @param list<string> $flags what else is to be known, such as possible_duplicate; docs/outbox.md lists them
     * @param string|null $remoteId the platform's id of the order
     * @param int|null $dueAt when something is done about it next, in seconds since 1970
     * @param int $sends how often it was sent
     * @param int $createdAt in seconds since 1970
     * @param int $updatedAt in seconds since 1970
     * @param int|null $firstSentAt when it was sent first, in milliseconds since 1970; null in a list, like the next
     * @param int|null $lastSentAt when it was sent last
     * @param list<array<string, mixed>>|null $history what happened to it, the oldest first, with times in milliseconds since
     *        1970; null in a list
     * @param string|null $body the order as it is sent; null unless asked for
     */
    public function __construct(
        public string $account,
        public string $externalId,
        public State $state,
        public ?string $reason,
        public array $flags,
        public ?string $remoteId,
        public ?int $dueAt,
        public int $sends,
        public int $createdAt,
        public int $updatedAt,
        public ?int $firstSentAt = null,
        public ?int $lastSentAt = null,
        public ?array $history = null,
        public ?string $body = null,
    ) {
    }

    /** Whether a person must look: it is held, or the outbox found something that it cannot mend. */
    public function isAlert(): bool
    {
        return $this->state === State::Held
            || array_intersect($this->flags, ['conflict', 'possible_duplicate', 'cancel_at_platform', 'placed_after_its_end']) !== [];
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
            $record['flags'],
            $record['remote_id'],
            $record['due_at'],
            $record['sends'],
            $record['created_at'],
            $record['updated_at'],
            $record['first_sent_at'] ?? null,
            $record['last_sent_at'] ?? null,
            $record['history'] ?? null,
            $record['body'] ?? null,
        );
    }
}
