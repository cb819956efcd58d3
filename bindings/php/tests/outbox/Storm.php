<?php
// Producers and workers over one store, killed at random together with their database, while the platform misbehaves.

declare(strict_types=1);

require_once __DIR__ . '/Trial.php';
require_once __DIR__ . '/hosts.php';

/** A process that is talked to by its pipes. */
final class Worker
{
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];
    private string $read = '';
    /** The event that it was given and has not answered yet. */
    public ?string $event = null;

    /** @param list<string> $flags of PHP */
    public function __construct(private readonly string $script, private readonly array $flags, private readonly array $env)
    {
        $this->start();
    }

    private function start(): void
    {
        $command = [PHP_BINARY, ...$this->flags, __DIR__ . "/$this->script"];
        $this->process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['file', 'php://stderr', 'w']], $this->pipes, null, [...getenv(), ...$this->env]);
        stream_set_blocking($this->pipes[1], false);
        $this->read = '';
    }

    /**
     * Kills it, and starts another one in its place.
     *
     * @return array{string|null, list<string>} what it was at, and the last whole lines that it said
     */
    public function kill(): array
    {
        $lines = explode("\n", $this->end(SIGKILL));
        array_pop($lines);
        [$event, $this->event] = [$this->event, null];
        $this->start();
        return [$event, $lines];
    }

    /** WordPress ends where its database is away. */
    public function isGone(): bool
    {
        return !proc_get_status($this->process)['running'];
    }

    /** An orderly end, or one by a signal. */
    public function end(?int $signal = null): string
    {
        ['running' => $running, 'pid' => $pid] = proc_get_status($this->process);
        $running && $signal !== null && posix_kill($pid, $signal);
        fclose($this->pipes[0]);
        stream_set_blocking($this->pipes[1], true);
        $said = $this->read . stream_get_contents($this->pipes[1]);
        fclose($this->pipes[1]);
        proc_close($this->process);
        return $said;
    }

    public function tell(string $line): void
    {
        fwrite($this->pipes[0], "$line\n");
    }

    /** @return list<string> whole lines */
    public function hear(): array
    {
        $this->read .= stream_get_contents($this->pipes[1]);
        $lines = explode("\n", $this->read);
        $this->read = array_pop($lines);
        return $lines;
    }
}

final class Storm
{
    /** As in outbox/tests/kills.rs: the times of production divided by fifty, shorter where that keeps their order. */
    private const POLICY = ['deadline' => 20, 'lease' => 60, 'settle' => 60, 'settle_growth' => 2, 'gap' => 15, 'backoff_most' => 50, 'pause' => 5];
    private const SCALE = '50';
    private const LATE = 800;
    private const PATIENCE = 120;

    /** @var list<Worker> */
    private array $producers;
    /** @var list<Worker> */
    private array $workers;
    /** @var list<string> */
    private array $waiting = [];
    /** @var array<string, string> the orders as JSON, by their ids */
    private array $orders = [];
    /** @var array<string, true> */
    private array $acknowledged = [];
    private int $released = 0;
    private int $deliveries = 0;
    public int $kills = 0;
    public int $servers = 0;
    private readonly string $prefix;

    private readonly string $file;
    private readonly ?Server $server;

    /** @param string $kind of connection, as hosts.php has them; or "unaided": PDO whose producers have no FFI */
    public function __construct(private readonly int $blows, private readonly int $seed, private readonly string $kind = 'pdo-mysql')
    {
        $this->server = match (true) {
            str_ends_with($kind, 'pgsql') => Postgres::get(),
            str_ends_with($kind, 'sqlite') => null,
            default => MariaDb::get(),
        };
    }

    /** A connection to look with. */
    private function pdo(): PDO
    {
        return match (true) {
            $this->server instanceof Postgres => $this->server->pdo(),
            $this->server instanceof MariaDb => Trial::pdo(),
            default => new PDO("sqlite:$this->file"),
        };
    }

    private function rows(string $where): int
    {
        return (int) $this->pdo()->query("SELECT COUNT(*) FROM {$this->prefix}countersign_outbox WHERE $where")->fetchColumn();
    }

    /** @return array{kills: int, servers: int, events: int, again: int, posts: int, reads: int, lost: int, doubled: int, held: array<string, int>, stuck: int, apart: int, seconds: float, told: list<string>} */
    public function run(): array
    {
        $began = hrtime(true);
        mt_srand($this->seed);
        $sandbox = Sandbox::get();
        $sandbox->control('POST', 'reset');
        $this->prefix = Trial::prefix();
        $this->file = scratch('storm') . "/{$this->prefix}$this->kind.db";
        Trial::opened($this->pdo(), $this->prefix)->install();
        $this->pdo()->exec("CREATE TABLE {$this->prefix}payments (id VARCHAR(40) PRIMARY KEY)" . ($this->server instanceof MariaDb ? ' ENGINE=InnoDB' : ''));
        for ($event = 0; $event < 2 * $this->blows; $event++) {
            $this->orders["e$event"] = json_encode(Trial::order("e$event", 1 + $event % 3, "#$event é 🎈"), JSON_THROW_ON_ERROR);
        }
        $order = ['accept_then_hang' => 8, 'accept_late' => ['percent' => 8, 'ms' => self::LATE], 'cut_reply' => 5, 'accept_then_500' => 5, '500' => 4, '503' => 4, '429' => 5];
        foreach ([[$order, 'order', 1], [['500' => 3], 'read', 2]] as [$profile, $target, $more]) {
            $sandbox->fault(['profile' => $profile, 'target' => $target, 'seed' => $this->seed + $more, 'count' => 1_000_000_000]);
        }
        $bare = $this->kind === 'unaided';
        $env = ['KIND' => $bare ? 'pdo-mysql' : $this->kind, 'FILE' => $this->file, 'POLICY' => json_encode(self::POLICY), 'COUNTERSIGN_OUTBOX_TEST_SCALE' => self::SCALE]
            + ($this->server instanceof Postgres ? ['DB_NAME' => $this->server->ready['database']] : [])
            + Trial::environment($this->prefix);
        $this->producers = array_map(static fn(): Worker => new Worker('producer.php', $bare ? ['-d', 'ffi.enable=0'] : [], $env), range(1, 2));
        $this->workers = array_map(static fn(): Worker => new Worker('worker.php', [], $env), range(1, 3));
        try {
            $this->rage();
            $sandbox->control('DELETE', 'faults');
            $this->until(fn(): bool => count($this->acknowledged) === count($this->orders), 'events that nobody acknowledges');
            $rested = $this->rest();
            $held = $this->answer();
            usleep((self::LATE + 500) * 1000);
            $stuck = $rested && $this->rest() ? 0 : $this->rows('state IN (1, 2, 3, 4)');
        } finally {
            foreach ([...$this->producers, ...$this->workers] as $process) {
                $process->end();
            }
        }
        return $this->compare($held, $stuck) + ['seconds' => (hrtime(true) - $began) / 1e9];
    }

    private function rage(): void
    {
        $began = hrtime(true);
        for ($blow = 0; $blow < $this->blows; $blow++) {
            $this->release(2 * $blow);
            for ($until = hrtime(true) + mt_rand(50, 350) * 1_000_000; hrtime(true) < $until;) {
                $this->deliver();
                usleep(2000);
            }
            if ($blow % 17 === 8 && $this->server !== null) {
                $this->server->kill();
                // Whoever is at work sees it gone.
                usleep(mt_rand(0, 200_000));
                $this->server->start();
                $this->servers++;
            } elseif ($blow % 3 === 0) {
                $this->killed($this->producers[mt_rand(0, 1)]);
            } else {
                $this->killed($this->workers[mt_rand(0, 2)]);
            }
            $this->kills++;
            holds(hrtime(true) - $began < (self::PATIENCE + $this->blows) * 1e9, 'a storm without an end');
        }
        $this->release(count($this->orders));
    }

    /** Events happen as the storm goes on; one in ten is delivered twice. */
    private function release(int $until): void
    {
        $ids = array_keys($this->orders);
        for (; $this->released < min($until, count($ids)); $this->released++) {
            $this->waiting[] = $ids[$this->released];
            mt_rand(0, 9) === 0 && $this->waiting[] = $ids[$this->released];
        }
    }

    private function killed(Worker $process): void
    {
        if (in_array($process, $this->producers, true)) {
            // It is killed while it does something: before, in the middle, or when it has just said so.
            $this->release($this->released + 2);
            for ($until = hrtime(true) + 60_000_000; $process->event === null && hrtime(true) < $until;) {
                $this->deliver();
            }
            usleep(mt_rand(0, 12_000));
        }
        $this->anew($process);
    }

    private function anew(Worker $process): void
    {
        [$event, $last] = $process->kill();
        if ($event === null) {
            return;
        }
        if (in_array("ack $event", $last, true)) {
            // What it said before its end was heard.
            $this->acknowledged[$event] = true;
        } else {
            // Without an answer it is delivered again: the payment provider knows no more than that.
            array_unshift($this->waiting, $event);
        }
    }

    private function deliver(): void
    {
        $this->revive();
        foreach ($this->producers as $producer) {
            foreach ($producer->hear() as $line) {
                [$said, $id] = explode(' ', "$line ");
                if (!isset($this->orders[$id])) {
                    continue; // the last words of WordPress
                }
                $producer->event = null;
                if ($said === 'ack') {
                    $this->acknowledged[$id] = true;
                } else {
                    array_unshift($this->waiting, $id);
                }
            }
            if ($producer->event === null && $this->waiting !== []) {
                $producer->event = array_shift($this->waiting);
                $this->deliveries++;
                $producer->tell("$producer->event\t{$this->orders[$producer->event]}");
            }
        }
    }

    private function revive(): void
    {
        foreach ([...$this->producers, ...$this->workers] as $process) {
            $process->isGone() && $this->anew($process);
        }
    }

    private function until(callable $done, string $else): void
    {
        for ($until = hrtime(true) + self::PATIENCE * 1_000_000_000; !$done();) {
            holds(hrtime(true) < $until, $else);
            $this->deliver();
            usleep(2000);
        }
    }

    /** Whether every order comes to an end. */
    private function rest(): bool
    {
        for ($until = hrtime(true) + self::PATIENCE * 1_000_000_000; $this->rows('state IN (1, 2, 3)') > 0;) {
            if (hrtime(true) > $until) {
                return false;
            }
            $this->revive();
            usleep(100_000);
        }
        return true;
    }

    /**
     * A person answers what is held: look again, and send it if it is not there.
     *
     * @return array<string, int>
     */
    private function answer(): array
    {
        $outbox = Trial::opened($this->pdo(), $this->prefix, (int) self::SCALE, policy: self::POLICY);
        $held = [];
        foreach ($outbox->list('held', limit: 1000)->rows as $row) {
            $held[$row->reason] = ($held[$row->reason] ?? 0) + 1;
            $outbox->resolve($row->externalId, 'retry', 'ana', 'look again');
        }
        return $held;
    }

    private function compare(array $held, int $stuck): array
    {
        $outbox = Trial::opened($this->pdo(), $this->prefix);
        $sandbox = Sandbox::get();
        $accepted = array_count_values(array_column($sandbox->control('GET', 'orders')['orders'], 'externalId'));
        $targets = array_count_values(array_column($sandbox->control('GET', 'requests')['requests'], 'target'));
        $count = ['lost' => 0, 'doubled' => 0];
        $told = [];
        foreach (array_keys($this->orders) as $id) {
            $times = $accepted[$id] ?? 0;
            $count['lost'] += (int) ($times === 0);
            $count['doubled'] += (int) ($times > 1);
            if ($times !== 1 && count($told) < 5) {
                $told[] = "$id was accepted $times times: " . json_encode($outbox->get($id));
            }
        }
        // Payment and order were one transaction: there is never one without the other.
        $join = "SELECT COUNT(*) FROM {$this->prefix}payments p %s JOIN {$this->prefix}countersign_outbox o ON o.external_id = p.id WHERE p.id IS NULL OR o.id IS NULL";
        $apart = 0;
        foreach (['LEFT', 'RIGHT'] as $side) {
            $apart += (int) $this->pdo()->query(sprintf($join, $side))->fetchColumn();
        }
        return $count + [
            'kills' => $this->kills, 'servers' => $this->servers, 'events' => count($this->orders), 'again' => $this->deliveries - count($this->orders),
            'posts' => $targets['order'] ?? 0, 'reads' => $targets['read'] ?? 0, 'held' => $held, 'stuck' => $stuck, 'apart' => $apart, 'told' => $told,
        ];
    }
}
