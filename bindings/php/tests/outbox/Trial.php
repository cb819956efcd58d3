<?php
// What the tests of the outbox over a host's database share.

declare(strict_types=1);

require_once __DIR__ . '/../servers.php';

use Countersign\Internal\PdoConnection;
use Countersign\Outbox;
use Countersign\OutboxConnection;

final class Trial
{
    private static int $number = 0;

    /** A prefix that no other test has. */
    public static function prefix(): string
    {
        return 't' . ++self::$number . '_';
    }

    /** The empty database of these tests. */
    public static function database(): string
    {
        static $name = null;
        return $name ??= MariaDb::get()->database('outbox');
    }

    /** @param array<int, mixed> $attributes */
    public static function pdo(array $attributes = [], ?string $sql = null): PDO
    {
        return MariaDb::get()->pdo($attributes, $sql, self::database());
    }

    /** With its tables made. The scale divides every time of the policy. */
    public static function outbox(PDO|OutboxConnection $store, string $prefix, int $scale = 1, mixed ...$more): Outbox
    {
        $outbox = self::opened($store, $prefix, $scale, ...$more);
        // Not through the connection under test: the tables are there before the host comes.
        self::opened(self::pdo(), $prefix, 1, ...['shop' => $more['shop'] ?? '', 'site' => $more['site'] ?? ''])->install();
        return $outbox;
    }

    public static function opened(object|string $store, string $prefix, int $scale = 1, mixed ...$more): Outbox
    {
        putenv("COUNTERSIGN_OUTBOX_TEST_SCALE=$scale");
        try {
            $accounts = $more['accounts'] ?? ['shop' => Sandbox::get()->spiff()];
            unset($more['accounts']);
            return new Outbox($store, $accounts, $prefix, ...$more);
        } finally {
            putenv('COUNTERSIGN_OUTBOX_TEST_SCALE');
        }
    }

    /** An order that is easily told from others. */
    public static function order(string $id, int $amount = 1, string $text = '#1', ?string $design = null): array
    {
        $items = [['amountToOrder' => $amount, 'transactionId' => $design ?? Sandbox::get()->transaction()]];
        return ['externalId' => $id, 'paid' => true, 'orderItems' => $items, 'externalData' => ['orderNumber' => $text]];
    }

    /** How many rows there are. */
    public static function rows(string $prefix, string $where = '1'): int
    {
        return (int) self::pdo()->query("SELECT COUNT(*) FROM {$prefix}countersign_outbox WHERE $where")->fetchColumn();
    }

    /** How often the sandbox accepted an order. */
    public static function accepted(string $id): int
    {
        return count(Sandbox::get()->accepted($id));
    }

    /** The environment of a process that finds the database and the sandbox. */
    public static function environment(string $prefix, array $more = []): array
    {
        ['host' => $host, 'port' => $port, 'user' => $user, 'password' => $password] = MariaDb::get()->ready;
        $postgres = Postgres::get()->ready;
        $spiff = Sandbox::get()->ready['spiff'];
        return [
            'DB_HOST' => "$host:$port", 'DB_PORT' => (string) $port, 'DB_USER' => $user, 'DB_PASSWORD' => $password, 'DB_NAME' => self::database(),
            'DB_CHARSET' => 'utf8mb4', 'WP_CONTENT_DIR' => scratch('wp-content'), 'PREFIX' => $prefix,
            'PG_PORT' => (string) $postgres['port'], 'PG_USER' => $postgres['user'], 'PG_PASSWORD' => $postgres['password'],
            'COUNTERSIGN_SPIFF_ACCESS_KEY' => $spiff['access_key'], 'COUNTERSIGN_SPIFF_SECRET_KEY' => $spiff['secret_key'],
            'COUNTERSIGN_SPIFF_BASE_URL' => $spiff['url'], ...$more,
        ];
    }

    /** A connection of a framework's, to these tests' databases. */
    public static function host(string $kind, string $prefix): Host
    {
        $at = self::environment($prefix, str_ends_with($kind, 'pgsql') ? ['DB_NAME' => Postgres::get()->ready['database']] : []);
        foreach ($at as $name => $value) {
            putenv("$name=$value");
        }
        try {
            return Host::of($kind, scratch('hosts') . "/$prefix$kind.db", $prefix);
        } finally {
            array_map(putenv(...), array_keys($at));
        }
    }

    /** Starts a script of this folder; the answer waits for its end and is exit code, output and errors. */
    public static function start(string $script, array $arguments = [], array $env = []): Closure
    {
        [$out, $err] = [tmpfile(), tmpfile()];
        $command = [PHP_BINARY, __DIR__ . "/$script", ...$arguments];
        $process = proc_open($command, [['file', '/dev/null', 'r'], $out, $err], $pipes, null, [...getenv(), ...$env]);
        return static function () use ($process, $out, $err): array {
            $code = proc_close($process);
            rewind($out);
            rewind($err);
            return [$code, stream_get_contents($out), stream_get_contents($err)];
        };
    }
}

/** A connection that notes its statements, and may be struck before or after one. */
final class Watched implements OutboxConnection
{
    /** @var list<array{string, list<int|string|null>}> */
    public array $statements = [];
    /** @var Closure(string): void|null */
    public ?Closure $before = null;
    /** @var Closure(string): void|null */
    public ?Closure $after = null;
    private readonly PdoConnection $inner;

    public function __construct(public readonly PDO $pdo)
    {
        $this->inner = new PdoConnection($pdo);
    }

    public function dialect(): string
    {
        return $this->inner->dialect();
    }

    public function execute(string $sql, array $params, bool $rows): array|int
    {
        $this->statements[] = [$sql, $params];
        ($this->before)?->__invoke($sql);
        $answer = $this->inner->execute($sql, $params, $rows);
        ($this->after)?->__invoke($sql);
        return $answer;
    }

    /** The first word of each statement since the last look. */
    public function words(): array
    {
        $words = array_map(static fn(array $statement): string => strtok($statement[0], ' '), $this->statements);
        $this->statements = [];
        return $words;
    }
}
