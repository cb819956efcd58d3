<?php
// A PDO connection of the host, whatever it is set to.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;
use Countersign\Exception\DatabaseError;
use Countersign\Kind;
use Countersign\OutboxConnection;

/** @internal */
final class PdoConnection implements OutboxConnection
{
    private const DIALECTS = ['mysql' => 'mysql', 'mariadb' => 'mysql', 'pgsql' => 'postgresql', 'sqlite' => 'sqlite'];

    public function __construct(private readonly \PDO $pdo)
    {
    }

    public function dialect(): string
    {
        return self::dialectOf((string) $this->pdo->getAttribute(\PDO::ATTR_DRIVER_NAME));
    }

    public static function dialectOf(string $driver): string
    {
        return self::DIALECTS[$driver] ?? throw CountersignException::refusal(
            Kind::InvalidArgument,
            "The outbox does not know the database of the driver $driver: it knows MySQL, MariaDB, PostgreSQL and SQLite.",
        );
    }

    public function execute(string $sql, #[\SensitiveParameter] array $params, bool $rows): array|int
    {
        // What the host set for itself: errors that are silent, and values that are others than those of the database.
        $own = [];
        foreach ([\PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION, \PDO::ATTR_ORACLE_NULLS => \PDO::NULL_NATURAL] as $name => $value) {
            $own[$name] = $this->pdo->getAttribute($name);
            $this->pdo->setAttribute($name, $value);
        }
        try {
            // A connection that broke warns besides.
            $statement = @$this->pdo->prepare($sql, $this->options());
            foreach ($params as $at => $value) {
                $type = match (true) {
                    is_int($value) => \PDO::PARAM_INT,
                    $value === null => \PDO::PARAM_NULL,
                    default => \PDO::PARAM_STR,
                };
                $statement->bindValue($at + 1, $value, $type);
            }
            @$statement->execute();
            $answer = $rows ? $statement->fetchAll(\PDO::FETCH_NUM) : $statement->rowCount();
            $statement->closeCursor();
            return $answer;
        } catch (\PDOException $fault) {
            [$state, $number, $message] = ($fault->errorInfo ?? []) + ['', 0, null];
            $lost = self::isLost($this->dialect(), (int) $number, (string) $state);
            throw new DatabaseError($message ?? $fault->getMessage(), (int) $number, (string) $state, $lost, $fault);
        } catch (\ErrorException $fault) {
            // The host makes exceptions of warnings: mysqlnd warns where a connection breaks.
            throw new DatabaseError($fault->getMessage(), 0, '', true, $fault);
        } finally {
            foreach ($own as $name => $value) {
                $this->pdo->setAttribute($name, $value);
            }
        }
    }

    /**
     * Refuses a host that counts a transaction which the server has not: what is written now would not be taken back.
     *
     * @param bool $counted whether the host's own count says that one is open
     */
    public function stands(bool $counted): void
    {
        if ($counted && !$this->pdo->inTransaction()) {
            throw CountersignException::refusal(
                Kind::Store,
                'A transaction is open by the count of the shop, and none on its connection: a statement such as CREATE TABLE, or a connection that broke, ended it. The order would stay if the payment was rolled back.',
                'Repeat the whole of the transaction, without what ends it; nothing was written.',
            );
        }
    }

    /** Whether the connection is gone. PDO has HY000 for what PostgreSQL's server did not say itself. */
    public static function isLost(string $dialect, int $number, string $state): bool
    {
        return str_starts_with($state, '08') || match ($dialect) {
            'mysql' => in_array($number, [1053, 1927, 2006, 2013, 4031], true),
            'postgresql' => in_array($state, ['', 'HY000', '57P01', '57P02', '57P03', '57P05', '25P03'], true),
            default => false,
        };
    }

    /** @return array<int, mixed> a statement without a name, which a pool of connections before PostgreSQL would not find again */
    private function options(): array
    {
        return $this->dialect() === 'postgresql' ? [\PDO::PGSQL_ATTR_DISABLE_PREPARES => true] : [];
    }
}
