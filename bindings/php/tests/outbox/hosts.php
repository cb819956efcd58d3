<?php
// The connections of hosts that the outbox is tested over, by their names, such as doctrine-mysqli.

declare(strict_types=1);

require_once __DIR__ . '/libraries.php';

use Countersign\Outbox;
use Countersign\OutboxConnection;

/** A connection of the host's, as the tests need it: transactions, and a statement of the host's own. */
abstract class Host
{
    /** Every kind with a database of the host's. */
    public const KINDS = [
        'pdo-mysql', 'pdo-pgsql', 'pdo-sqlite', 'doctrine-mysql', 'doctrine-mysqli', 'doctrine-pgsql', 'doctrine-sqlite',
        'laravel-mysql', 'laravel-pgsql', 'laravel-sqlite', 'wpdb',
    ];

    public function __construct(protected readonly string $prefix = '')
    {
    }

    /** One that the environment leads to; SQLite has a file. */
    public static function of(string $kind, string $file = '', string $prefix = ''): self
    {
        [$library, $database] = explode('-', "$kind-");
        $at = match ($database) {
            'mysql', 'mysqli' => ['host' => '127.0.0.1', 'port' => (int) getenv('DB_PORT'), 'user' => getenv('DB_USER'), 'password' => getenv('DB_PASSWORD'), 'dbname' => getenv('DB_NAME')],
            'pgsql' => ['host' => '127.0.0.1', 'port' => (int) getenv('PG_PORT'), 'user' => getenv('PG_USER'), 'password' => getenv('PG_PASSWORD'), 'dbname' => getenv('DB_NAME')],
            default => ['path' => $file],
        };
        return match ($library) {
            'pdo' => new PdoHost(isset($at['path'])
                ? new PDO("sqlite:$file")
                : new PDO("$database:host=127.0.0.1;port={$at['port']};dbname={$at['dbname']}", $at['user'], $at['password']), $prefix),
            'doctrine' => new DoctrineHost(Doctrine\DBAL\DriverManager::getConnection($at + ['driver' => $database === 'mysqli' ? 'mysqli' : "pdo_$database"]), $prefix),
            'laravel' => new LaravelHost(LaravelHost::connection($database, $at), $prefix),
            'sqlite' => new FileHost($file),
            'wpdb' => new WpdbHost($GLOBALS['wpdb'], $prefix),
        };
    }

    /** What an Outbox takes. */
    abstract public function store(): mixed;

    abstract public function execute(string $sql, array $params = []): void;

    public function begin(): void
    {
        $this->execute('BEGIN');
    }

    public function commit(): void
    {
        $this->execute('COMMIT');
    }

    public function rollBack(): void
    {
        $this->execute('ROLLBACK');
    }

    /** @param array<string, mixed> $accounts */
    public function outbox(array $accounts, array $policy): Outbox
    {
        return new Outbox($this->store(), $accounts, prefix: $this->prefix, policy: $policy);
    }

    /** What this kind of connection can do, of the needs of the rows. */
    public function can(string $need): bool
    {
        return true;
    }
}

/** A PDO connection: a server's with a prefix of its own, or a database file of SQLite. */
final class PdoHost extends Host
{
    public function __construct(private readonly PDO $pdo, string $prefix = '')
    {
        parent::__construct($prefix);
    }

    public function store(): PDO
    {
        return $this->pdo;
    }

    public function execute(string $sql, array $params = []): void
    {
        $params === [] ? $this->pdo->exec($sql) : $this->pdo->prepare($sql)->execute($params);
    }
}

/** Transactions by the connection's own methods. */
trait ByItsMethods
{
    public function begin(): void
    {
        $this->connection->beginTransaction();
    }

    public function commit(): void
    {
        $this->connection->commit();
    }

    public function rollBack(): void
    {
        $this->connection->rollBack();
    }
}

/** Doctrine's, over PDO and over mysqli. */
final class DoctrineHost extends Host
{
    use ByItsMethods;

    public function __construct(private readonly Doctrine\DBAL\Connection $connection, string $prefix = '')
    {
        parent::__construct($prefix);
    }

    public function store(): Doctrine\DBAL\Connection
    {
        return $this->connection;
    }

    public function execute(string $sql, array $params = []): void
    {
        $this->connection->executeStatement($sql, $params);
    }
}

/** Laravel's. */
final class LaravelHost extends Host
{
    use ByItsMethods;

    public function __construct(private readonly Illuminate\Database\Connection $connection, string $prefix = '')
    {
        parent::__construct($prefix);
    }

    /** @param array<string, mixed> $at */
    public static function connection(string $driver, array $at, array $more = [], string $name = 'default'): Illuminate\Database\Connection
    {
        // It opens a file that is there.
        isset($at['path']) && touch($at['path']);
        $capsule = new Illuminate\Database\Capsule\Manager();
        $capsule->addConnection($more + [
            'driver' => $driver, 'host' => $at['host'] ?? '', 'port' => $at['port'] ?? '', 'username' => $at['user'] ?? '', 'password' => $at['password'] ?? '',
            'database' => $at['path'] ?? $at['dbname'], 'charset' => $driver === 'mysql' ? 'utf8mb4' : 'utf8', 'foreign_key_constraints' => true,
        ]);
        return $capsule->getConnection($name);
    }

    public function store(): Illuminate\Database\Connection
    {
        return $this->connection;
    }

    public function execute(string $sql, array $params = []): void
    {
        $this->connection->statement($sql, $params);
    }
}

/** A file of the outbox's own. */
final class FileHost extends Host
{
    public function __construct(private readonly string $path)
    {
        parent::__construct();
    }

    public function store(): string
    {
        return "sqlite:$this->path";
    }

    public function outbox(array $accounts, array $policy): Outbox
    {
        return new Outbox($this->store(), $accounts, policy: $policy, create: true, anywhere: true);
    }

    public function can(string $need): bool
    {
        return $need !== 'transaction';
    }

    public function execute(string $sql, array $params = []): void
    {
        throw new Failure('a file of the outbox has no host');
    }
}

/** WordPress's own connection. */
final class WpdbHost extends Host
{
    public function __construct(private readonly wpdb $wpdb, string $prefix = '')
    {
        parent::__construct($prefix);
        $wpdb->set_prefix($prefix);
    }

    public function store(): OutboxConnection
    {
        return new Countersign\Internal\WpdbConnection($this->wpdb);
    }

    public function outbox(array $accounts, array $policy): Outbox
    {
        return Outbox::wordpress($accounts, $this->wpdb, policy: $policy);
    }

    public function execute(string $sql, array $params = []): void
    {
        $params === [] ? $this->wpdb->query($sql) : $this->wpdb->dbh->execute_query($sql, $params);
    }
}
