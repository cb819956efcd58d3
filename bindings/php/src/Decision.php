<?php
// What a person decides about an order.

declare(strict_types=1);

namespace Countersign;

/** What a person decides about an order: {@see Outbox::resolve}. */
enum Decision: string
{
    /** The platform has it. */
    case Placed = 'placed';

    /** Try it again. What is in doubt is read back first, where the platform has a read. */
    case Retry = 'retry';

    /** Give it up. */
    case Drop = 'drop';
}
