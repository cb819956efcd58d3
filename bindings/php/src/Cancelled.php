<?php
// How far a cancellation could go.

declare(strict_types=1);

namespace Countersign;

/** How far {@see Outbox::cancel} could go. */
enum Cancelled: string
{
    /** The platform does not have it, and will not get it. */
    case Cancelled = 'cancelled';

    /** It is under way or in doubt: cancelled as soon as it is known to be absent, and told where it is placed. */
    case Wanted = 'wanted';

    /** The platform has it: a person must cancel it there. */
    case Placed = 'placed';

    /** It had ended otherwise already. */
    case Ended = 'ended';

    /** There is no such order. */
    case Unknown = 'unknown';
}
