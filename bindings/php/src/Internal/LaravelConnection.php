<?php
// A connection of Laravel's, by its PDO that writes: joined are its transactions, and neither its query log nor its second tries.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;
use Countersign\Exception\DatabaseError;
use Countersign\Kind;
use Countersign\OutboxConnection;
use Illuminate\Database\Connection;

/** @internal */
final class LaravelConnection implements OutboxConnection
{
    public function __construct(private readonly Connection $connection)
    {
        // DB::connection('mysql::read') has the PDO of a replica where the others have that of the primary.
        if (str_ends_with((string) $connection->getNameWithReadWriteType(), '::read')) {
            throw CountersignException::refusal(
                Kind::InvalidArgument,
                "The connection {$connection->getNameWithReadWriteType()} is the one for reading: what it reads may be old, and what it writes is lost. Give {$connection->getName()}.",
            );
        }
    }

    public function dialect(): string
    {
        return PdoConnection::dialectOf($this->connection->getDriverName());
    }

    public function execute(string $sql, #[\SensitiveParameter] array $params, bool $rows): array|int
    {
        $pdo = $this->pdo();
        $pdo->stands($this->connection->transactionLevel() > 0);
        try {
            return $pdo->execute($sql, $params, $rows);
        } catch (DatabaseError $error) {
            // As Laravel does for statements of its own, but that nothing is sent once more: what became of this one is asked first.
            if ($error->lost && $this->connection->transactionLevel() === 0) {
                try {
                    $this->connection->reconnect();
                } catch (\Throwable) {
                    // The next statement says so.
                }
            }
            throw $error;
        }
    }

    /** It may be another one after each statement. */
    private function pdo(): PdoConnection
    {
        try {
            return new PdoConnection($this->connection->getPdo() ?? throw new \PDOException('Laravel has no connection to the database.'));
        } catch (\PDOException $fault) {
            // It connects when it is asked for.
            throw new DatabaseError($fault->getMessage(), (int) ($fault->errorInfo[1] ?? 0), (string) ($fault->errorInfo[0] ?? 'HY000'), false, $fault);
        }
    }
}
