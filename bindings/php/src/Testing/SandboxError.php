<?php
// What the sandbox of a test cannot do.

declare(strict_types=1);

namespace Countersign\Testing;

/**
 * The sandbox cannot be started, has ended, or refused what it was told; the message says what to do. It is no
 * {@see \Countersign\Exception\CountersignException}, so that a shop under test does not catch it.
 */
final class SandboxError extends \RuntimeException
{
}
