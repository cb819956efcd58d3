<?php
// The order breaks rules; nothing was sent.

declare(strict_types=1);

namespace Countersign\Exception;

/** The order breaks rules: {@see $problems} names every one with its path. Nothing was sent. */
final class InvalidOrder extends NotPlaced
{
}
