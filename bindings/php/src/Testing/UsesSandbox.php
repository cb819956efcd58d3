<?php
// For the test cases of PHPUnit: one sandbox for each process, as new for each test.

declare(strict_types=1);

namespace Countersign\Testing;

use PHPUnit\Framework\Attributes\Before;

/**
 * `use UsesSandbox;` in a TestCase, and {@see sandbox} has both platforms. It is started with the first test, and ends with the process.
 */
trait UsesSandbox
{
    protected static function sandbox(): Sandbox
    {
        return Sandbox::shared();
    }

    /**
     * What another test left in it is gone. Older releases of PHPUnit read the annotation, newer ones the attribute.
     *
     * @before
     */
    #[Before]
    protected function resetSandbox(): void
    {
        self::sandbox()->reset();
    }
}
