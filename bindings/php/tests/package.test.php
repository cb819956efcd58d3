<?php
// The package itself: its copy of the header, its options, its files.

declare(strict_types=1);

use Countersign\Internal\Library;

test('the header is the one of include/, byte for byte', static function (): void {
    same(file_get_contents(Library::header()), file_get_contents(ROOT . '/include/countersign.php.h'), 'bindings/php/include/countersign.php.h is stale: run `make header`, which copies include/countersign.php.h');
});

test('the ABI number and the version are the library\'s', static function (): void {
    $native = Library::get();
    same([$native->abi(), $native->version()], [Library::ABI, Library::VERSION], 'numbers');
    contains((string) file_get_contents(ROOT . '/include/countersign.php.h'), '"' . Library::SONAME . '"');
    same(substr(Library::SONAME, -2), '.' . Library::ABI, 'SONAME');
});

test('every option of the core is a parameter, and every parameter an option', static function (): void {
    $table = json_decode(Library::get()->textOf('countersign_options_table'), true);
    foreach (['spiff' => Countersign\Spiff::class, 'sign_customiser' => Countersign\SignCustomiser::class] as $platform => $class) {
        $due = array_column(array_filter($table, static fn($row) => in_array($row['platform'], [$platform, null], true)), 'kind', 'name');
        $due = camel($due);
        $parameters = (new ReflectionMethod($class, '__construct'))->getParameters();
        $found = [];
        foreach ($parameters as $parameter) {
            if (!in_array($parameter->getName(), ['logger', 'library'], true)) {
                $found[] = $parameter->getName();
            }
            $secret = ($due[$parameter->getName()] ?? '') === 'secret';
            holds(!$secret || $parameter->getAttributes(SensitiveParameter::class) !== [], "$class: {$parameter->getName()} is not marked sensitive");
        }
        $names = array_keys($due);
        sort($names);
        sort($found);
        same($found, $names, $class);
    }
});

test('FFI is touched by Internal\\Library alone, and once by the hot call', static function (): void {
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(__DIR__ . '/../src', FilesystemIterator::SKIP_DOTS)) as $file) {
        if ($file->getFilename() !== 'Library.php') {
            $touches = preg_match_all('/FFI::|new \\\\?FFI|->countersign_/', (string) file_get_contents($file->getPathname()));
            same($touches, $file->getFilename() === 'Signer.php' ? 2 : 0, $file->getFilename());
        }
    }
});

test('every file begins with its job and is clean PHP', static function (): void {
    $files = 0;
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(dirname(__DIR__), FilesystemIterator::SKIP_DOTS)) as $file) {
        $text = (string) file_get_contents($file->getPathname());
        if ($file->getExtension() !== 'php' && !str_contains(substr($text, 0, 40), 'env php')) {
            continue;
        }
        holds(preg_match('~^(#!.*\n)?<\?php\n// [A-Z]~', $text) === 1 || preg_match('~^(#!.*\n)?<\?php\n// vendor~', $text) === 1, $file->getPathname());
        holds(str_contains($text, 'declare(strict_types=1);'), $file->getPathname());
        [$code, $out, $err] = run([PHP_BINARY, '-l', $file->getPathname()]);
        same($code, 0, $out . $err);
        $files++;
    }
    holds($files > 25, "$files files");
});

test('composer.json', static function (): void {
    $json = json_decode((string) file_get_contents(__DIR__ . '/../composer.json'), true, 512, JSON_THROW_ON_ERROR);
    same($json['name'], 'countersign/countersign', 'name');
    // A host without FFI enqueues.
    same(array_keys($json['require']), ['php', 'ext-json'], 'no runtime dependencies');
    holds(is_file(__DIR__ . '/../' . $json['bin'][0]), 'bin');
});

/** vendor/bin/countersign with these arguments: how PHP becomes the command, and how it starts it where it cannot. */
function passing_on(): array
{
    $script = dirname(__DIR__) . '/bin/countersign';
    return ['becomes' => [PHP_BINARY, $script], 'starts' => [PHP_BINARY, '-d', 'disable_functions=pcntl_exec', $script]];
}

/** A folder with a program named countersign. */
function with_countersign(string $name, string $text): string
{
    $folder = scratch($name);
    file_put_contents("$folder/countersign", $text);
    chmod("$folder/countersign", 0755);
    return $folder;
}

test('vendor/bin/countersign passes on what is not its own, with streams and exit code', static function (): void {
    $version = 'countersign ' . Library::VERSION . "\n";
    foreach (passing_on() as $how => $script) {
        same(run([...$script, '--version']), [0, $version, ''], $how);
        [$code, $out, $err] = run([...$script, 'sign', '--key-id', 'k', '--method', 'POST', '--path', '/', '--body-file', '-'], ['COUNTERSIGN_SECRET_KEY' => 's'], '{}');
        same([$code, str_starts_with($out, 'SOA k:'), $err !== ''], [0, true, true], "$how: $out$err");
        same(run([...$script, 'outbox', 'nonsense'])[0], 2, $how);
        $tells = with_countersign('tells', "#!/bin/sh\nprintf '%s|' \"\$@\"; exit 3\n");
        same(run([...$script, 'order', 'a b', '', '--', '-x'], ['COUNTERSIGN_BIN' => "$tells/countersign"]), [3, 'order|a b||--|-x|', ''], $how);
        $dies = with_countersign('dies', "#!/bin/sh\nkill -9 \$\$\n");
        // Versions of PHP say differently that a process was killed.
        $code = run([...$script, 'order'], ['COUNTERSIGN_BIN' => "$dies/countersign"])[0];
        holds(in_array($code, $how === 'starts' ? [137] : [9, -1], true), "$how: $code");
    }
});

test('a sandbox that vendor/bin/countersign started ends with its pipe, and by its signal', static function (): void {
    foreach (passing_on() as $how => $script) {
        foreach (['pipe', ...($how === 'becomes' ? ['signal'] : [])] as $end) {
            $process = proc_open([...$script, 'sandbox', '--port', '0', '--json'], [['pipe', 'r'], ['pipe', 'w']], $pipes);
            $url = json_decode((string) fgets($pipes[1]), true)['spiff']['url'];
            $end === 'pipe' ? fclose($pipes[0]) : proc_terminate($process, SIGTERM);
            // It reads as ended when the sandbox has closed it too.
            same(stream_get_contents($pipes[1]), '', $how);
            same(@file_get_contents("$url/_/ready"), false, "$how: $end");
            holds(in_array(proc_close($process), $end === 'pipe' ? [0] : [15, -1], true), "$how: $end");
        }
    }
});

test('vendor/bin/countersign finds the command on the PATH, and never itself', static function (): void {
    $script = dirname(__DIR__) . '/bin/countersign';
    $link = scratch('linked');
    symlink(realpath($script), "$link/countersign");
    $proxy = with_countersign('proxy', "#!/usr/bin/env php\n<?php\n\n/**\n * Proxy PHP file generated by Composer\n *\n * This file includes the referenced bin path (../countersign/countersign/bin/countersign)\n */\nreturn include '$script';\n");
    $command = scratch('installed');
    symlink((string) getenv('COUNTERSIGN_BIN'), "$command/countersign");
    $others = dirname(__DIR__) . "/bin:$link:$proxy";
    $rest = '/usr/bin:/bin';
    foreach (passing_on() as $how => $php) {
        same(run([...$php, '--version'], ['COUNTERSIGN_BIN' => null, 'PATH' => "$others:$command:$rest"])[1], 'countersign ' . Library::VERSION . "\n", $how);
        $missing = 'The command countersign is not installed. Install it (`pip install countersign-orders-cli`, or `npm install --save-dev countersign-cli`), or say where it is'
            . " in COUNTERSIGN_BIN.\n";
        same(run([...$php, 'sandbox'], ['COUNTERSIGN_BIN' => null, 'PATH' => "$others:$rest"]), [1, '', $missing], $how);
        foreach (["$link/countersign", "$proxy/countersign"] as $itself) {
            same(run([...$php, 'sandbox'], ['COUNTERSIGN_BIN' => $itself]), [1, '', "countersign: $itself leads back to this script. Name the command itself in COUNTERSIGN_BIN.\n"], $how);
        }
        same(run([...$php, 'sandbox'], ['COUNTERSIGN_BIN' => '/nowhere/x']), [1, '', "countersign: COUNTERSIGN_BIN names /nowhere/x, which cannot be run. Correct it, or unset it.\n"], $how);
    }
    $broken = with_countersign('broken', "\x7fELF and no more");
    [$code, $out, $err] = run([PHP_BINARY, $script, 'sandbox'], ['COUNTERSIGN_BIN' => "$broken/countersign"]);
    same([$code, $out, $err], [1, '', "countersign: $broken/countersign cannot be run: Exec format error. Is it for this platform?\n"], 'broken');
    // A way back that does not look like one.
    $wrapper = with_countersign('wrapper', "#!/bin/sh\nexec '" . PHP_BINARY . "' '$script' \"\$@\"\n");
    [$code, , $err] = run(['timeout', '20', PHP_BINARY, $script, 'sandbox'], ['COUNTERSIGN_BIN' => "$wrapper/countersign"]);
    same($code, 1, $err);
    contains($err, 'leads back to this script');
    // Whoever the command starts may come here again.
    $again = with_countersign('again', "#!/bin/sh\n[ \"\$1\" = in ] && { echo in; exit; }; '" . PHP_BINARY . "' '$script' in\n");
    same(run([PHP_BINARY, $script, 'out'], ['COUNTERSIGN_BIN' => "$again/countersign"]), [0, "in\n", ''], 'again');
});

test('its help lists what is its own, and what is the command\'s', static function (): void {
    $script = dirname(__DIR__) . '/bin/countersign';
    foreach (['--help' => ['countersign check [--json]', 'countersign header', 'countersign outbox schema', "everything else is the command's", 'sandbox ', 'settle '],
        'outbox' => ['countersign outbox schema mysql|postgresql|sqlite [--prefix P]', 'Countersign\Outbox', 'enqueue ', 'resolve ']] as $argument => $parts) {
        [$code, $out, $err] = run([PHP_BINARY, $script, $argument]);
        same([$code, $err], [0, ''], $argument);
        foreach ($parts as $part) {
            contains($out, $part);
        }
        [$code, $out, $err] = run([PHP_BINARY, $script, $argument], ['COUNTERSIGN_BIN' => null, 'PATH' => '/usr/bin:/bin']);
        same([$code, $err], [0, ''], $argument);
        contains($out, $parts[0]);
        contains($out, 'pip install countersign-orders-cli');
    }
});
