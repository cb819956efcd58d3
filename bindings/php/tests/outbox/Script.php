<?php
// Runs the rows of tests/vectors/outbox.json over one kind of connection.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Outbox;
use Countersign\Webhook;

final class Script
{
    private Outbox $outbox;
    private Host $host;
    private int $now;
    /** @var array<string, string> */
    private array $designs = [];
    /** @var array<string, mixed> */
    private array $kept = [];

    public function __construct(private readonly Sandbox $sandbox)
    {
    }

    /** @param callable(string): Host $make a host with an empty store of its own */
    public function run(stdClass $row, callable $make): void
    {
        $this->sandbox->control('POST', 'reset');
        $this->now = time();
        $this->designs = $this->kept = [];
        $this->host = $make($row->id);
        // Where a row says nothing, no time of the policy is short enough for a busy machine to meet.
        putenv('COUNTERSIGN_OUTBOX_TEST_SCALE=' . ($row->scale ?? 1));
        try {
            $accounts = [];
            foreach ((array) ($row->accounts ?? ['shop' => 'spiff']) as $name => $platform) {
                $accounts[$name] = $platform === 'spiff' ? $this->sandbox->spiff() : $this->sandbox->signs();
            }
            $this->outbox = $this->host->outbox($accounts, (array) ($row->policy ?? []));
        } finally {
            putenv('COUNTERSIGN_OUTBOX_TEST_SCALE');
        }
        foreach ($row->steps as $at => $step) {
            try {
                $this->step($step);
            } catch (Failure $failure) {
                throw new Failure("step $at (" . show($step) . "): {$failure->getMessage()}");
            } catch (Throwable $fault) {
                throw new Failure("step $at (" . show($step) . '): ' . get_class($fault) . ": {$fault->getMessage()} at {$fault->getFile()}:{$fault->getLine()}");
            }
        }
    }

    private function step(stdClass $step): void
    {
        match (array_key_first((array) $step)) {
            'do' => $this->perform($step),
            'begin' => $this->host->begin(),
            'commit' => $this->host->commit(),
            'rollback' => $this->host->rollBack(),
            'execute' => $this->host->execute(...array_map($this->filled(...), $step->execute)),
            'sandbox' => $this->sandbox->fault((array) $step->sandbox),
            'wait' => usleep((int) ($step->wait * 1e6)),
            'accepted' => $this->accepted($step->accepted),
            'received' => $this->received($step->received),
            default => throw new Failure('this runner does not know the step'),
        };
    }

    private function accepted(stdClass $times): void
    {
        $of = array_map('strval', array_column($this->sandbox->control('GET', 'orders')['orders'], 'externalId'));
        foreach ((array) $times as $id => $due) {
            same(count(array_keys($of, (string) $id, true)), $due, "how often $id was accepted");
        }
    }

    private function received(stdClass $orders): void
    {
        foreach ((array) $orders as $id => $due) {
            $this->fits(json_decode(json_encode($this->sandbox->accepted((string) $id)[0] ?? null)), $due, (string) $id);
        }
    }

    private function perform(stdClass $step): void
    {
        $input = $this->filled($step->input ?? new stdClass());
        try {
            $answer = json_decode(json_encode(self::plain($this->call($step->do, $input)), JSON_THROW_ON_ERROR));
        } catch (CountersignException $error) {
            $due = $step->error ?? throw $error;
            same($error->kind?->value, $due->kind, 'kind of "' . $error->getMessage() . '"');
            contains($error->getMessage() . ' ' . $error->nextStep, $due->contains ?? '');
            if (isset($due->problems)) {
                $paths = array_column($error->problems, 'path');
                sort($paths);
                sort($due->problems);
                same($paths, $due->problems, 'paths of the problems');
            }
            return;
        }
        if (isset($step->error)) {
            throw new Failure('no error, but ' . show($answer));
        }
        if (property_exists($step, 'answer')) {
            $this->fits($answer, $step->answer, $step->do);
        }
        foreach ($step->lacks ?? [] as $name) {
            same($answer->$name ?? null, null, $name);
        }
        foreach ((array) ($step->keep ?? []) as $name => $member) {
            $this->kept[$name] = $answer->$member;
        }
    }

    /** An object has at least these members, a list as many items; the rest is the value itself. */
    private function fits(mixed $got, mixed $due, string $where): void
    {
        $due = is_string($due) ? $this->filled($due) : $due;
        if ($due === '{any}') {
            holds($got !== null, "$where: it is null");
        } elseif ($due instanceof stdClass) {
            holds(is_object($got) || $got === [], "$where: " . show($got) . ' is no object');
            foreach ((array) $due as $name => $value) {
                $this->fits(((array) $got)[$name] ?? null, $value, "$where.$name");
            }
        } elseif (is_array($due)) {
            holds(is_array($got) && count($got) === count($due), "$where: " . show($got) . ', due are ' . count($due) . ' of them');
            foreach ($due as $at => $value) {
                $this->fits($got[$at], $value, "{$where}[$at]");
            }
        } else {
            same($got, $due, $where);
        }
    }

    private function filled(mixed $value): mixed
    {
        if ($value instanceof stdClass) {
            return (object) array_map($this->filled(...), (array) $value);
        }
        if (is_array($value)) {
            return array_map($this->filled(...), $value);
        }
        if (!is_string($value) || preg_match('/^\{(?:(now)([+-]\d+)?|design:(\w+)|(\w+))\}$/', $value, $part) !== 1) {
            return $value;
        }
        return match (true) {
            $part[1] !== '' => $this->now + (int) ($part[2] ?? 0),
            ($part[3] ?? '') !== '' => $this->designs[$part[3]] ??= $this->sandbox->transaction(),
            default => $this->kept[$part[4]] ?? $value,
        };
    }

    /** An operation by its name, through the method that a shop calls. */
    private function call(string $operation, stdClass $input): mixed
    {
        $own = ['enqueue' => 'enqueue', 'enqueue_statement' => 'enqueueStatement'][$operation] ?? $operation;
        $members = (array) $input;
        if ($operation === 'notify') {
            return $this->outbox->notify($this->event($members));
        }
        // Names and inputs that no method lets through.
        if (!method_exists($this->outbox, $own) || $this->isRaw($own, $members)) {
            return (new ReflectionMethod(Outbox::class, 'run'))->invoke($this->outbox, $operation, $members);
        }
        return $this->outbox->$own(...camel($members));
    }

    private function isRaw(string $method, array $members): bool
    {
        $names = [];
        foreach ((new ReflectionMethod(Outbox::class, $method))->getParameters() as $parameter) {
            $names[$parameter->getName()] = (string) $parameter->getType();
            if (!$parameter->isOptional() && !array_key_exists($parameter->getName(), camel($members))) {
                return true;
            }
        }
        foreach (camel($members) as $name => $value) {
            $type = $names[$name] ?? null;
            if ($type === null || ($type === 'string' && is_int($value)) || ($type === 'float' && is_string($value)) || ($name === 'max' && $value < 0)) {
                return true;
            }
        }
        return false;
    }

    /** A delivery as the platform signs it. */
    private function event(array $members): Countersign\Event
    {
        $names = ['order:created' => 'order', 'form:submitted' => 'form_submission'];
        $body = json_encode([$names[$members['topic']] => $members['data']], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
        $secret = $this->sandbox->ready['sign_customiser']['webhook_secret'];
        $headers = [
            'X-Webhook-Timestamp' => (string) $members['timestamp'],
            'X-Webhook-Signature' => hash_hmac('sha256', "{$members['timestamp']}.$body", $secret),
        ];
        return (new Webhook($secret))->verify($headers, $body, $members['timestamp']);
    }

    /** Results as the library's own JSON. */
    private static function plain(mixed $value): mixed
    {
        if ($value instanceof CountersignException) {
            return ['error' => ['kind' => $value->kind?->value]];
        }
        if ($value instanceof BackedEnum) {
            return $value->value;
        }
        if (is_object($value)) {
            $members = [];
            foreach (get_object_vars($value) as $name => $member) {
                $members[strtolower((string) preg_replace('/[A-Z]/', '_$0', $name))] = self::plain($member);
            }
            if (isset($members['rows'])) {
                $members = ['orders' => $members['rows']] + $members;
            }
            return (object) $members;
        }
        return is_array($value) ? array_map(self::plain(...), $value) : $value;
    }
}
