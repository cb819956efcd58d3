<?php
// Hosts as they are: without the extension, without permission, without the library, with another one, with a stale preload.

declare(strict_types=1);

use Countersign\Exception\LibraryUnavailable;
use Countersign\Internal\Library;

require_once __DIR__ . '/servers.php';

/** @return array{string, string} reason and message */
function refused(array $flags, array $env = []): array
{
    [$code, $out, $err] = child(TRY_IT, $flags, $env);
    same($code, 0, $err . $out);
    [$reason, $kind, $message] = explode('|', $out, 3) + ['', '', ''];
    same($kind, 'configuration', $out);
    return [$reason, $message];
}

test('every class loads where there is no FFI', static function (): void {
    $names = [];
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(__DIR__ . '/../src', FilesystemIterator::SKIP_DOTS)) as $file) {
        $names[] = 'Countersign\\' . strtr(substr($file->getPathname(), strlen(__DIR__ . '/../src/'), -4), '/', '\\');
    }
    holds(count($names) > 15, show($names));
    $code = 'foreach (' . var_export($names, true) . ' as $name) { if (!class_exists($name) && !trait_exists($name) && !interface_exists($name)) { echo $name; } } echo Countersign\Internal\Library::isLoaded() ? "loaded" : "quiet";';
    same(child($code, ['-n']), [0, 'quiet', ''], 'autoload');
});

test('the extension is missing', static function (): void {
    [$reason, $message] = refused(['-n']);
    same($reason, 'extension_missing', $message);
    contains($message, 'extension=ffi');
});

test('FFI is not permitted', static function (): void {
    [$reason, $message] = refused(['-d', 'ffi.enable=0']);
    same($reason, 'ffi_not_permitted', $message);
    foreach (['php.ini', 'ffi.enable=preload', 'opcache.preload=', 'preload.php', 'ffi.enable=1'] as $part) {
        contains($message, $part);
    }
});

test('the library is not found', static function (): void {
    [$reason, $message] = refused([], ['COUNTERSIGN_LIBRARY' => '/nowhere/libcountersign.so']);
    same($reason, 'library_not_found', $message);
    contains($message, '/nowhere/libcountersign.so (no such file)');
    $package = package('bare');
    $file = "$package/try.php";
    file_put_contents($file, "<?php require '$package/autoload.php'; " . TRY_IT);
    [, $out] = run([PHP_BINARY, $file], ['COUNTERSIGN_LIBRARY' => null, 'LD_LIBRARY_PATH' => null]);
    if (str_starts_with($out, 'library_not_found')) { // unless the library is installed on this system
        contains($out, dirname($package) . '/library/lib/');
        contains($out, 'libcountersign.so.0 (');
        contains($out, 'COUNTERSIGN_LIBRARY');
    }
    [$reason, $message] = refused([], ['COUNTERSIGN_LIBRARY' => __FILE__]);
    same($reason, 'library_not_found', $message);
});

test('bundled, by the system, by name', static function (): void {
    $package = package('bundled', true);
    $file = "$package/try.php";
    file_put_contents($file, "<?php require '$package/autoload.php'; " . TRY_IT);
    [, $out, $err] = run([PHP_BINARY, $file], ['COUNTERSIGN_LIBRARY' => null]);
    contains($out . $err, dirname($package) . '/library/lib/');
    $folder = scratch('system');
    copy(library(), "$folder/libcountersign.so.0");
    [, $out, $err] = child(TRY_IT, [], ['COUNTERSIGN_LIBRARY' => null, 'LD_LIBRARY_PATH' => $folder]);
    contains($out . $err, "\nlibcountersign.so.0");
    [, $out, $err] = child('echo Countersign\Host::state("' . library() . '")["message"];', [], ['COUNTERSIGN_LIBRARY' => '/nowhere']);
    same($out, 'The library is ready.', $err);
    Library::get();
    $fault = raises(LibraryUnavailable::class, static fn() => new Countersign\Signer('k', 's', library: '/another/libcountersign.so'));
    same($fault->reason, 'library_unusable', $fault->getMessage());
});

test('a library of another ABI, or without a function', static function (): void {
    [$reason, $message] = refused([], ['COUNTERSIGN_LIBRARY' => stub('abi7', sprintf(NUMBERS, 7, '9.0.0'))]);
    same($reason, 'library_unusable', $message);
    contains($message, 'ABI number 7');
    [$reason, $message] = refused([], ['COUNTERSIGN_LIBRARY' => stub('old', sprintf(NUMBERS, 0, '0.0.1'))]);
    same($reason, 'library_unusable', $message);
    contains($message, 'version 0.0.1');
});

test('a stale preload says what to do', static function (): void {
    foreach ([[7, '9.0.0'], [0, '0.0.1']] as [$abi, $version]) {
        $header = scratch('headers') . "/stale$abi.h";
        $library = stub("stale$abi", sprintf(NUMBERS, $abi, $version));
        file_put_contents($header, "#define FFI_SCOPE \"COUNTERSIGN\"\n#define FFI_LIB \"$library\"\nuint32_t countersign_abi_version(void);\nconst char *countersign_version(void);\n");
        [$reason, $message] = refused(['-d', "ffi.preload=$header"], ['COUNTERSIGN_LIBRARY' => null]);
        same($reason, 'stale_preload', $message);
        contains($message, 'reload php-fpm');
        contains($message, $version);
    }
    // The package was replaced on the disk while PHP runs what it read before.
    $package = package('replaced');
    $file = "$package/try.php";
    $source = "$package/src/Internal/Library.php";
    file_put_contents($file, "<?php require '$package/preload.php'; file_put_contents('$source', str_replace(\"VERSION = '\", \"VERSION = '9.\", file_get_contents('$source'))); " . TRY_IT);
    [, $out, $err] = run([PHP_BINARY, $file], ['COUNTERSIGN_LIBRARY' => stub('abi8', sprintf(NUMBERS, 8, '9.0.0'))]);
    contains($out . $err, 'stale_preload|');
    contains($out, 'reload php-fpm');
});

test('ffi.preload serves the command line too', static function (): void {
    [, $out, $err] = child(TRY_IT, ['-d', 'ffi.preload=' . header_for(library())], ['COUNTERSIGN_LIBRARY' => null]);
    contains($out . $err, "\nffi.preload");
});

test('check says the state, and its exit code', static function (): void {
    $command = dirname(__DIR__) . '/bin/countersign';
    [$code, $out, $err] = run([PHP_BINARY, $command, 'check']);
    same($code, 0, $out . $err);
    foreach (['PHP ', 'php.ini', 'ffi.enable', 'opcache.preload', 'cli', library(), 'ABI number', 'The library is ready.'] as $part) {
        contains($out, $part);
    }
    [$code, $out] = run([PHP_BINARY, $command, 'check', '--json', '--library', library()], ['COUNTERSIGN_LIBRARY' => null]);
    $state = json_decode($out, true);
    same([$code, $state['ok'], $state['abi'], $state['version'], $state['library']], [0, true, Library::ABI, Library::VERSION, library()], 'json');
    [$code, $out] = run([PHP_BINARY, '-n', $command, 'check']);
    same($code, 1, $out);
    contains($out, 'missing');
    [$code, $out] = run([PHP_BINARY, $command, 'check', '--json'], ['COUNTERSIGN_LIBRARY' => '/nowhere/x.so']);
    same([$code, json_decode($out, true)['reason']], [1, 'library_not_found'], $out);
    foreach ([[], ['nonsense'], ['check', '--nonsense'], ['check', '--library']] as $arguments) {
        same(run([PHP_BINARY, $command, ...$arguments])[0], 2, show($arguments));
    }
    // As Composer calls it.
    same(run([$command, 'check'])[0], 0, 'executable');
});

test('outbox schema prints what install() runs', static function (): void {
    $command = dirname(__DIR__) . '/bin/countersign';
    [$code, $out, $err] = run([PHP_BINARY, $command, 'outbox', 'schema', 'mysql', '--prefix', 'wp_'], ['COUNTERSIGN_LIBRARY' => library()]);
    same([$code, $err, substr_count($out, ";\n"), substr_count($out, 'CREATE TABLE IF NOT EXISTS wp_countersign_outbox')], [0, '', 4, 4], $out);
    // As it stands, it makes the tables that the outbox works with.
    $pdo = MariaDb::get()->pdo(database: MariaDb::get()->database('schema_printed'));
    foreach (explode(";\n", rtrim($out, ";\n")) as $statement) {
        $pdo->exec($statement);
    }
    $shown = static fn(PDO $pdo): array => array_map(
        static fn($table) => $pdo->query("SHOW CREATE TABLE $table")->fetchColumn(1),
        $pdo->query("SHOW TABLES LIKE 'wp\\_%'")->fetchAll(PDO::FETCH_COLUMN),
    );
    $installed = MariaDb::get()->pdo(database: MariaDb::get()->database('schema_installed'));
    (new Countersign\Outbox($installed, [], prefix: 'wp_'))->install();
    same($shown($pdo), $shown($installed), 'the same tables');
    // Who may not CREATE completes what a migration has made, and may say so again.
    $pdo->exec("CREATE USER IF NOT EXISTS 'clerk'@'%' IDENTIFIED BY 'clerk'; GRANT SELECT, INSERT, UPDATE, DELETE ON schema_printed.* TO 'clerk'@'%'");
    ['host' => $host, 'port' => $port] = MariaDb::get()->ready;
    $clerk = new Countersign\Outbox(new PDO("mysql:host=$host;port=$port;dbname=schema_printed", 'clerk', 'clerk'), [], prefix: 'wp_');
    $clerk->install();
    $clerk->install();
    same($clerk->check()->problems, [], 'complete');
    $sqlite = new PDO('sqlite::memory:');
    $sqlite->exec(run([PHP_BINARY, $command, 'outbox', 'schema', 'sqlite', '--library', library()], ['COUNTERSIGN_LIBRARY' => null])[1]);
    same($sqlite->query('SELECT COUNT(*) FROM countersign_outbox')->fetchColumn(), 0, 'sqlite');
    contains(run([PHP_BINARY, $command, 'outbox', 'schema', 'postgresql'])[1], 'GENERATED BY DEFAULT AS IDENTITY');
    [$code, $out] = run([PHP_BINARY, $command, 'outbox']);
    same($code, 0, $out);
    contains($out, 'countersign outbox schema mysql|postgresql|sqlite [--prefix P]');
    $wrong = [
        [['schema'], 'For which database'], [['schema', 'oracle'], 'There is no dialect oracle'],
        [['schema', 'mysql', '--prfix', 'x'], 'There is no option --prfix.'], [['schema', 'mysql', '--prefix'], '--prefix needs a value.'],
        [['schema', 'mysql', 'sqlite'], 'One dialect at a time'], [['schema', 'mysql', '--prefix', 'x; DROP'], 'prefix'],
    ];
    foreach ($wrong as [$arguments, $sentence]) {
        [$code, $out, $err] = run([PHP_BINARY, $command, 'outbox', ...$arguments]);
        same([$code, $out, str_contains($err, $sentence)], [2, '', true], show($arguments) . $err);
    }
    [$code, $out, $err] = run([PHP_BINARY, $command, 'outbox', 'schema', 'mysql', '--library', '/nowhere/x.so']);
    same([$code, $out, str_contains($err, '/nowhere/x.so')], [1, '', true], $err);
});
