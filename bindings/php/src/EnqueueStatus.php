<?php
// What became of an order that was enqueued.

declare(strict_types=1);

namespace Countersign;

/** What became of an order that was enqueued: {@see Enqueued::$status}. */
enum EnqueueStatus: string
{
    /** It is in the outbox now. */
    case New = 'new';

    /** It was there already. */
    case Known = 'known';

    /** It was there with other goods or data, not yet sent: these took their place. */
    case Replaced = 'replaced';

    /** It had been cancelled or refused, and waits again. */
    case Revived = 'revived';

    /** It was there with other goods, and it is too late to change them: a person must look. The outbox remembers it. */
    case Conflict = 'conflict';

    /** Another account has an order with this id: nothing was written. */
    case Elsewhere = 'elsewhere';
}
