<?php
// What a delivery of the platform did.

declare(strict_types=1);

namespace Countersign;

/** What a delivery did that {@see Outbox::notify} was given. */
enum Notified: string
{
    /** The order is placed now, or was already. */
    case Placed = 'placed';

    /** The outbox has no such order. */
    case Unknown = 'unknown';

    /** It is about another topic, or about an earlier order with the same id. */
    case Ignored = 'ignored';
}
