<?php
// Servers of the tests' own: MariaDB and PostgreSQL.

declare(strict_types=1);

/** Started once for all tests, gone when its standard input closes. It can be killed, frozen, and started again on the same data. */
abstract class Server
{
    /** @var array{host: string, port: int, socket: string, user: string, password: string, database: string, pid: int, pgbouncer?: int} */
    public array $ready;
    /** @var array<class-string, static> */
    private static array $ones = [];
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];

    public static function get(): static
    {
        return self::$ones[static::class] ??= new static();
    }

    /** @return list<string> the program that runs it, and its arguments */
    abstract protected static function program(): array;

    final private function __construct()
    {
        $this->process = proc_open(['python3', ...static::program()], [['pipe', 'r'], ['pipe', 'w'], ['file', 'php://stderr', 'w']], $this->pipes);
        $this->hear();
        register_shutdown_function(function (): void {
            fclose($this->pipes[0]);
            proc_close($this->process);
        });
    }

    private function hear(): void
    {
        $line = fgets($this->pipes[1]);
        if ($line === false) {
            throw new Failure('the database server did not start: see standard error');
        }
        $this->ready = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    }

    /** As when the machine fails. */
    public function kill(): void
    {
        fwrite($this->pipes[0], "kill\n");
        while (posix_kill($this->ready['pid'], 0)) {
            usleep(1000);
        }
    }

    public function start(): void
    {
        fwrite($this->pipes[0], "start\n");
        $this->hear();
    }

    public function freeze(): void
    {
        posix_kill($this->ready['pid'], SIGSTOP);
    }

    public function thaw(): void
    {
        posix_kill($this->ready['pid'], SIGCONT);
    }
}

final class MariaDb extends Server
{
    protected static function program(): array
    {
        return [ROOT . '/tests/mariadb.py'];
    }

    /**
     * A connection.
     *
     * @param array<int, mixed> $attributes of PDO
     * @param string|null $initSql executed on it first
     */
    public function pdo(array $attributes = [], ?string $initSql = null, ?string $database = null): PDO
    {
        ['host' => $host, 'port' => $port, 'user' => $user, 'password' => $password] = $this->ready;
        $database ??= $this->ready['database'];
        $pdo = new PDO("mysql:host=$host;port=$port;dbname=$database", $user, $password, $attributes);
        if ($initSql !== null) {
            $pdo->exec($initSql);
        }
        return $pdo;
    }

    /** An empty database with a name of its own. */
    public function database(string $name): string
    {
        $this->pdo()->exec("DROP DATABASE IF EXISTS $name; CREATE DATABASE $name CHARACTER SET utf8mb4");
        return $name;
    }
}

final class Postgres extends Server
{
    protected static function program(): array
    {
        return [ROOT . '/tests/postgresql.py', '--pgbouncer'];
    }

    /**
     * @param array<int, mixed> $attributes of PDO
     * @param bool $pooled through a pgbouncer in transaction mode
     */
    public function pdo(array $attributes = [], ?string $database = null, bool $pooled = false): PDO
    {
        ['host' => $host, 'port' => $port, 'user' => $user, 'password' => $password] = $this->ready;
        $database ??= $this->ready['database'];
        $port = $pooled ? $this->ready['pgbouncer'] : $port;
        return new PDO("pgsql:host=$host;port=$port;dbname=$database", $user, $password, $attributes);
    }

    /** An empty database with a name of its own. */
    public function database(string $name): string
    {
        $pdo = $this->pdo();
        $pdo->exec("DROP DATABASE IF EXISTS $name WITH (FORCE)");
        $pdo->exec("CREATE DATABASE $name");
        return $name;
    }
}
