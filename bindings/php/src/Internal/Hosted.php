<?php
// What an outbox asks of its host before it writes: the order as JSON, and no transaction on another connection.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;
use Countersign\Kind;
use Countersign\OutboxConnection;
use Doctrine\DBAL\Connection as Doctrine;
use Illuminate\Database\Connection as Laravel;

/** @internal */
trait Hosted
{
    /** @var \PDO|\Closure(): bool|null */
    private readonly \PDO|\Closure|null $host;

    /**
     * The shop's own connection, whatever it is made of.
     *
     * @param \PDO|Laravel|Doctrine|OutboxConnection $store
     */
    private static function connected(object $store): OutboxConnection
    {
        return match (true) {
            $store instanceof \PDO => new PdoConnection($store),
            $store instanceof Laravel => new LaravelConnection($store),
            $store instanceof Doctrine => new DoctrineConnection($store),
            default => $store,
        };
    }

    /**
     * The JSON of an order.
     *
     * @param array<mixed>|object $order
     * @throws CountersignException invalid_order with the path of everything that cannot be written
     */
    private function written(#[\SensitiveParameter] array|object $order): string
    {
        try {
            return Json::encode($order);
        } catch (\Throwable $fault) {
            throw self::unwritten(json_decode(Problems::of($order, $fault), true), $fault);
        }
    }

    /** @param list<array{path: string, code: string, message: string}> $problems */
    private static function unwritten(array $problems, ?\Throwable $fault = null): CountersignException
    {
        return CountersignException::of([
            'kind' => Kind::InvalidOrder->value,
            'number' => Kind::InvalidOrder->number(),
            'message' => 'The order cannot be written as JSON.',
            'next_step' => 'Correct what the problems name; nothing was written.',
            'problems' => $problems,
        ], null, $fault);
    }

    /** Rule R15: what is written over another connection is not taken back with the host's transaction. */
    private function outsideOfTransaction(): void
    {
        $open = $this->host instanceof \PDO ? $this->host->inTransaction() : ($this->host !== null && ($this->host)());
        if ($open) {
            throw CountersignException::refusal(
                Kind::Store,
                'A transaction is open on the connection of the shop, and the outbox has another one: the order would stay if the payment was rolled back.',
                'Commit first and enqueue then, or give the outbox the connection that the transaction is open on; nothing was written.',
            );
        }
    }
}
