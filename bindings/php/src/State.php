<?php
// The states of an order in the outbox.

declare(strict_types=1);

namespace Countersign;

/** The state of an order in the outbox. */
enum State: string
{
    /** It waits to be sent. */
    case Pending = 'pending';

    /** It is being sent. */
    case Sending = 'sending';

    /** It may have been placed: it is being read back. */
    case Unknown = 'unknown';

    /** A person must look: {@see Row::$reason} says why. */
    case Held = 'held';

    /** The platform has it. Final. */
    case Placed = 'placed';

    /** The platform refused it. Final, until it is enqueued with other goods or a person says to try again. */
    case Rejected = 'rejected';

    /** The shop does not want it, and the platform does not have it. Final, until it is enqueued again. */
    case Cancelled = 'cancelled';

    /** Whether nothing happens any more by itself. */
    public function isFinal(): bool
    {
        return in_array($this, [self::Placed, self::Rejected, self::Cancelled], true);
    }
}
