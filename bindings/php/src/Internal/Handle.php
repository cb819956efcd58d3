<?php
// One handle of the C library: freed when PHP lets go of it, never copied, never written out.

declare(strict_types=1);

namespace Countersign\Internal;

/** @internal */
final class Handle
{
    public function __construct(
        public readonly Library $library,
        private readonly string $type,
        public readonly \FFI\CData $pointer,
    ) {
    }

    public function __destruct()
    {
        $this->library->free($this->type, $this->pointer);
    }

    /** A text that this handle lends, by the accessor's name. */
    public function text(string $accessor): ?string
    {
        return $this->library->text($accessor, $this->pointer);
    }

    private function __clone()
    {
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['handle' => $this->type];
    }

    /** @return never */
    public function __serialize(): array
    {
        throw new \LogicException('A handle of the Countersign library cannot be serialised.');
    }
}
