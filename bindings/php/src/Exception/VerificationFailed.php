<?php
// A signature that must not be believed.

declare(strict_types=1);

namespace Countersign\Exception;

/**
 * A request or delivery is not what a holder of the secret sent, or is out of its time. {@see $kind} says which:
 * Malformed, UnknownKey, Mismatch, DateMissing, DateMalformed, TooOld, InTheFuture. Answer it with status 401.
 */
final class VerificationFailed extends CountersignException
{
}
