<?php
// The outbox: a shop enqueues a paid order and is done.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Internal\Client;
use Countersign\Internal\Guarded;
use Countersign\Internal\Handle;
use Countersign\Internal\Hosted;
use Countersign\Internal\Interrupts;
use Countersign\Internal\Json;
use Countersign\Internal\Library;
use Countersign\Internal\Steps;
use Countersign\Internal\WpdbConnection;
use Doctrine\DBAL\Connection as Doctrine;
use Illuminate\Database\Connection as Laravel;

/**
 * Paid orders, kept in the shop's own database and delivered once in effect, whatever crashes: {@see enqueue} where a payment is
 * confirmed, {@see drain} in the background. It makes no table by itself: call {@see install} once.
 *
 * Every method throws {@see CountersignException}: kind store for a database that failed or cannot be used, store_busy where somebody
 * holds a lock, invalid_argument for a mistake in the call.
 */
final class Outbox
{
    use Guarded;
    use Hosted;

    private readonly Library $library;
    private readonly Handle $handle;
    private readonly ?OutboxConnection $connection;

    /**
     * @param \PDO|Doctrine|Laravel|OutboxConnection|string $store the shop's own connection, or "sqlite:PATH" for a file of the outbox's
     *        own, which nothing else in this process may open with another copy of SQLite
     * @param array<string, Spiff|SignCustomiser> $accounts by a name of the shop's own: 1 to 64 of a-z, 0-9, ".", "_" and "-"
     * @param string $prefix in front of the names of the tables
     * @param string $shop whose tables these are: any name, the same in every process
     * @param string $site where the shop stands, such as its host name: a copy of it elsewhere is noticed by that
     * @param \PDO|(callable(): bool)|null $host where the outbox has a connection of its own: the shop's connection, or what tells
     *        whether a transaction is open there. An order of a payment that is rolled back would be sent: so nothing is
     *        enqueued while one is open.
     * @param object|null $logger anything with PSR-3's log()
     * @param array<string, int> $policy times and numbers by their names in docs/outbox.md
     * @param bool $create makes the file of "sqlite:PATH" where it is missing
     * @param bool $anywhere takes a file also where it would be lost, or seen by everybody
     * @param string|null $library as for {@see Spiff}
     * @throws CountersignException
     */
    public function __construct(
        \PDO|Doctrine|Laravel|OutboxConnection|string $store,
        array $accounts,
        string $prefix = '',
        string $shop = '',
        string $site = '',
        \PDO|callable|null $host = null,
        private readonly ?object $logger = null,
        array $policy = [],
        bool $create = false,
        bool $anywhere = false,
        ?string $library = null,
    ) {
        if ($logger !== null && !method_exists($logger, 'log')) {
            throw CountersignException::refusal(Kind::InvalidArgument, 'The logger has no method log(): give a PSR-3 logger.');
        }
        $this->library = Library::get($library);
        $this->host = $host === null || $host instanceof \PDO ? $host : $host(...);
        $this->connection = is_string($store) ? null : self::connected($store);
        // What is not a connection of your own takes no other mark for a parameter.
        $style = $store instanceof OutboxConnection || is_string($store) ? '' : 'qmark';
        $settings = ['paramstyle' => $style, 'shop' => $shop, 'prefix' => $prefix, 'site' => $site, 'policy' => (object) $policy, 'create' => $create, 'anywhere' => $anywhere];
        $name = $this->connection?->dialect() ?? $store;
        if ($this->connection === null && !str_starts_with($name, 'sqlite:')) {
            throw CountersignException::refusal(
                Kind::InvalidArgument,
                'The store is a text, but not sqlite:PATH. For MySQL, MariaDB and PostgreSQL give a connection, such as PDO.',
            );
        }
        $this->handle = $this->library->make('outbox', 'countersign_outbox_new', $name, Json::encode($settings));
        foreach ($accounts as $account => $client) {
            if (!$client instanceof Client) {
                throw CountersignException::refusal(
                    Kind::InvalidArgument,
                    "The account $account is no client: give a Spiff or a SignCustomiser.",
                );
            }
            $this->library->run('countersign_outbox_add_account', $this->handle->pointer, (string) $account, Client::handleOf($client)->pointer);
        }
    }

    /**
     * In WordPress's own database, over `$wpdb`, with its prefix: each site of a network has its own tables.
     *
     * @param array<string, Spiff|SignCustomiser> $accounts as for the constructor, like the rest
     * @param object|null $wpdb null for the global one
     * @param array<string, int> $policy
     * @throws CountersignException
     */
    public static function wordpress(
        array $accounts,
        ?object $wpdb = null,
        ?object $logger = null,
        array $policy = [],
        ?string $library = null,
    ): self {
        $wpdb ??= $GLOBALS['wpdb'] ?? null;
        if ($wpdb === null) {
            throw CountersignException::refusal(
                Kind::InvalidArgument,
                'There is no $wpdb: call this where WordPress is loaded, or give the object.',
            );
        }
        return new self(
            new WpdbConnection($wpdb),
            $accounts,
            prefix: $wpdb->prefix,
            // A clone for staging has another address; its tables say so however its texts were rewritten.
            site: (string) parse_url((string) get_option('home'), PHP_URL_HOST),
            logger: $logger,
            policy: $policy,
            library: $library,
        );
    }

    /** Makes the tables where they are missing. Not inside a transaction, which MySQL would commit. */
    public function install(): void
    {
        $this->run('install');
    }

    /**
     * The statements that {@see install} runs, for a migration of the shop's own.
     *
     * @return list<string>
     */
    public function schema(): array
    {
        return $this->run('schema');
    }

    /**
     * Enqueues a paid order, in the transaction that is open on the shop's connection if there is one: then it is there if the payment
     * is. Call it as often as the payment is told, also twice at once: there is one row. Once the transaction is committed, or this
     * returned without one, nothing loses it.
     *
     * @param array<mixed>|object|string $order as for placeOrder() of the account's client; a text is JSON already
     * @param string|null $account whose order it is; null where there is one account
     * @param int|null $due when it may be sent at the earliest, in seconds since 1970: a time of grace for cancelling
     * @param string|bool|null $already it was placed before, by another way: its id at the platform, or true. It is never sent.
     * @param bool $anyway enqueue it also where another account has an order with this id
     * @throws CountersignException invalid_order with every problem, and then nothing is written
     */
    public function enqueue(
        array|object|string $order,
        ?string $account = null,
        ?int $due = null,
        string|bool|null $already = null,
        bool $anyway = false,
    ): Enqueued {
        $this->outsideOfTransaction();
        $members = ['account' => $account, 'due' => $due, 'already' => $already, 'anyway' => $anyway];
        return Enqueued::of($this->run('enqueue', $members, ['order' => $this->json($order)]));
    }

    /**
     * The one statement that enqueues an order, for a shop that runs its SQL itself. Where the key is there already, MySQL answers
     * error 1062 and the row stays as it is: an order with other goods is then not noticed.
     *
     * @param array<mixed>|object|string $order
     * @return array{sql: string, params: list<int|string|null>}
     * @throws CountersignException invalid_order with every problem
     */
    public function enqueueStatement(array|object|string $order, ?string $account = null, ?int $due = null): array
    {
        return $this->run('enqueue_statement', ['account' => $account, 'due' => $due], ['order' => $this->json($order)]);
    }

    /**
     * Enqueues what is missing of a shop's paid orders, given whole; what was cancelled stays so, and an order that breaks rules stops
     * no other. Once a night it repairs what was forgotten between payment and enqueue.
     *
     * @param iterable<array<mixed>|object|string> $orders
     * @param int|null $since the list has every paid order since then, in seconds since 1970: what it lacks is named
     */
    public function sweep(iterable $orders, ?string $account = null, ?int $since = null): Swept
    {
        $this->outsideOfTransaction();
        $texts = [];
        foreach ($orders as $order) {
            $texts[] = $this->json($order);
        }
        $members = ['account' => $account, 'since' => $since];
        return Swept::of($this->run('sweep', $members, ['orders' => '[' . implode(',', $texts) . ']']));
    }

    /** Writes down an order that was placed before the outbox was there: it is never sent. */
    public function import(string $externalId, ?string $remoteId = null, ?string $account = null): Enqueued
    {
        $this->outsideOfTransaction();
        return Enqueued::of($this->run('import', ['external_id' => $externalId, 'remote_id' => $remoteId, 'account' => $account]));
    }

    /**
     * Sends and reads back what is due. Safe to overlap, in any number of processes; never inside a transaction. A request of a shopper
     * should not drain: php-fpm may end it in the middle, and the order is in doubt until it is read back.
     *
     * @param float $seconds how long it may take; a call that is under way then ends first
     * @param int $max how many orders it may send or read back
     */
    public function drain(float $seconds = 20, int $max = 100): Drained
    {
        $done = $this->run('drain', ['seconds' => $seconds, 'max' => $max]);
        $drained = new Drained(
            $done['placed'],
            $done['unknown'],
            $done['held'],
            $done['rejected'],
            $done['cancelled'],
            $done['next_due'],
            array_map(Changed::of(...), $done['changed']),
        );
        foreach ($drained->changed as $changed) {
            $level = in_array($changed->state, [State::Placed, State::Cancelled], true) ? 'info' : 'warning';
            $this->log($level, 'countersign: order {external_id} of {account} is {state}', [
                'account' => $changed->account,
                'external_id' => $changed->externalId,
                'state' => $changed->state->value,
                'reason' => $changed->reason,
                'remote_id' => $changed->remoteId,
                'why' => $changed->why,
            ]);
        }
        return $drained;
    }

    /** One order with its history, and with its body if that is asked for; null if the outbox has none with this id. */
    public function get(string $externalId, ?string $account = null, bool $body = false): ?Row
    {
        $found = $this->run('get', ['external_id' => $externalId, 'account' => $account, 'body' => $body]);
        return $found === null ? null : Row::of($found);
    }

    /**
     * Some orders, in the order of their enqueueing.
     *
     * @param bool $alerts only those that a person must look at
     * @param string|null $after where to go on: {@see RowList::$next} of the last list
     */
    public function list(
        State|string|null $state = null,
        ?string $account = null,
        bool $alerts = false,
        ?string $after = null,
        int $limit = 100,
    ): RowList {
        $state = $state instanceof State ? $state->value : $state;
        $members = ['state' => $state, 'account' => $account, 'alerts' => $alerts, 'after' => $after, 'limit' => $limit];
        $list = $this->run('list', $members);
        return new RowList(array_map(Row::of(...), $list['orders']), $list['next'] === null ? null : (string) $list['next']);
    }

    /**
     * The orders that changed since a cursor, so that a shop whose orders are drained elsewhere can note it. A change is told two
     * seconds after it happened.
     *
     * @param string|null $after {@see Changes::$cursor} of the last call; null for everything
     */
    public function changes(?string $after = null, int $limit = 100): Changes
    {
        $changes = $this->run('changes', ['after' => $after, 'limit' => $limit]);
        return new Changes(array_map(Row::of(...), $changes['orders']), $changes['cursor']);
    }

    /**
     * Counts, pauses, and when something last went well, by account. Times are seconds since 1970.
     *
     * @return array<string, array{open: array<string, int>, oldest_pending: int|null, alerts: int, pause: string|null, pause_why: string|null, paused_until: int|null, success_at: int|null, alive_at: int|null}>
     */
    public function stats(): array
    {
        return $this->run('stats');
    }

    /**
     * Whether a person must look: more orders held than `$maxHeld`, one that waits longer than `$maxAge` seconds, an account that
     * pauses; and what the database does not promise.
     */
    public function check(int $maxHeld = 0, int $maxAge = 3600): Checked
    {
        return new Checked(...$this->run('check', ['max_held' => $maxHeld, 'max_age' => $maxAge]));
    }

    /**
     * Writes down what a person decides about an order.
     *
     * @param string $who decides, kept with the order like the reason
     * @throws CountersignException store_busy while a worker is at it; invalid_argument for what cannot be decided
     */
    public function resolve(string $externalId, Decision|string $decision, string $who, string $why, ?string $account = null): Row
    {
        $decision = $decision instanceof Decision ? $decision->value : $decision;
        $members = ['external_id' => $externalId, 'decision' => $decision, 'who' => $who, 'why' => $why, 'account' => $account];
        return Row::of($this->run('resolve', $members));
    }

    /** Cancels an order as far as that is possible, and says how far. */
    public function cancel(string $externalId, ?string $account = null): Cancelled
    {
        $this->outsideOfTransaction();
        return Cancelled::from($this->run('cancel', ['external_id' => $externalId, 'account' => $account]));
    }

    /** Takes a delivery of Sign Customiser that was verified: its order:created settles an order in doubt. */
    public function notify(Event $event): Notified
    {
        $members = ['topic' => $event->topic, 'timestamp' => $event->timestamp];
        return Notified::from($this->run('notify', $members, ['data' => $event->json()]));
    }

    /** Sends nothing of an account until it is resumed; what is in doubt is read back all the same. */
    public function pause(string $account, string $why): void
    {
        $this->run('pause', ['account' => $account, 'why' => $why]);
    }

    /** Ends a pause. */
    public function resume(string $account): void
    {
        $this->run('resume', ['account' => $account]);
    }

    /** A person says that this store is the newest, and stands where it should: after a move, a copy or a restored backup. */
    public function adopt(): void
    {
        $this->run('adopt');
    }

    /** Strips what is personal of an order that has ended, or is held. Its key, its state and its times stay: never delete a row. */
    public function forget(string $externalId, ?string $account = null): void
    {
        $this->run('forget', ['external_id' => $externalId, 'account' => $account]);
    }

    /**
     * Runs an operation with signals held back, so that none ends it between an order and what is written down of it.
     *
     * @param array<string, mixed> $members null means not given
     * @param array<string, string> $texts members that are JSON already
     */
    private function run(string $operation, #[\SensitiveParameter] array $members = [], #[\SensitiveParameter] array $texts = []): mixed
    {
        $members = array_filter($members, static fn(mixed $value): bool => $value !== null);
        try {
            $input = Json::encode((object) $members);
        } catch (\JsonException $fault) {
            throw CountersignException::refusal(Kind::InvalidArgument, "An argument of $operation cannot be written as JSON: {$fault->getMessage()}.");
        }
        foreach ($texts as $name => $text) {
            $input = substr($input, 0, -1) . ($input === '{}' ? '' : ',') . "\"$name\":$text}";
        }
        return Interrupts::held(
            fn(): mixed => $this->connection === null
                ? Json::decode($this->library->textOf('countersign_outbox_run', $this->handle->pointer, $operation, $input))
                : Steps::run($this->handle, $this->connection, $operation, $input),
            static fn(): CountersignException => CountersignException::refusal(Kind::Aborted, "The answer of $operation is lost: look at the outbox."),
        );
    }

    /**
     * An order as the library takes it. A text stays one: what it is worth, the library says.
     *
     * @param array<mixed>|object|string $order
     */
    private function json(#[\SensitiveParameter] array|object|string $order): string
    {
        if (!is_string($order)) {
            return $this->written($order);
        }
        $text = json_encode($order);
        return is_string($text) ? $text : throw self::unwritten([['path' => '', 'code' => 'type', 'message' => 'it is not UTF-8. Give the text in that encoding.']]);
    }

    /** @param array<string, mixed> $context */
    private function log(string $level, string $message, array $context): void
    {
        try {
            $this->logger?->log($level, $message, $context);
        } catch (\Throwable) {
            // What was done is done: a log that fails must not look like an order that did.
        }
    }

    /** @return array<string, mixed> for var_dump and print_r: no credentials */
    public function __debugInfo(): array
    {
        return ['store' => $this->connection?->dialect() ?? 'sqlite'];
    }
}
