<?php
// The webhook subscriptions of a Sign Customiser account.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;

/**
 * Lists and changes subscriptions. Answers are the platform's objects; a change that fails says by its outcome whether
 * it may have been made.
 */
final class Webhooks
{
    /** @internal */
    public function __construct(private readonly ClientInterface $client)
    {
    }

    /** @return mixed the subscriptions @throws CountersignException */
    public function list(): mixed
    {
        return $this->client->run('webhooks_list');
    }

    /**
     * @param string $topic such as "order:created"
     * @param string $url where deliveries go
     * @param array<string, mixed>|null $meta
     * @return mixed the subscription, with its secret
     * @throws CountersignException
     */
    public function create(string $topic, string $url, ?array $meta = null): mixed
    {
        return $this->client->run('webhooks_create', self::input($topic, $url, $meta));
    }

    /** @return mixed the subscription @throws CountersignException */
    public function get(int $id): mixed
    {
        return $this->client->run('webhooks_get', ['id' => $id]);
    }

    /**
     * @param array<string, mixed>|null $meta
     * @return mixed the subscription
     * @throws CountersignException
     */
    public function update(int $id, string $topic, string $url, ?array $meta = null): mixed
    {
        return $this->client->run('webhooks_update', ['id' => $id] + self::input($topic, $url, $meta));
    }

    /** @throws CountersignException */
    public function delete(int $id): void
    {
        $this->client->run('webhooks_delete', ['id' => $id]);
    }

    /**
     * @param array<string, mixed>|null $meta
     * @return array<string, mixed>
     */
    private static function input(string $topic, string $url, ?array $meta): array
    {
        $input = ['topic' => $topic, 'url' => $url];
        return $meta === null ? $input : $input + ['meta' => (object) $meta];
    }
}
