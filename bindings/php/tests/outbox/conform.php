<?php
// Runs tests/vectors/outbox.json over one kind of connection, with a sandbox of its own: php conform.php KIND, as hosts.php has them, or sqlite-file
// A line of JSON for each row: its id, and what went wrong or null.

declare(strict_types=1);

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if ((error_reporting() & $level) !== 0) {
        throw new ErrorException($message, 0, $level, $file, $line);
    }
    return true;
});
require __DIR__ . '/../support.php';
require __DIR__ . '/Script.php';
require __DIR__ . '/hosts.php';

$kind = $argv[1];
if ($kind === 'wpdb') {
    // WordPress has handlers and warnings of its own.
    restore_error_handler();
    require __DIR__ . '/wordpress.php';
}
$number = 0;
$make = static function (string $id) use ($kind, &$number): Host {
    $number++;
    return Host::of($kind, scratch('conform') . "/$number.db", str_contains($kind, 'sqlite') ? '' : "s{$number}_");
};
$script = new Script(Sandbox::get());
$rows = json_decode((string) file_get_contents(ROOT . '/tests/vectors/outbox.json'), false, 512, JSON_THROW_ON_ERROR);
$only = getenv('COUNTERSIGN_ROW');
foreach ($rows as $row) {
    if ($only && $row->id !== $only) {
        continue;
    }
    $began = hrtime(true);
    $wrong = null;
    try {
        $probe = $kind === 'sqlite-file' ? new FileHost('') : null;
        foreach ($row->needs ?? [] as $need) {
            if ($probe !== null && !$probe->can($need)) {
                continue 2;
            }
        }
        $script->run($row, $make);
    } catch (Throwable $fault) {
        $wrong = $fault->getMessage();
    }
    echo json_encode(['id' => $row->id, 'wrong' => $wrong, 'seconds' => round((hrtime(true) - $began) / 1e9, 1)], JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
