<?php
// What is known of an order that failed.

declare(strict_types=1);

namespace Countersign;

/** What is known of an order, or other change, that failed: {@see Exception\CountersignException::$outcome}. */
enum Outcome: string
{
    /** It was certainly not made. */
    case NotPlaced = 'not_placed';

    /** It may have been made: settle it, and never send it again. */
    case Unknown = 'unknown';
}
