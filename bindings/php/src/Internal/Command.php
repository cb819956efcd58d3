<?php
// The command `countersign`: where it is installed, and how this process becomes it.

declare(strict_types=1);

namespace Countersign\Internal;

/** @internal */
final class Command
{
    public const INSTALL = 'Install it (`pip install countersign-orders-cli`, or `npm install --save-dev countersign-cli`), or say where it is in COUNTERSIGN_BIN.';

    /** The process that has passed on: it would go in circles if it came here again. */
    private const PASSED_ON = 'COUNTERSIGN_PASSED_ON';

    /** Its path: what COUNTERSIGN_BIN says, else the first on the PATH that is not this package's own script. Null: it is not installed. */
    public static function find(): ?string
    {
        $named = (string) getenv('COUNTERSIGN_BIN');
        if ($named !== '') {
            return $named;
        }
        foreach (explode(PATH_SEPARATOR, (string) getenv('PATH')) as $folder) {
            $file = "$folder/countersign";
            if ($folder !== '' && is_file($file) && is_executable($file) && !self::isScript($file)) {
                return $file;
            }
        }
        return null;
    }

    /**
     * Becomes the command, with these arguments: standard streams, signals and exit code are the command's. Where PHP cannot (without the extension
     * pcntl), it waits for it.
     *
     * @param list<string> $arguments
     */
    public static function become(string $command, array $arguments): never
    {
        if (getenv(self::PASSED_ON) === (string) getmypid() || self::isScript($command)) {
            self::fail("$command leads back to this script. Name the command itself in COUNTERSIGN_BIN.");
        }
        if (!is_file($command) || !is_executable($command)) {
            self::fail("COUNTERSIGN_BIN names $command, which cannot be run. Correct it, or unset it.");
        }
        putenv(self::PASSED_ON . '=' . getmypid());
        if (function_exists('pcntl_exec')) {
            @pcntl_exec($command, $arguments);
            self::fail("$command cannot be run: " . pcntl_strerror(pcntl_get_last_error()) . '. Is it for this platform?');
        }
        if (!function_exists('proc_open')) {
            self::fail("PHP may not start programs here (disable_functions): run $command yourself.");
        }
        $process = @proc_open([$command, ...$arguments], [STDIN, STDOUT, STDERR], $pipes);
        if ($process === false) {
            self::fail("$command cannot be run. Is it for this platform?");
        }
        while (($state = proc_get_status($process))['running']) {
            usleep(10_000);
        }
        exit($state['signaled'] ? 128 + $state['termsig'] : $state['exitcode']);
    }

    /** Whether it is this package's own script, that of another project, or Composer's way to one. */
    private static function isScript(string $file): bool
    {
        return preg_match('~^#!.*\bphp.*\n[\s\S]*\bbin/countersign\b~', (string) @file_get_contents($file, length: 1024)) === 1;
    }

    private static function fail(string $sentence): never
    {
        fwrite(STDERR, "countersign: $sentence\n");
        exit(1);
    }
}
