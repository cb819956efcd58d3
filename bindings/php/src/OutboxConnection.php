<?php
// A database connection of the host, as the outbox uses it.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\DatabaseError;

/**
 * A connection of the host's own, for what is neither PDO nor WordPress: one method that executes one statement. It must lead to
 * the primary server, never to a replica.
 */
interface OutboxConnection
{
    /** @return 'mysql'|'postgresql'|'sqlite' MariaDB is mysql */
    public function dialect(): string;

    /**
     * Executes one statement as it stands, without a transaction of its own. `?` stands for a parameter ($1, $2 … on
     * PostgreSQL): whole numbers, ASCII text, null.
     *
     * @param list<int|string|null> $params
     * @param bool $rows whether the statement answers rows
     * @return list<list<int|float|string|null>>|int the rows as lists of their columns; or how many rows were changed
     * @throws DatabaseError with the database's own number, SQLSTATE and words: what they mean, the library knows
     */
    public function execute(string $sql, #[\SensitiveParameter] array $params, bool $rows): array|int;
}
