<?php
// The shared library cannot be used on this host as it is set up.

declare(strict_types=1);

namespace Countersign\Exception;

use Countersign\Kind;

/**
 * The shared library cannot be used here. The message says what to install or to set; `vendor/bin/countersign check`
 * and {@see \Countersign\Host::state} show the whole picture.
 */
final class LibraryUnavailable extends CountersignException
{
    /**
     * @param 'extension_missing'|'ffi_not_permitted'|'library_not_found'|'library_unusable'|'stale_preload' $reason
     */
    public function __construct(public readonly string $reason, string $message)
    {
        parent::__construct([
            'kind' => Kind::Configuration->value,
            'number' => Kind::Configuration->number(),
            'message' => $message,
            'next_step' => 'Run `vendor/bin/countersign check`; nothing was sent.',
        ]);
    }
}
