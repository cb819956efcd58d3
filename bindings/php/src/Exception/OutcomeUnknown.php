<?php
// The exception that must never be answered by sending the order again.

declare(strict_types=1);

namespace Countersign\Exception;

/**
 * The order, or other change, may have been made: the reply did not arrive or does not say.
 *
 * Keep {@see $sentAt} with the order and ask `settle($order, sentAt: $sentAt)` from {@see $settleAfter} on. Never place
 * the order again before it is settled as absent.
 */
final class OutcomeUnknown extends CountersignException
{
}
