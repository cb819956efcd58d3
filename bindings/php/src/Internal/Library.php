<?php
// Finds the shared library, checks it, calls it, and turns its errors into exceptions: \FFI is touched here, and for the
// hot call in Signer::authorization.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;
use Countersign\Exception\LibraryUnavailable;

/**
 * The loaded library. Nothing happens before the first {@see get}, so that autoloading never needs FFI.
 *
 * @internal
 */
final class Library
{
    /** The number of the binary interface that this package speaks: it is in the library's SONAME. */
    public const ABI = 0;

    /** The version of this package. Read from this very file when a stale preload is suspected: keep it on one line. */
    public const VERSION = '0.1.0';

    public const SONAME = 'libcountersign.so.0';

    /** Written for "now", "the default" and "absent" in the C interface. */
    public const NOW = -1;
    public const DEFAULT = -1;
    public const ABSENT = -1;
    public const ANY_DATE = -2;

    private static ?self $loaded = null;

    /** @var array<string, \FFI\CData> functions by name, in the form that answers pointers instead of strings */
    private array $pointers = [];

    /** Reused for every length that C writes. */
    private readonly \FFI\CData $length;
    private readonly \FFI\CData $lengthAddress;

    private function __construct(private readonly \FFI $ffi, public readonly string $origin)
    {
        $this->length = $ffi->new('size_t');
        $this->lengthAddress = \FFI::addr($this->length);
    }

    /**
     * The library, loaded at the first call of a process (of a request, under php-fpm).
     *
     * @param string|null $path an exact file to load; null for the environment, a preloaded scope, the package
     *                          countersign/library and the system's loader, in this order
     * @throws LibraryUnavailable
     */
    public static function get(?string $path = null): self
    {
        if (self::$loaded !== null) {
            if ($path !== null && $path !== self::$loaded->origin && realpath($path) !== realpath(self::$loaded->origin)) {
                throw new LibraryUnavailable(
                    'library_unusable',
                    'The library ' . self::$loaded->origin . " is in use already; it cannot be exchanged for $path."
                    . ' Name the library before its first use, and the same one everywhere.',
                );
            }
            return self::$loaded;
        }
        return self::$loaded = self::load($path);
    }

    /** Whether the library was loaded already. */
    public static function isLoaded(): bool
    {
        return self::$loaded !== null;
    }

    /** The file that the package countersign/library has for this machine, whether it is there or not. */
    public static function bundled(): string
    {
        $composer = \Composer\InstalledVersions::class;
        // Without Composer it lies beside this package, as it does under vendor/.
        $companion = class_exists($composer) && $composer::isInstalled('countersign/library')
            ? (string) realpath((string) $composer::getInstallPath('countersign/library'))
            : dirname(__DIR__, 3) . '/library';
        $machine = match (strtolower(php_uname('m'))) {
            'x86_64', 'amd64' => 'x86_64',
            'aarch64', 'arm64' => 'aarch64',
            default => strtolower(php_uname('m')),
        };
        $file = match (PHP_OS_FAMILY) {
            'Darwin' => 'libcountersign.dylib',
            'Windows' => 'countersign.dll',
            default => 'libcountersign.so',
        };
        // A program of musl has musl's loader in its memory.
        $musl = str_contains((string) @file_get_contents('/proc/self/maps'), '/ld-musl-') ? '-musl' : '';
        return "$companion/lib/" . strtolower(PHP_OS_FAMILY) . "-$machine$musl/$file";
    }

    /** The header that describes the library to PHP's FFI. */
    public static function header(): string
    {
        return dirname(__DIR__, 2) . '/include/countersign.php.h';
    }

    /** @throws LibraryUnavailable */
    private static function load(?string $path): self
    {
        // A host may have the class and permit nothing of it (disable_classes).
        if (!method_exists('FFI', 'cdef')) {
            throw new LibraryUnavailable(
                'extension_missing',
                'PHP\'s extension "ffi" is missing (' . PHP_SAPI . ', PHP ' . PHP_VERSION . '). Install it (Debian and'
                . ' Ubuntu: part of php-common; Alpine: php-ffi; Docker: docker-php-ext-install ffi) and enable it with'
                . ' extension=ffi in php.ini.',
            );
        }
        $named = $path ?? (getenv('COUNTERSIGN_LIBRARY') ?: null);
        try {
            if ($named !== null) {
                return self::open([$named]);
            }
            $scope = self::scope();
            return $scope ?? self::open([self::bundled(), self::SONAME]);
        } catch (\FFI\Exception $fault) {
            throw self::refusal($fault);
        }
    }

    /** The scope that ffi.preload made when php-fpm started, if there is one. */
    private static function scope(): ?self
    {
        try {
            $ffi = \FFI::scope('COUNTERSIGN');
        } catch (\FFI\Exception $fault) {
            if (self::isRestriction($fault)) {
                throw $fault;
            }
            return null;
        }
        try {
            $abi = $ffi->countersign_abi_version();
            $version = $ffi->countersign_version();
            $fits = $abi === self::ABI;
            // A library of another version is welcome if it has every function that the header on the disk names.
            if ($fits && $version !== self::VERSION) {
                preg_match_all('/\b(countersign_\w+)\(/', (string) file_get_contents(self::header()), $functions);
                foreach ($functions[1] as $function) {
                    $ffi->$function;
                }
            }
        } catch (\FFI\Exception) {
            $fits = false;
        }
        if (!$fits) {
            throw new LibraryUnavailable(
                'stale_preload',
                'The library that ffi.preload loaded (version ' . ($version ?? 'unknown') . ', ABI ' . ($abi ?? 'unknown')
                . ') does not fit this package (version ' . self::VERSION . ', ABI ' . self::ABI . '): reload php-fpm,'
                . ' because what it preloaded is from before an upgrade.',
            );
        }
        return new self($ffi, 'ffi.preload');
    }

    /**
     * Opens the first of these files that loads.
     *
     * @param list<string> $places
     */
    private static function open(array $places): self
    {
        $failures = [];
        foreach ($places as $place) {
            if (str_contains($place, '/') && !is_file($place)) {
                $failures[] = "$place (no such file)";
                continue;
            }
            try {
                // The numbers first: a library of another ABI may lack the rest.
                $numbers = \FFI::cdef(
                    'uint32_t countersign_abi_version(void); const char *countersign_version(void);',
                    $place,
                );
            } catch (\FFI\Exception $fault) {
                if (self::isRestriction($fault)) {
                    throw $fault;
                }
                $failures[] = "$place (" . $fault->getMessage() . ')';
                continue;
            }
            $abi = $numbers->countersign_abi_version();
            $version = $numbers->countersign_version();
            if ($abi !== self::ABI) {
                throw self::misfit("The library $place has ABI number $abi (version $version); this package, version "
                    . self::VERSION . ', needs ' . self::ABI . '.');
            }
            self::keep($place);
            $text = (string) file_get_contents(self::header());
            try {
                return new self(\FFI::cdef((string) preg_replace('/^#define .*$/m', '', $text), $place), $place);
            } catch (\FFI\Exception $fault) {
                throw self::misfit("The library $place, version $version, does not fit this package, version "
                    . self::VERSION . ': ' . $fault->getMessage() . '.');
            }
        }
        throw new LibraryUnavailable(
            'library_not_found',
            'The library libcountersign was not found. Tried: ' . implode('; ', $failures) . '. Install it (`composer require'
            . ' countersign/library`, or `make install` in the repository), or set COUNTERSIGN_LIBRARY to the path of libcountersign.so.',
        );
    }

    /**
     * Keeps the library mapped until the process ends. PHP unloads it when a request ends, and a look-up of a host name
     * may still be running in it then.
     */
    private static function keep(string $place): void
    {
        if (PHP_OS_FAMILY !== 'Linux') {
            return;
        }
        try {
            // RTLD_LAZY | RTLD_NODELETE, as glibc and musl number them.
            \FFI::cdef('void *dlopen(const char *file, int flags);')->dlopen($place, 0x1 | 0x1000);
        } catch (\FFI\Exception) {
            // Without dlopen there is nothing to keep; the library works all the same.
        }
    }

    private static function isRestriction(\FFI\Exception $fault): bool
    {
        return str_contains($fault->getMessage(), 'ffi.enable');
    }

    private static function refusal(\FFI\Exception $fault): LibraryUnavailable
    {
        if (!self::isRestriction($fault)) {
            return new LibraryUnavailable('library_unusable', 'PHP\'s FFI failed: ' . $fault->getMessage() . '.');
        }
        $value = ini_get('ffi.enable');
        if (PHP_SAPI === 'cli-server') {
            return new LibraryUnavailable(
                'ffi_not_permitted',
                'PHP does not permit FFI here (php -S, ffi.enable=' . var_export($value, true) . '). Start it as: php -d ffi.enable=1 -S <address>.',
            );
        }
        $file = php_ini_loaded_file() ?: 'php.ini';
        $preload = dirname(__DIR__, 2) . '/preload.php';
        return new LibraryUnavailable(
            'ffi_not_permitted',
            'PHP does not permit FFI here (' . PHP_SAPI . ', ffi.enable=' . var_export($value, true) . "). Set in $file:"
            . " ffi.enable=preload, opcache.enable=1, opcache.preload=$preload and opcache.preload_user=<the pool's"
            . ' user>, and restart php-fpm; or ffi.enable=1, which permits FFI to all PHP code.',
        );
    }

    private static function misfit(string $message): LibraryUnavailable
    {
        $disk = preg_match("/const VERSION = '([^']*)'/", (string) @file_get_contents(__FILE__), $found) ? $found[1] : null;
        if ($disk !== null && $disk !== self::VERSION) {
            return new LibraryUnavailable(
                'stale_preload',
                "$message The package on the disk is version $disk, but PHP runs preloaded code of version "
                . self::VERSION . ': reload php-fpm.',
            );
        }
        $preloads = PHP_SAPI !== 'cli' && ((string) ini_get('opcache.preload') !== '' || (string) ini_get('ffi.preload') !== '');
        return new LibraryUnavailable(
            'library_unusable',
            "$message Install the library and the package of one version" . ($preloads ? ', and reload php-fpm.' : '.'),
        );
    }

    /** The version of the library, such as "0.1.0". */
    public function version(): string
    {
        return $this->ffi->countersign_version();
    }

    /** The number of the library's binary interface. */
    public function abi(): int
    {
        return $this->ffi->countersign_abi_version();
    }

    /**
     * Arguments as C takes them: each text with its length.
     *
     * @param array<mixed> $arguments
     * @return list<mixed>
     */
    private static function measured(#[\SensitiveParameter] array $arguments): array
    {
        $measured = [];
        foreach ($arguments as $argument) {
            $measured[] = $argument;
            if ($argument === null || is_string($argument)) {
                $measured[] = strlen((string) $argument);
            }
        }
        return $measured;
    }

    /** Calls a function that answers a plain value. Arguments are as for {@see run}. */
    public function plain(string $function, #[\SensitiveParameter] mixed ...$arguments): mixed
    {
        return $this->ffi->$function(...self::measured($arguments));
    }

    /**
     * Calls a function whose last arguments are `out` and `err`, and answers the handle it made.
     *
     * @param string $type the handle's type without `countersign_`; its `_free` frees it
     * @throws CountersignException
     */
    public function make(string $type, string $function, #[\SensitiveParameter] mixed ...$arguments): Handle
    {
        $out = $this->ffi->new("countersign_$type *");
        $this->run($function, ...[...$arguments, \FFI::addr($out)]);
        return new Handle($this, $type, $out);
    }

    /**
     * Calls a function whose last argument is `err`. Texts go without their lengths; null is a text that is absent.
     *
     * @throws CountersignException
     */
    public function run(string $function, #[\SensitiveParameter] mixed ...$arguments): void
    {
        $error = $this->ffi->new('countersign_error *');
        $status = $this->ffi->$function(...self::measured($arguments), ...[\FFI::addr($error)]);
        if ($status !== 0) {
            throw $this->error($status, $error);
        }
    }

    /** What a function says that always fails. */
    public function told(string $function, #[\SensitiveParameter] mixed ...$arguments): CountersignException
    {
        try {
            $this->run($function, ...$arguments);
        } catch (CountersignException $error) {
            return $error;
        }
        throw new \LogicException("$function must fail.");
    }

    /** A handle that there is not. */
    public function nothing(string $type): \FFI\CData
    {
        return $this->ffi->new("countersign_$type *");
    }

    /**
     * A text or bytes that a handle lends; null where there is none.
     *
     * @param \FFI\CData|null $handle
     */
    public function text(string $function, ?\FFI\CData $handle): ?string
    {
        $text = $this->ffi->$function($handle, $this->lengthAddress);
        // PHP ends `const char *` at the first NUL; bytes that hold one are fetched by their length.
        if ($text === null || strlen($text) === $this->length->cdata) {
            return $text;
        }
        $this->pointers[$function] ??= $this->ffi->cast('char *(*)(void *, size_t *)', $this->ffi->$function);
        return \FFI::string(($this->pointers[$function])($handle, $this->lengthAddress), $this->length->cdata);
    }

    /** Calls a function that makes a text, and answers that text. @throws CountersignException */
    public function textOf(string $function, #[\SensitiveParameter] mixed ...$arguments): string
    {
        return (string) $this->make('text', $function, ...$arguments)->text('countersign_text_data');
    }

    /** Calls a function that writes a number before its `err`. @throws CountersignException */
    public function numberOf(string $type, string $function, #[\SensitiveParameter] mixed ...$arguments): int
    {
        $out = $this->ffi->new($type);
        $this->run($function, ...[...$arguments, \FFI::addr($out)]);
        return $out->cdata;
    }

    /**
     * An array of signers for countersign_verify.
     *
     * @param non-empty-list<Handle> $handles
     */
    public function signers(array $handles): \FFI\CData
    {
        $array = $this->ffi->new('const countersign_signer *[' . count($handles) . ']');
        foreach ($handles as $at => $handle) {
            $array[$at] = $handle->pointer;
        }
        return $array;
    }

    /** A buffer of characters. */
    public function buffer(int $size): \FFI\CData
    {
        return $this->ffi->new("char[$size]");
    }

    /** The functions themselves, for {@see \Countersign\Signer::authorization} alone, which is too hot for a call more. */
    public function functions(): \FFI
    {
        return $this->ffi;
    }

    /** Why countersign_authorization refused: asks once more, with a place for the error. */
    public function refusedAuthorization(\FFI\CData $signer, string $head, string $body, \FFI\CData $out, int $size): CountersignException
    {
        $error = $this->ffi->new('countersign_error *');
        $length = $this->ffi->countersign_authorization(
            $signer,
            $head,
            strlen($head),
            $body,
            strlen($body),
            $out,
            $size,
            \FFI::addr($error),
        );
        return $this->error(-$length, $error);
    }

    /** Frees a handle. */
    public function free(string $type, \FFI\CData $pointer): void
    {
        $this->ffi->{"countersign_{$type}_free"}($pointer);
    }

    /** The exception for a status, with all that the error handle tells; frees the handle. */
    private function error(int $status, \FFI\CData $error): CountersignException
    {
        if (\FFI::isNull($error)) {
            return CountersignException::of([
                'kind' => $this->ffi->countersign_kind_name($status) ?? 'internal',
                'number' => $status,
                'message' => 'The library failed without saying why.',
            ]);
        }
        $handle = new Handle($this, 'error', $error);
        $record = Json::decode((string) $handle->text('countersign_error_json'));
        return CountersignException::of($record, $handle->text('countersign_error_body'));
    }
}
