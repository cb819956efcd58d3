<?php
// What a read-back says about an order in doubt, in one word.

declare(strict_types=1);

namespace Countersign;

/** The verdict about an order whose outcome was unknown: {@see Settlement::$verdict}. */
enum Verdict: string
{
    /** The platform has it. */
    case Placed = 'placed';

    /** It does not: place the order again. */
    case Absent = 'absent';

    /** Not known yet: settle again at {@see Settlement::$againAt}; if that is null, a person must look. */
    case Unclear = 'unclear';
}
