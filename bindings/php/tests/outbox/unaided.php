<?php
// Enqueues where FFI is closed, and says as a line of JSON what came of it: php -d ffi.enable=0 unaided.php
// Nothing of the package that needs the library may be loaded here.

declare(strict_types=1);

require __DIR__ . '/../../autoload.php';

use Countersign\Exception\CountersignException;
use Countersign\OutboxConnection;
use Countersign\OutboxEnqueue;

/** A connection of that dialect that nothing is executed on. */
function nowhere(string $dialect): OutboxConnection
{
    return new class ($dialect) implements OutboxConnection {
        public function __construct(private readonly string $name)
        {
        }

        public function dialect(): string
        {
            return $this->name;
        }

        public function execute(string $sql, array $params, bool $rows): array|int
        {
            throw new LogicException('a statement is made, not executed');
        }
    };
}

$told = [];
foreach (json_decode((string) file_get_contents(__DIR__ . '/../../../../tests/vectors/outbox_enqueue.json'), true, 512, JSON_THROW_ON_ERROR) as $row) {
    $due = $row['due'] ?? null;
    $due = is_string($due) ? time() + (int) substr($due, strlen('{now+')) : $due;
    try {
        $enqueue = new OutboxEnqueue(nowhere($row['dialect']), [$row['account'] ?? 'shop' => $row['platform']], $row['prefix'] ?? '');
        $made = $enqueue->enqueueStatement($row['order'], due: $due);
        $made['params'] = array_map(static fn(mixed $value): mixed => $due !== null && $value === $due * 1000 ? '{due}' : $value, $made['params']);
    } catch (CountersignException $refused) {
        $made = ['error' => $refused->kind?->value];
    }
    $told[$row['id']] = $made;
}
$loaded = array_values(array_filter(get_declared_classes(), static fn(string $class): bool => str_starts_with($class, 'Countersign\\') && !str_contains($class, '@')));
echo json_encode(['ffi' => ini_get('ffi.enable'), 'made' => $told, 'loaded' => $loaded], JSON_THROW_ON_ERROR);
