<?php
// Errors for mocks: what a client would throw, made of its facts.

declare(strict_types=1);

namespace Countersign\Testing;

use Countersign\Exception\CountersignException;
use Countersign\Internal\Json;
use Countersign\Internal\Library;
use Countersign\Kind;
use Countersign\Outcome;

final class Errors
{
    /**
     * The exception that a client would throw, for a mock:
     * `$spiff->method('placeOrder')->willThrowException(Errors::of(Kind::Timeout))`. It is of the class that fits, and outcome,
     * `$retryable`, `$nextStep` and times follow from its kind and what it struck, as for a client's own.
     *
     * @param Outcome|null $outcome of an order or a change. `Timeout`, `Aborted` and `Internal` are unknown if nothing is said; of the
     *        others all but `Throttled` have one outcome alone
     * @param array{effect?: 'order'|'change'|'read'|null, message?: string, problems?: list<array{path: string, code: string, message: string}>, status?: int|null, request_id?: string|null, retry_after?: int|null, sent_at?: int|null, settle_after?: int|null, attempts?: list<array<string, mixed>>, body?: string, kind?: string, number?: int, outcome?: string|null, retryable?: bool, next_step?: string, attempt?: array<string, mixed>|null} $facts
     *        by their names in an exception's JSON, which makes the same exception. `effect` is what it struck: an order, if nothing is
     *        said; null for what sends nothing. Times are seconds; `body` is the reply's
     * @throws CountersignException `invalid_argument` for what is no fact or contradicts the others, such as a refused order that is
     *         retryable; `LibraryUnavailable` without the library, which alone knows what follows
     */
    public static function of(Kind $kind, ?Outcome $outcome = null, array $facts = []): CountersignException
    {
        $facts = ['kind' => $kind->value] + ($outcome === null ? [] : ['outcome' => $outcome->value]) + $facts;
        try {
            $json = Json::encode($facts);
        } catch (\JsonException $why) {
            throw CountersignException::refusal(Kind::InvalidArgument, "The facts cannot be written as JSON: {$why->getMessage()}.");
        }
        $made = Library::get()->told('countersign_fail', $json);
        $mistaken = $made->kind === Kind::InvalidArgument && str_starts_with($made->getMessage(), 'The error has ');
        return $mistaken ? throw $made : $made;
    }
}
