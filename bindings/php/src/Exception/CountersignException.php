<?php
// The base of all exceptions of this package: what went wrong, what is known about the order, what to do next.

declare(strict_types=1);

namespace Countersign\Exception;

use Countersign\Kind;
use Countersign\Outcome;

/**
 * What failed, where, and what to do. Its message and everything it prints are free of secrets.
 *
 * Look at the class or at {@see $outcome} first: for {@see OutcomeUnknown} the order may have been placed; settle it,
 * and never send it again. {@see NotPlaced} is certain.
 */
class CountersignException extends \RuntimeException implements \JsonSerializable
{
    /**
     * What kind of failure it is. Null for a kind that the library knows and this package, being older, does not: its number
     * is the exception's code, its name is in {@see jsonSerialize}.
     */
    public readonly ?Kind $kind;

    /** What a record says of what it does not name. */
    private const NOTHING = [
        'kind' => 'internal', 'number' => 0, 'band' => 'library', 'message' => '', 'next_step' => '', 'problems' => [],
        'outcome' => null, 'retryable' => false, 'status' => null, 'request_id' => null, 'retry_after' => null,
        'sent_at' => null, 'settle_after' => null, 'attempt' => null, 'attempts' => [],
    ];

    /** @var array<string, mixed> the error as the core writes it */
    private readonly array $record;

    /** For orders and other changes what is known of them; null for reads and for what sends nothing. */
    public readonly ?Outcome $outcome;

    /** Whether the same call may simply be made again later. Never true when the outcome is unknown. */
    public readonly bool $retryable;

    /** @var list<array{path: string, code: string, message: string}> every problem of a refused input */
    public readonly array $problems;

    /** The HTTP status, when a reply arrived. */
    public readonly ?int $status;

    /** @var array<string, mixed>|null the record of the last attempt, for a log: method, URL without query, status, milliseconds … */
    public readonly ?array $attempt;

    /** @var list<array<string, mixed>> the records of all attempts of the call */
    public readonly array $attempts;

    /** When the request was signed, in seconds since 1970, for an unknown outcome: give it to settle(). */
    public readonly ?int $sentAt;

    /** From when on settle() may answer "absent", in seconds since 1970, for an unknown outcome. */
    public readonly ?int $settleAfter;

    /** What to do about it, in one sentence. */
    public readonly string $nextStep;

    /** How many seconds the platform asks to wait. */
    public readonly ?int $retryAfter;

    /** The platform's id of the request. */
    public readonly ?string $requestId;

    /** The first 64 KiB of the reply's body: any bytes, perhaps personal data. Do not log it unasked. */
    public readonly ?string $body;

    /**
     * @param array{message: string, kind?: string, number?: int, band?: string, next_step?: string, problems?: list<array{path: string, code: string, message: string}>, outcome?: string|null, retryable?: bool, status?: int|null, request_id?: string|null, retry_after?: int|null, sent_at?: int|null, settle_after?: int|null, attempt?: array<string, mixed>|null, attempts?: list<array<string, mixed>>} $record
     *        the error as the core writes it
     */
    public function __construct(array $record, ?string $body = null, ?\Throwable $previous = null)
    {
        $this->outcome = self::outcome($record);
        $this->record = $record = array_replace(self::NOTHING, $record, ['outcome' => $this->outcome?->value]);
        parent::__construct($record['message'], $record['number'], $previous);
        $this->kind = Kind::tryFrom($record['kind']);
        $this->nextStep = $record['next_step'];
        $this->problems = $record['problems'];
        $this->retryable = $record['retryable'];
        $this->status = $record['status'];
        $this->requestId = $record['request_id'];
        $this->retryAfter = $record['retry_after'];
        $this->sentAt = $record['sent_at'];
        $this->settleAfter = $record['settle_after'];
        $this->attempt = $record['attempt'];
        $this->attempts = $record['attempts'];
        $this->body = $body;
        // The place to look at is the caller's line, not where this package makes its exceptions.
        $package = dirname(__DIR__);
        foreach ($this->getTrace() as $frame) {
            if (isset($frame['file'], $frame['line']) && !str_starts_with($frame['file'], $package)) {
                [$this->file, $this->line] = [$frame['file'], $frame['line']];
                break;
            }
        }
    }

    /**
     * The exception of the class that fits: by outcome first, then by kind.
     *
     * @internal
     * @param array<string, mixed> $record as for the constructor
     */
    public static function of(array $record, ?string $body = null, ?\Throwable $previous = null): self
    {
        $outcome = self::outcome($record);
        return match (true) {
            $outcome === Outcome::Unknown => new OutcomeUnknown($record, $body, $previous),
            ($record['kind'] ?? '') === Kind::InvalidOrder->value => new InvalidOrder($record, $body, $previous),
            $outcome === Outcome::NotPlaced => new NotPlaced($record, $body, $previous),
            ($record['band'] ?? '') === 'signature' => new VerificationFailed($record, $body, $previous),
            default => new self($record, $body, $previous),
        };
    }

    /**
     * What this package itself refuses, where the library is not asked; nothing was sent.
     *
     * @internal
     */
    public static function refusal(
        Kind $kind,
        string $message,
        string $nextStep = 'Correct the argument that the message names; nothing was sent.',
    ): self {
        return self::of([
            'kind' => $kind->value,
            'number' => $kind->number(),
            'message' => $message,
            'next_step' => $nextStep,
        ]);
    }

    /** @param array<string, mixed> $record */
    private static function outcome(array $record): ?Outcome
    {
        $name = $record['outcome'] ?? null;
        // Another word than these leaves it in doubt.
        return $name === null ? null : Outcome::tryFrom($name) ?? Outcome::Unknown;
    }

    /** @return array<string, mixed> everything but the reply's body */
    public function jsonSerialize(): array
    {
        return $this->record;
    }

    /** @return array<string, mixed> for var_dump and print_r: of the body only its length, of the trace only its lines */
    public function __debugInfo(): array
    {
        return $this->jsonSerialize() + [
            'body' => $this->body === null ? null : strlen($this->body) . ' bytes',
            'file' => $this->getFile() . ':' . $this->getLine(),
            'trace' => $this->getTraceAsString(),
        ];
    }
}
