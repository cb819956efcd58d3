<?php
// The state of this host: what the library needs of PHP, and what is there.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\LibraryUnavailable;
use Countersign\Internal\Library;

/** What this PHP offers. The command line and php-fpm read different settings: ask each by itself. */
final class Host
{
    /**
     * The whole picture; never throws.
     *
     * @param string|null $library the path of libcountersign.so; null to look for it
     * @return array{ok: bool, package: string, php: string, sapi: string, ini: string|null, extension: bool, ffi_enable: string, ffi_preload: string, opcache_preload: string, preloaded: bool, bundled: string, library: string|null, version: string|null, abi: int|null, abi_needed: int, reason: string|null, message: string}
     *         reason: that of {@see LibraryUnavailable}, or "php_too_old"; message: what to do, or that all is well
     */
    public static function state(?string $library = null): array
    {
        $state = [
            'ok' => false,
            'package' => Library::VERSION,
            'php' => PHP_VERSION,
            'sapi' => PHP_SAPI,
            'ini' => php_ini_loaded_file() ?: null,
            'extension' => extension_loaded('ffi'),
            'ffi_enable' => (string) ini_get('ffi.enable'),
            'ffi_preload' => (string) ini_get('ffi.preload'),
            'opcache_preload' => (string) ini_get('opcache.preload'),
            'preloaded' => self::isPreloaded(),
            'bundled' => Library::bundled(),
            'library' => null,
            'version' => null,
            'abi' => null,
            'abi_needed' => Library::ABI,
            'reason' => null,
            'message' => '',
        ];
        if (PHP_VERSION_ID < 80200 || PHP_INT_SIZE < 8) {
            $state['reason'] = 'php_too_old';
            $state['message'] = 'PHP 8.2 or newer is needed, 64 bits wide.';
            return $state;
        }
        try {
            $native = Library::get($library);
        } catch (LibraryUnavailable $fault) {
            $state['reason'] = $fault->reason;
            $state['message'] = $fault->getMessage();
            return $state;
        }
        $state['ok'] = true;
        $state['library'] = $native->origin;
        $state['version'] = $native->version();
        $state['abi'] = $native->abi();
        $state['message'] = 'The library is ready.';
        return $state;
    }

    /**
     * The header for ffi.preload, naming an exact library file. PHP reads its two directives only where they come first.
     *
     * @param string $library the absolute path of libcountersign.so
     */
    public static function preloadHeader(string $library): string
    {
        $text = (string) preg_replace('~^(//|#define).*\n~m', '', (string) file_get_contents(Library::header()));
        return "#define FFI_SCOPE \"COUNTERSIGN\"\n#define FFI_LIB \"$library\"\n\n" . ltrim($text);
    }

    /** Whether this package's classes were preloaded when php-fpm started. */
    private static function isPreloaded(): bool
    {
        $status = function_exists('opcache_get_status') ? @opcache_get_status(false) : false;
        return in_array(Library::class, $status['preload_statistics']['classes'] ?? [], true);
    }
}
