<?php
// The connections that the conformance script runs over.

declare(strict_types=1);

use Countersign\Outbox;

/** A PDO connection of the host's: MySQL with a prefix of its own, or a database file of SQLite. */
final class PdoHost implements ScriptHost
{
    public function __construct(private readonly PDO $pdo, private readonly string $prefix = '')
    {
    }

    public function outbox(array $accounts, array $policy): Outbox
    {
        return new Outbox($this->pdo, $accounts, prefix: $this->prefix, policy: $policy);
    }

    public function can(string $need): bool
    {
        return true;
    }

    public function execute(string $sql, array $params = []): void
    {
        $params === [] ? $this->pdo->exec($sql) : $this->pdo->prepare($sql)->execute($params);
    }
}

/** A file of the outbox's own. */
final class FileHost implements ScriptHost
{
    public function __construct(private readonly string $path)
    {
    }

    public function outbox(array $accounts, array $policy): Outbox
    {
        return new Outbox("sqlite:$this->path", $accounts, policy: $policy, create: true, anywhere: true);
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
final class WpdbHost implements ScriptHost
{
    public function __construct(private readonly wpdb $wpdb)
    {
    }

    public function outbox(array $accounts, array $policy): Outbox
    {
        return Outbox::wordpress($accounts, $this->wpdb, policy: $policy);
    }

    public function can(string $need): bool
    {
        return true;
    }

    public function execute(string $sql, array $params = []): void
    {
        $params === [] ? $this->wpdb->query($sql) : $this->wpdb->dbh->execute_query($sql, $params);
    }
}
