<?php
// The platform does not have the order, for certain.

declare(strict_types=1);

namespace Countersign\Exception;

/**
 * The order, or other change, was certainly not made. Whether trying again helps: {@see $retryable}.
 */
class NotPlaced extends CountersignException
{
}
