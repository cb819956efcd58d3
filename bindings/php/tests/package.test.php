<?php
// The package itself: its copy of the header, its options, its files.

declare(strict_types=1);

use Countersign\Internal\Library;

test('the header is the one of include/, byte for byte', static function (): void {
    same(file_get_contents(Library::header()), file_get_contents(ROOT . '/include/countersign.php.h'), 'copy include/countersign.php.h to bindings/php/include/');
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
    same(array_keys($json['require']), ['php', 'ext-ffi', 'ext-json'], 'no runtime dependencies');
    holds(is_file(__DIR__ . '/../' . $json['bin'][0]), 'bin');
});
