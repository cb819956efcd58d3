<?php
// What holds credentials is neither copied nor serialised.

declare(strict_types=1);

namespace Countersign\Internal;

/** @internal */
trait Guarded
{
    private function __clone()
    {
    }

    /** @return never */
    public function __serialize(): array
    {
        throw new \LogicException(static::class . ' holds credentials and cannot be serialised. Make it anew where it is used.');
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        throw new \LogicException(static::class . ' cannot be unserialised. Make it anew where it is used.');
    }
}
