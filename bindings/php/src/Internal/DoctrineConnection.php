<?php
// A connection of Doctrine's: by its PDO where it has one, which no logger of statements hears, else by its own methods.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;
use Countersign\Exception\DatabaseError;
use Countersign\Kind;
use Countersign\OutboxConnection;
use Doctrine\DBAL\Connection;
use Doctrine\DBAL\Connections\PrimaryReadReplicaConnection;
use Doctrine\DBAL\Exception as DoctrineException;
use Doctrine\DBAL\Exception\DriverException;
use Doctrine\DBAL\ParameterType;
use Doctrine\DBAL\Platforms\AbstractMySQLPlatform;
use Doctrine\DBAL\Platforms\PostgreSQLPlatform;
use Doctrine\DBAL\Platforms\SqlitePlatform;

/** @internal */
final class DoctrineConnection implements OutboxConnection
{
    private readonly string $dialect;

    public function __construct(private readonly Connection $connection)
    {
        try {
            $this->primary();
            $platform = $connection->getDatabasePlatform();
        } catch (DoctrineException $fault) {
            throw CountersignException::refusal(Kind::Store, "The store failed: {$fault->getMessage()}", 'Do what the message says; nothing was written.');
        }
        // To PHP the name of a class that Doctrine wrote otherwise later is the same.
        $this->dialect = match (true) {
            $platform instanceof AbstractMySQLPlatform => 'mysql',
            $platform instanceof PostgreSQLPlatform => 'postgresql',
            $platform instanceof SqlitePlatform => 'sqlite',
            default => throw CountersignException::refusal(
                Kind::InvalidArgument,
                'The outbox does not know the database of ' . $platform::class . ': it knows MySQL, MariaDB, PostgreSQL and SQLite.',
            ),
        };
    }

    public function dialect(): string
    {
        return $this->dialect;
    }

    public function execute(string $sql, #[\SensitiveParameter] array $params, bool $rows): array|int
    {
        try {
            $this->primary();
            $native = $this->connection->getNativeConnection();
            if ($native instanceof \PDO) {
                $pdo = new PdoConnection($native);
                $pdo->stands($this->connection->isTransactionActive());
                return $pdo->execute($sql, $params, $rows);
            }
            $types = array_map(static fn(mixed $value): mixed => match (true) {
                is_int($value) => ParameterType::INTEGER,
                $value === null => ParameterType::NULL,
                default => ParameterType::STRING,
            }, $params);
            return $rows
                ? $this->connection->executeQuery($sql, $params, $types)->fetchAllNumeric()
                : (int) $this->connection->executeStatement($sql, $params, $types);
        } catch (DriverException $fault) {
            $state = (string) $fault->getSQLState();
            $words = $fault->getPrevious()?->getMessage() ?? $fault->getMessage();
            throw $this->left(new DatabaseError($words, $fault->getCode(), $state, PdoConnection::isLost($this->dialect, $fault->getCode(), $state), $fault));
        } catch (DatabaseError $error) {
            throw $this->left($error);
        }
    }

    /** Never the replica, which Doctrine reads from until it has written. */
    private function primary(): void
    {
        $this->connection instanceof PrimaryReadReplicaConnection && $this->connection->ensureConnectedToPrimary();
    }

    /** A connection that broke is made anew by the next statement, unless a transaction of the host's was open on it. */
    private function left(DatabaseError $error): DatabaseError
    {
        $error->lost && !$this->connection->isTransactionActive() && $this->connection->close();
        return $error;
    }
}
