<?php
// A signature that must not be believed.

declare(strict_types=1);

namespace Countersign\Exception;

/**
 * A request or delivery is not what a holder of the secret sent, or is out of its time. {@see $kind} says which:
 * malformed, unknown_key, mismatch, date_missing, date_malformed, too_old, in_the_future. Answer it with status 401.
 */
final class VerificationFailed extends CountersignException
{
}
