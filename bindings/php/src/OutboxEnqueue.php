<?php
// Enqueues where PHP has no FFI: a paid order becomes a row as the shop wrote it, and a worker elsewhere does the rest.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Exception\DatabaseError;
use Countersign\Internal\Hosted;
use Countersign\Internal\WpdbConnection;
use Doctrine\DBAL\Connection as Doctrine;
use Illuminate\Database\Connection as Laravel;

/**
 * {@see Outbox::enqueue} without the shared library, in PHP alone: for hosts that permit no FFI. The row is in the same tables, made by
 * `countersign outbox install` or a migration; the command, or a host with the library, checks the order and sends it. What breaks
 * rules is held there with its problems. Nothing else is done here: no drain, no cancel, no change of an order that is there.
 */
final class OutboxEnqueue
{
    use Hosted;

    private const PLATFORMS = ['spiff' => [1, 'externalId'], 'sign_customiser' => [2, 'external_id']];
    private const STATES = [1 => State::Pending, State::Sending, State::Unknown, State::Held, State::Placed, State::Rejected, State::Cancelled];

    /** The server's clock, how its commit waits for the disk, what does nothing where the key is there, and what is wrong with a connection. */
    private const DIALECTS = [
        'mysql' => [
            "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)",
            '1',
            '',
            "@@read_only, ABS(TIMESTAMPDIFF(SECOND, NOW(), SYSDATE())) > 2, CONVERT(_ascii X'5C7E' USING ascii)",
        ],
        'postgresql' => [
            'CAST(extract(epoch FROM statement_timestamp()) * 1000 AS bigint)',
            "CASE WHEN (current_setting('synchronous_commit') <> 'off' OR set_config('synchronous_commit', 'on', true) = 'on') THEN 1 END",
            ' ON CONFLICT (row_key) DO NOTHING',
            "CASE current_setting('transaction_read_only') WHEN 'on' THEN 1 ELSE 0 END, 0, ''",
        ],
        'sqlite' => [
            "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER)",
            '1',
            ' ON CONFLICT (row_key) DO NOTHING',
            "0, 0, ''",
        ],
    ];

    /** What passes: a lock was waited for in vain, or the server took the whole transaction back. */
    private const BUSY = ['mysql' => [1020, 1205, 1213, 1317, 1614, 1969, 3024, 3572], 'postgresql' => [], 'sqlite' => [5, 6]];
    private const BUSY_STATES = ['40001', '40P01', '53300', '55P03', '57014'];

    private readonly OutboxConnection $connection;
    private readonly string $dialect;
    private readonly bool $numbered;

    /**
     * @param \PDO|Doctrine|Laravel|OutboxConnection $store as for {@see Outbox}, like the rest; a file of the outbox's own needs the library
     * @param array<string, 'spiff'|'sign_customiser'> $accounts the platforms by the names that the worker's accounts have
     * @param \PDO|(callable(): bool)|null $host
     * @throws CountersignException
     */
    public function __construct(
        \PDO|Doctrine|Laravel|OutboxConnection $store,
        private readonly array $accounts,
        private readonly string $prefix = '',
        private readonly string $shop = '',
        \PDO|callable|null $host = null,
    ) {
        $this->host = $host === null || $host instanceof \PDO ? $host : $host(...);
        $this->connection = self::connected($store);
        $this->dialect = $this->connection->dialect();
        $this->numbered = $this->dialect === 'postgresql' && $store instanceof OutboxConnection;
        foreach ($accounts as $name => $platform) {
            if (preg_match('/^[a-z0-9._-]{1,64}$/D', (string) $name) !== 1) {
                throw self::mistaken("\"$name\" cannot name an account: give 1 to 64 of a-z, 0-9, '.', '_' and '-'.");
            }
            isset(self::PLATFORMS[$platform]) || throw self::mistaken("\"$platform\" is no platform: give spiff or sign_customiser.");
        }
        $names = $this->dialect === 'postgresql' ? '/^([a-z0-9_]{1,30}\.)?[a-z0-9_]{0,30}$/D' : '/^[A-Za-z0-9_]{0,30}$/D';
        preg_match($names, $prefix) === 1 || throw self::mistaken("The prefix \"$prefix\" is none: give up to 30 letters, digits and _, on PostgreSQL small ones.");
    }

    /**
     * In WordPress's own database, as {@see Outbox::wordpress}.
     *
     * @param array<string, 'spiff'|'sign_customiser'> $accounts
     * @param object|null $wpdb null for the global one
     */
    public static function wordpress(array $accounts, ?object $wpdb = null): self
    {
        $wpdb ??= $GLOBALS['wpdb'] ?? throw self::mistaken('There is no $wpdb: call this where WordPress is loaded, or give the object.');
        return new self(new WpdbConnection($wpdb), $accounts, $wpdb->prefix);
    }

    /**
     * As {@see Outbox::enqueue}: in the transaction that is open on the connection, once for each id, however often it is called. The
     * answer is new, known, or elsewhere; that an order which is known has other goods now is not noticed.
     *
     * @param array<mixed>|object|string $order a text is JSON already
     * @throws CountersignException
     */
    public function enqueue(#[\SensitiveParameter] array|object|string $order, ?string $account = null, ?int $due = null): Enqueued
    {
        $this->outsideOfTransaction();
        [$name, $provider, $key, $externalId, $statement] = $this->made($order, $account, $due);
        $answer = static fn(EnqueueStatus $status, State $state = State::Pending, ?string $of = null): Enqueued
            => new Enqueued($status, $of ?? $name, $externalId, $state);
        $row = $this->row($key, 'external_id = ? AND o.provider = ?', [self::escaped($externalId), $provider]);
        if ($row !== null) {
            return $row[0] === $key ? $answer(EnqueueStatus::Known, $row[2]) : $answer(EnqueueStatus::Elsewhere, $row[2], $row[1]);
        }
        try {
            $lost = null;
            if ($this->connection->execute($statement['sql'], $statement['params'], false) === 1) {
                return $answer(EnqueueStatus::New);
            }
        } catch (DatabaseError $lost) {
            // It may have been written all the same, or by somebody else; in a transaction that is gone there is nothing to ask.
            $this->busy($lost) && throw $this->failed($lost);
        }
        try {
            $row = $this->row($key, 'row_key = ?', [$key]);
        } catch (CountersignException $failure) {
            throw $lost === null ? $failure : $this->failed($lost);
        }
        if ($row !== null) {
            return $answer($lost?->lost && $row[3] === 1 ? EnqueueStatus::New : EnqueueStatus::Known, $row[2]);
        }
        // Somebody was faster, and the snapshot of the host's transaction does not show it.
        if ($lost === null || ($lost->number === 1062 && str_contains($lost->getMessage(), 'countersign_outbox_key'))) {
            return $answer(EnqueueStatus::Known);
        }
        throw $this->failed($lost);
    }

    /**
     * As {@see Outbox::enqueueStatement}.
     *
     * @param array<mixed>|object|string $order
     * @return array{sql: string, params: list<int|string|null>}
     * @throws CountersignException
     */
    public function enqueueStatement(#[\SensitiveParameter] array|object|string $order, ?string $account = null, ?int $due = null): array
    {
        return $this->made($order, $account, $due)[4];
    }

    /**
     * The state of an order; null if the outbox has none with this id.
     *
     * @throws CountersignException
     */
    public function state(string $externalId, ?string $account = null): ?State
    {
        [$account, $platform] = $this->meant($account);
        $key = self::key($platform, $account, $externalId);
        return $this->row($key, 'row_key = ?', [$key])[2] ?? null;
    }

    /** @return array{string, string} the account that is named, or the only one, and its platform */
    private function meant(?string $account): array
    {
        $account ??= count($this->accounts) === 1 ? (string) array_key_first($this->accounts) : '';
        return [$account, $this->accounts[$account] ?? throw self::mistaken('Say which account: ' . implode(', ', array_keys($this->accounts)) . '.')];
    }

    private static function key(string $platform, string $account, string $externalId): string
    {
        return hash('sha256', "$platform\n$account\n$externalId\n");
    }

    /**
     * Key and statement, as docs/outbox.md says them: wire 0, the order as the shop wrote it.
     *
     * @param array<mixed>|object|string $order
     * @return array{string, int, string, string, array{sql: string, params: list<int|string|null>}} account, platform, key, id, statement
     */
    private function made(#[\SensitiveParameter] array|object|string $order, ?string $account, ?int $due): array
    {
        [$account, $platform] = $this->meant($account);
        [$provider, $idName] = self::PLATFORMS[$platform];
        if ($due !== null && ($due < time() - 86_400 || $due > time() + 366 * 86_400)) {
            throw self::mistaken("due is $due: give seconds since 1970, from a day ago to a year ahead.");
        }
        $text = is_string($order) ? $order : $this->written($order);
        $externalId = self::id($text, $idName);
        $body = self::ascii($text);
        strlen($body) <= 1 << 20 || throw self::broken('', 'size', 'it has ' . strlen($body) . ' bytes; the outbox takes up to 1048576.');
        $key = self::key($platform, $account, $externalId);
        [$now, $version, $unlessThere] = self::DIALECTS[$this->dialect];
        $at = $due === null ? $now : '?';
        $sql = "INSERT INTO {$this->prefix}countersign_outbox (due_at, row_key, provider, account, external_id, state, version, failures, crashes,"
            . ' sends, doubts, resends, read_backs, flags, wire, items_hash, body, remote_id, created_at, fresh_at, updated_at, done_at, history)'
            . " VALUES ($at, ?, ?, ?, ?, 1, $version, 0, 0, 0, 0, 0, 0, ?, ?, ?, ?, ?, $now, $now, $now, NULL, ?)$unlessThere";
        $params = [$key, $provider, $account, self::escaped($externalId), 0, 0, '', $body, null, '{"event":"enqueued"}'];
        $due === null || array_unshift($params, $due * 1000);
        return [$account, $provider, $key, $externalId, ['sql' => $this->placed($sql), 'params' => $params]];
    }

    /** The shop's id in the JSON of an order. */
    private static function id(#[\SensitiveParameter] string $text, string $name): string
    {
        $order = json_decode($text, false, 512, JSON_BIGINT_AS_STRING);
        if (json_last_error() !== JSON_ERROR_NONE) {
            throw CountersignException::refusal(Kind::InvalidJson, 'The order is not JSON: ' . json_last_error_msg() . '.', 'Correct the order; nothing was written.');
        }
        $order instanceof \stdClass || throw self::broken('', 'type', 'it is no JSON object.');
        $id = $order->$name ?? null;
        is_string($id) || throw self::broken($name, 'type', "Give the shop's own id of the order, as text.");
        trim($id) !== '' || throw self::broken($name, 'empty', 'This must not be empty.');
        preg_match('/[\x00-\x1f\x7f]/', $id) === 0 || throw self::broken($name, 'control_character', 'There is a control character in it. Remove it.');
        preg_match('/^[\p{Cc}\p{Cf}\pZ]|[\p{Cc}\p{Cf}\pZ]$/u', $id) === 0 || throw self::broken($name, 'invisible', 'There is a blank or an invisible character at its end. Remove it.');
        strlen($id) <= 255 || throw self::broken($name, 'length', 'It has ' . strlen($id) . ' bytes; the outbox takes up to 255.');
        return $id;
    }

    /** JSON in ASCII: the same value, whatever charset the connection has. */
    private static function ascii(#[\SensitiveParameter] string $json): string
    {
        return (string) preg_replace_callback('/[^\x00-\x7f]+/', static fn(array $part): string => trim((string) json_encode($part[0]), '"'), $json);
    }

    /** Any text in ASCII, as a JSON string without its quotes writes it; quotes stay as they are. */
    private static function escaped(string $text): string
    {
        return str_replace("\x7f", '\u007f', self::ascii(str_replace('\\', '\\\\', $text)));
    }

    /** Parameters as the connection wants them. */
    private function placed(string $sql): string
    {
        $number = 0;
        return $this->numbered ? (string) preg_replace_callback('/\?/', static function () use (&$number): string {
            return '$' . ++$number;
        }, $sql) : $sql;
    }

    /**
     * The row that is meant, that of this key before others; refuses a store that nothing can be written into.
     *
     * @param list<int|string> $params
     * @return array{string, string, State, int}|null key, account, state, version
     */
    private function row(string $key, string $condition, array $params): ?array
    {
        $meta = "(SELECT value FROM {$this->prefix}countersign_outbox_meta WHERE name = '%s')";
        $sql = 'SELECT ' . self::DIALECTS[$this->dialect][3] . ', ' . sprintf($meta, 'oldest_reader') . ', ' . sprintf($meta, 'shop') . ', o.row_key, o.account, o.state, o.version'
            . " FROM (SELECT 1 AS one) q LEFT JOIN {$this->prefix}countersign_outbox o ON o.$condition";
        try {
            $rows = $this->connection->execute($this->placed($sql), $params, true);
        } catch (DatabaseError $error) {
            throw $this->failed($error, ' Are its tables made? `countersign outbox install` makes them.');
        }
        [$follows, $away, $echo, $oldest, $shop] = $rows[0];
        $refused = match (true) {
            !in_array((string) $follows, ['0', 'OFF'], true) => 'The server takes no writes: this connection leads to a replica, or is one for reading. Give the outbox one that writes to the primary server.',
            (int) $away !== 0 => 'The clock of this database session stands still (SET timestamp). Give the outbox a connection without that.',
            !in_array($echo, ['', '\\~'], true) => 'The charset of this connection (SET NAMES) has other characters where ASCII has a backslash or a tilde. Use utf8mb4.',
            !is_numeric($oldest) => 'The store is not complete: run `countersign outbox install` once more.',
            (int) $oldest > 1 => "The store's tables are of version $oldest, and this package writes version 1. Use the release that made them, or a later one.",
            (string) $shop !== self::escaped($this->shop) => "The store belongs to the shop \"$shop\", and this is \"{$this->shop}\". One set of tables belongs to one shop: give another prefix.",
            default => null,
        };
        $refused === null || throw CountersignException::refusal(Kind::Store, $refused, 'Do what the message says; nothing was written.');
        usort($rows, static fn(array $one, array $other): int => ($other[5] === $key) <=> ($one[5] === $key));
        [, , , , , $of, $account, $state, $version] = $rows[0];
        return $of === null ? null : [(string) $of, (string) $account, self::STATES[(int) $state], (int) $version];
    }

    private function busy(DatabaseError $error): bool
    {
        return in_array($this->dialect === 'sqlite' ? $error->number & 0xff : $error->number, self::BUSY[$this->dialect], true)
            || in_array($error->sqlState, self::BUSY_STATES, true);
    }

    private function failed(DatabaseError $error, string $hint = ''): CountersignException
    {
        return $this->busy($error)
            ? CountersignException::refusal(Kind::StoreBusy, "{$error->getMessage()} If a transaction was open, repeat the whole of it.", 'Try again in a moment; what was not acknowledged is not in the outbox.')
            : CountersignException::refusal(Kind::Store, "The store failed: {$error->getMessage()}.$hint", 'Do what the message says; what was not acknowledged is not in the outbox.');
    }

    private static function mistaken(string $message): CountersignException
    {
        return CountersignException::refusal(Kind::InvalidArgument, $message);
    }

    private static function broken(string $path, string $code, string $message): CountersignException
    {
        return CountersignException::of([
            'kind' => Kind::InvalidOrder->value,
            'number' => Kind::InvalidOrder->number(),
            'message' => 'The order breaks rules: ' . ($path === '' ? '' : "$path: ") . $message,
            'next_step' => 'Correct what the problems name; nothing was written.',
            'problems' => [['path' => $path, 'code' => $code, 'message' => $message]],
        ]);
    }
}
