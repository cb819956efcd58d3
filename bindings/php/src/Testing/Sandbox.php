<?php
// The sandbox as a test has it: both platforms on loopback, in a process that ends with this one, however that ends.

declare(strict_types=1);

namespace Countersign\Testing;

use Countersign\Internal\Command;
use Countersign\Internal\Guarded;
use Countersign\Outbox;
use Countersign\OutboxConnection;
use Countersign\SignCustomiser;
use Countersign\Spiff;
use Countersign\Webhook;

/**
 * Both platforms for the tests of a shop: they verify signatures, remember what arrived, and misbehave on demand. Every fault and setting
 * stands in sandbox/README.md. With PHPUnit, {@see UsesSandbox} starts one and gives each test a new state of it.
 *
 * Every method throws {@see SandboxError} for what it refuses, and once the sandbox has ended. Only clients, webhooks and outboxes need
 * the library and PHP's FFI.
 */
final class Sandbox
{
    use Guarded;

    /** Seconds for an answer. */
    private const ANSWER = 30;

    /** Every time of an outbox under test is divided by this, so that a doubt, which takes minutes, ends within two seconds. */
    private const SPEED = 100;
    private const POLICY = ['deadline' => 50, 'lease' => 110, 'settle' => 10, 'gap' => 5, 'alive' => 2_592_000];

    private static ?self $shared = null;

    /** @var array<string, int> folders of outboxes, each with the process that removes it at the latest when it ends */
    private static array $folders = [];

    /** @var array<string, string> the environment variables by which a shop finds it, in another process or by fromEnv() */
    public readonly array $env;

    public readonly string $spiffUrl;

    /** For a browser: shows what arrived. */
    public readonly string $spiffPage;

    public readonly string $signCustomiserUrl;

    public readonly string $signCustomiserPage;

    /** @var list<string> */
    private array $files = [];

    private bool $stopped = false;

    /** @param array<string, mixed> $ready what it said when it was: addresses, keys and secrets, by their names there */
    private function __construct(private readonly Child $child, public readonly array $ready)
    {
        $this->env = $ready['env'];
        ['url' => $this->spiffUrl, 'page' => $this->spiffPage] = $ready['spiff'];
        ['url' => $this->signCustomiserUrl, 'page' => $this->signCustomiserPage] = $ready['sign_customiser'];
    }

    /**
     * Starts one and waits until it answers, some ten milliseconds.
     *
     * @param string|null $command the path of the command; null for what COUNTERSIGN_BIN names, else `countersign` on the PATH
     * @param int $port where Spiff listens on 127.0.0.1; 0 takes a free port
     * @param int $signCustomiserPort the same for Sign Customiser
     * @param float $timeout how many seconds it may take
     * @throws SandboxError
     */
    public static function start(?string $command = null, int $port = 0, int $signCustomiserPort = 0, float $timeout = 10): self
    {
        $command ??= Command::find() ?? throw new SandboxError('The sandbox is the command countersign, and that is not on the PATH. ' . Command::INSTALL);
        $child = new Child($command, ['sandbox', '--json', '--port', (string) $port, '--sign-customiser-port', (string) $signCustomiserPort]);
        return new self($child, $child->ready($timeout));
    }

    /** The one of this process, started when it is asked for first; a new one, where that has ended. */
    public static function shared(): self
    {
        if (self::$shared === null || self::$shared->stopped || self::$shared->child->ended() !== null) {
            self::$shared = self::start();
        }
        return self::$shared;
    }

    /**
     * A client with the sandbox's keys. Options come on top: `timeout: 1` where a fault lets it wait, `settleDelay: 0, settleGap: 0` where
     * a doubt is settled at once. With an applicationKey (`$ready['spiff']['application_key']`) it has no key pair.
     */
    public function spiff(mixed ...$options): Spiff
    {
        $this->there();
        ['access_key' => $accessKey, 'secret_key' => $secretKey] = $this->ready['spiff'];
        $keys = isset($options['applicationKey']) ? [] : ['accessKey' => $accessKey, 'secretKey' => $secretKey];
        return new Spiff(...[...$keys, 'baseUrl' => $this->spiffUrl, ...$options]);
    }

    /** A client with the sandbox's token. Options come on top. */
    public function signCustomiser(mixed ...$options): SignCustomiser
    {
        $this->there();
        return new SignCustomiser(...['apiToken' => $this->ready['sign_customiser']['api_token'], 'baseUrl' => $this->signCustomiserUrl, ...$options]);
    }

    /** Verifies what the sandbox delivers, and signs what a test delivers itself: `webhook()->sign($body)` answers the headers. */
    public function webhook(mixed ...$options): Webhook
    {
        return new Webhook(...['secret' => $this->ready['sign_customiser']['webhook_secret'], ...$options]);
    }

    /** The same with the integration secret, for the product:created callback. */
    public function callback(mixed ...$options): Webhook
    {
        return new Webhook(...['secret' => $this->ready['sign_customiser']['integration_secret'], ...$options]);
    }

    /**
     * An outbox for which time runs a hundred times faster: a call that hangs is given up after half a second, and a doubt is settled some
     * two seconds later, by the same `drain(seconds: 5)`.
     *
     * @param \PDO|OutboxConnection|string|null $store null for a file of its own with its tables, which {@see stop} removes
     * @param array<string, Spiff|SignCustomiser>|null $accounts null for "shop", a client of Spiff, and "signs", one of Sign Customiser
     * @param array<string, int> $policy other numbers, in the seconds of the manual, of which a hundredth passes
     * @param mixed ...$options the rest, as for {@see Outbox}
     */
    public function outbox(\PDO|OutboxConnection|string|null $store = null, ?array $accounts = null, array $policy = [], mixed ...$options): Outbox
    {
        $accounts ??= ['shop' => $this->spiff(), 'signs' => $this->signCustomiser()];
        $own = $store === null ? ['create' => true, 'anywhere' => true] : [];
        // The library reads it when an outbox is made. Those of the shop have the manual's times.
        $name = 'COUNTERSIGN_OUTBOX_TEST_SCALE';
        $before = getenv($name);
        putenv("$name=" . self::SPEED);
        try {
            $outbox = new Outbox($store ?? $this->file(), $accounts, ...[...$own, ...$options, 'policy' => [...self::POLICY, ...$policy]]);
        } finally {
            putenv($before === false ? $name : "$name=$before");
        }
        if ($store === null) {
            $outbox->install();
        }
        return $outbox;
    }

    private function file(): string
    {
        $this->there();
        if (self::$folders === []) {
            register_shutdown_function(static fn() => self::remove(array_keys(self::$folders, getmypid(), true)));
        }
        $folder = sys_get_temp_dir() . '/countersign-' . bin2hex(random_bytes(8));
        mkdir($folder, 0700);
        self::$folders[$folder] = (int) getmypid();
        $this->files[] = $folder;
        return "sqlite:$folder/outbox.db";
    }

    /** @param list<string> $folders */
    private static function remove(array $folders): void
    {
        foreach ($folders as $folder) {
            array_map(unlink(...), glob("$folder/*") ?: []);
            @rmdir($folder);
        }
    }

    /**
     * A new design, as the shopper's browser makes it. An order names its transactionId; its transactionOwnerId is write access to it.
     *
     * @param string|null $product the id of a product, the shop's or the platform's; null for "shop-mug"
     * @param string|null $name what the shopper calls it
     * @return array{transactionId: string, transactionOwnerId: string, baseCost: int, optionsCost: int, previewImage: string, createdAt: string}
     */
    public function transaction(?string $product = null, ?string $name = null): array
    {
        return $this->transactions(1, $product, $name)[0];
    }

    /**
     * So many of them.
     *
     * @return list<array{transactionId: string, transactionOwnerId: string, baseCost: int, optionsCost: int, previewImage: string, createdAt: string}>
     */
    public function transactions(int $count, ?string $product = null, ?string $name = null): array
    {
        return $this->control('POST', 'transactions', self::given(['count' => $count, 'product' => $product, 'name' => $name]));
    }

    /**
     * A bundle of these designs. Its bundleOwnerId is write access to it.
     *
     * @param list<string> $transactionIds
     * @return array{bundleId: string, bundleOwnerId: string}
     */
    public function bundle(array $transactionIds): array
    {
        return $this->control('POST', 'bundles', ['transactionIds' => $transactionIds]);
    }

    /**
     * An order for Spiff that breaks no rule, of new designs.
     *
     * @param int $amount how many of each design
     * @return array{externalId: string, paid: bool, orderItems: list<array{amountToOrder: int, transactionId: string}>}
     */
    public function order(string $externalId, int $amount = 1, int $designs = 1, bool $paid = true): array
    {
        $ids = array_column($this->transactions($designs), 'transactionId');
        $items = array_map(static fn(string $id): array => ['amountToOrder' => $amount, 'transactionId' => $id], $ids);
        return ['externalId' => $externalId, 'paid' => $paid, 'orderItems' => $items];
    }

    /**
     * An order for Sign Customiser that breaks no rule.
     *
     * @param string $product the shop's id of it
     * @param int $price in minor units
     * @return array<string, mixed>
     */
    public function signOrder(string $externalId, string $product = 'shop-sign', int $quantity = 1, int $price = 2999): array
    {
        return [
            'integration_id' => 1,
            'external_id' => $externalId,
            'external_order_number' => "#$externalId",
            'currency' => 'USD',
            'products' => [['external_id' => $product, 'quantity' => $quantity, 'price' => $price]],
        ];
    }

    /**
     * Lets something go wrong with the next request that matches: "accept_then_hang", "500", "401", "cut_reply" and so on.
     *
     * @param string $target "order" for requests that place one, "read", "other" for further changes, "any"
     * @param mixed ...$more count, platform, accept, and what the fault takes: `fault('429', retry_after: 3)`
     */
    public function fault(string $name, string $target = 'order', mixed ...$more): void
    {
        $this->control('POST', 'faults', ['fault' => $name, 'target' => $target, ...$more]);
    }

    /** @return list<array<string, mixed>> the faults that have not struck yet */
    public function faults(): array
    {
        return $this->control('GET', 'faults')['faults'];
    }

    /**
     * Changes settings, such as `dedupe: true`, and answers all of them.
     *
     * @return array<string, mixed>
     */
    public function settings(mixed ...$changes): array
    {
        return $this->control('POST', 'settings', $changes);
    }

    /**
     * The orders that were accepted, oldest first; only those with this id of the shop's, if one is given. Each has platform, id,
     * externalId, paid, items, externalData, body and more.
     *
     * @return list<array<string, mixed>>
     */
    public function orders(?string $externalId = null): array
    {
        $orders = $this->control('GET', 'orders')['orders'];
        return array_values(array_filter($orders, static fn(array $order): bool => in_array($externalId, [null, $order['externalId']], true)));
    }

    /**
     * What arrived, oldest first: method, path, headers, body, status, accepted and why, fault, string_to_sign and more.
     *
     * @return list<array<string, mixed>>
     */
    public function requests(): array
    {
        return $this->control('GET', 'requests')['requests'];
    }

    /**
     * Delivers a signed webhook to the shop, waits for its answer and tells it: ok, status, body, why, event. The shop must run in another
     * process; within this one, hand `webhook()->sign($body)` to its code.
     *
     * @param string $topic "product:created", "order:created" or "form:submitted"
     * @param string $url where, on this machine
     * @param array<mixed>|null $data what is delivered, such as ['order' => […]]; null for a sample
     * @param string|null $secret it is signed with, instead of that of {@see webhook}
     * @return array<string, mixed>
     */
    public function deliver(string $topic, string $url, ?array $data = null, ?string $secret = null): array
    {
        return $this->control('POST', 'deliver', self::given(['topic' => $topic, 'url' => $url, 'data' => $data, 'secret' => $secret]));
    }

    /**
     * Delivers the callback that has a shop create a product, and tells the answer: ok, external_id, product_id, status, body, why, event.
     *
     * @param string $url where, on this machine
     * @param array<string, mixed>|null $product members of it that are to be others than the sample's
     * @param string|null $secret it is signed with, instead of that of {@see callback}
     * @return array<string, mixed>
     */
    public function productCreated(string $url, ?int $customiserId = null, ?int $productId = null, ?array $product = null, ?string $secret = null): array
    {
        $given = ['url' => $url, 'customiser_id' => $customiserId, 'product_id' => $productId, 'product' => $product, 'secret' => $secret];
        return $this->control('POST', 'product-created', self::given($given));
    }

    /** @return list<array<string, mixed>> the webhooks that were sent, oldest first: topic, url, body, state, attempts */
    public function deliveries(): array
    {
        return $this->control('GET', 'deliveries')['deliveries'];
    }

    /** Forgets everything: orders, requests, designs, faults, settings. Ids begin anew. */
    public function reset(): void
    {
        $this->control('POST', 'reset');
    }

    /**
     * Asks for anything else of the control interface, and answers its JSON: `control('POST', 'past-orders', ['count' => 3])`.
     *
     * @param array<mixed>|object|null $body an empty array is an empty object
     */
    public function control(string $method, string $path, array|object|null $body = null): mixed
    {
        $this->there();
        $path = '/_/' . preg_replace('~^/?(_/)?~', '', $path);
        $reply = $this->ask($method, $path, $body === null ? '' : json_encode($body === [] ? new \stdClass() : $body, JSON_THROW_ON_ERROR));
        if (preg_match('~^HTTP/1\.1 (\d{3}) .*?\r\n\r\n(.*)$~s', $reply, $found) !== 1) {
            // It may be about to end.
            $this->child->ended(1);
            $this->there();
            throw new SandboxError("The sandbox did not answer $method $path within " . self::ANSWER . ' s.');
        }
        $answer = json_decode($found[2], true);
        if ((int) $found[1] >= 400) {
            throw new SandboxError("The sandbox refused $method $path: " . ($answer['error'] ?? $found[1]));
        }
        return $answer;
    }

    /** The reply, on a connection of its own; empty if none came. Without the wrapper http://, which a php.ini may close and tests replace. */
    private function ask(string $method, string $path, string $body): string
    {
        $address = substr($this->spiffUrl, strlen('http://'));
        $peer = @stream_socket_client("tcp://$address", timeout: self::ANSWER);
        if ($peer === false) {
            return '';
        }
        stream_set_timeout($peer, self::ANSWER);
        $head = ["$method $path HTTP/1.1", "Host: $address", 'Connection: close', 'Content-Type: application/json', 'Content-Length: ' . strlen($body)];
        @fwrite($peer, implode("\r\n", $head) . "\r\n\r\n$body");
        return (string) @stream_get_contents($peer);
    }

    /**
     * @param array<string, mixed> $members
     * @return array<string, mixed> those that are not null
     */
    private static function given(array $members): array
    {
        return array_filter($members, static fn(mixed $value): bool => $value !== null);
    }

    private function there(): void
    {
        if ($this->stopped) {
            throw new SandboxError('This sandbox was stopped. Start another one, or stop it later.');
        }
        $end = $this->child->ended();
        if ($end !== null) {
            throw new SandboxError("The sandbox has ended ($end). {$this->child->words()} Start another one.");
        }
    }

    /** Ends it, and removes the files of its outboxes; so does whoever lets go of it. Once stopped it refuses everything. */
    public function stop(): void
    {
        $this->stopped = true;
        $this->child->stop();
        $mine = array_filter($this->files, static fn(string $folder): bool => (self::$folders[$folder] ?? null) === getmypid());
        self::remove($mine);
        self::$folders = array_diff_key(self::$folders, array_flip($mine));
    }

    public function __destruct()
    {
        $this->stop();
    }
}
