<?php
// Runs every test of the PHP binding: php bindings/php/tests/run.php
// With names of files, such as `vectors signing`, those alone.
//
// Environment: COUNTERSIGN_LIBRARY, the path of libcountersign.so; COUNTERSIGN_BIN, that of the countersign command, for
// its sandbox; COUNTERSIGN_TEST, to run only tests whose name holds this text.

declare(strict_types=1);

error_reporting(E_ALL);
ini_set('display_errors', 'stderr');
ini_set('zend.exception_ignore_args', '0'); // traces show arguments, so that a leak would show
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if ((error_reporting() & $level) !== 0) {
        throw new ErrorException($message, 0, $level, $file, $line);
    }
    return true;
});

require __DIR__ . '/support.php';

foreach (['COUNTERSIGN_LIBRARY', 'COUNTERSIGN_BIN'] as $name) {
    $path = realpath((string) getenv($name));
    if ($path === false || !is_file($path)) {
        fwrite(STDERR, "$name must name a file that is there.\n");
        exit(2);
    }
    putenv("$name=$path");
}

$named = array_slice($argv, 1);
foreach (glob(__DIR__ . '/*.test.php') ?: [] as $file) {
    if ($named !== [] && !in_array(basename($file, '.test.php'), $named, true)) {
        continue;
    }
    $began = hrtime(true);
    $before = Tally::$passed + Tally::$failed;
    require $file;
    printf("%-24s %5d tests %7.1f s\n", basename($file), Tally::$passed + Tally::$failed - $before, (hrtime(true) - $began) / 1e9);
}
if (Tally::$passed === 0 && Tally::$failed === 0) {
    Tally::fail('no test ran');
}
printf("%d passed, %d failed\n", Tally::$passed, Tally::$failed);
exit(Tally::$failed === 0 ? 0 : 1);
