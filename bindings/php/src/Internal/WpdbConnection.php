<?php
// WordPress's connection, $wpdb, and the drop-ins that stand in for it.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\DatabaseError;
use Countersign\OutboxConnection;

/** @internal */
final class WpdbConnection implements OutboxConnection
{
    /** What plugins read after a query of their own; a hook of ours may run in between. */
    private const TRACES = ['last_error', 'last_query', 'last_result', 'num_rows', 'rows_affected', 'insert_id'];

    private readonly bool $routed;

    /** @param \wpdb $wpdb */
    public function __construct(private readonly object $wpdb)
    {
        // HyperDB and its kin read from replicas unless they are told not to.
        $this->routed = method_exists($wpdb, 'send_reads_to_masters');
        if ($this->routed) {
            $wpdb->send_reads_to_masters();
        }
    }

    public function dialect(): string
    {
        return 'mysql';
    }

    public function execute(string $sql, #[\SensitiveParameter] array $params, bool $rows): array|int
    {
        $wpdb = $this->wpdb;
        $own = array_intersect_key(get_object_vars($wpdb), array_flip(self::TRACES));
        $silent = $wpdb->suppress_errors(true);
        try {
            $query = $this->literal($sql, $params);
            $before = $this->thread();
            $wpdb->last_error = '';
            $answer = $rows ? $wpdb->get_results($query, 'ARRAY_N') : $wpdb->query($query);
            $database = $wpdb->dbh;
            if (!$database instanceof \mysqli) {
                throw new DatabaseError($wpdb->last_error ?: 'WordPress has no connection to MySQL or MariaDB.');
            }
            // After "gone away" it connects anew and sends the statement once more: nobody knows what the first one did.
            if (!$this->routed && $before !== null && $before !== $this->thread()) {
                throw new DatabaseError('WordPress lost its connection, and made another.', 2006, '', true);
            }
            if ($wpdb->last_error !== '' || $answer === false || $answer === null) {
                $words = $wpdb->last_error ?: 'WordPress refused the statement.';
                throw new DatabaseError($words, mysqli_errno($database), mysqli_sqlstate($database));
            }
            return $rows ? $answer : (int) $answer;
        } finally {
            $wpdb->suppress_errors($silent);
            foreach ($own as $name => $value) {
                $wpdb->$name = $value;
            }
        }
    }

    private function thread(): ?int
    {
        $database = $this->wpdb->dbh;
        return $database instanceof \mysqli ? (int) $database->thread_id : null;
    }

    /**
     * The statement with its parameters in it: whole numbers, and ASCII text that the server's own rules quote.
     *
     * @param list<int|string|null> $params
     */
    private function literal(string $sql, #[\SensitiveParameter] array $params): string
    {
        $parts = explode('?', $sql);
        $query = array_shift($parts);
        foreach ($parts as $at => $part) {
            $value = $params[$at] ?? null;
            $query .= match (true) {
                $value === null => 'NULL',
                is_int($value) => (string) $value,
                // It hides percent signs from prepare(), and query() brings them back.
                default => "'" . $this->wpdb->_real_escape($value) . "'",
            } . $part;
        }
        return $query;
    }
}
