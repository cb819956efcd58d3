<?php
// What the clients of both platforms share: options, orders, operations by name, the log.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\ClientInterface;
use Countersign\Exception\CountersignException;
use Countersign\Kind;
use Countersign\PlacedOrder;
use Countersign\PreparedCall;

/** @internal */
abstract class Client implements ClientInterface
{
    use Guarded;

    /** The platform as the library names it: "spiff" or "sign_customiser". */
    protected const PLATFORM = '';

    private Library $library;
    private Handle $handle;

    /** @var list<string> names of the options that were given, for var_dump */
    private array $given = [];
    private ?object $logger = null;

    /**
     * @param array<string, mixed> $options by camelCase or core name; null means not given
     * @param object|null $logger anything with PSR-3's log()
     */
    final protected function open(
        #[\SensitiveParameter] array $options,
        ?object $logger,
        ?string $library,
        bool $environment = false,
    ): void {
        if ($logger !== null && !method_exists($logger, 'log')) {
            throw CountersignException::refusal(
                Kind::InvalidArgument,
                'The logger has no method log(): give a PSR-3 logger.',
            );
        }
        $this->library = Library::get($library);
        $this->logger = $logger;
        $set = $environment
            ? $this->library->make('options', 'countersign_options_from_env', static::PLATFORM)
            : $this->library->make('options', 'countersign_options_new');
        foreach ($options as $name => $value) {
            if ($value === null) {
                continue;
            }
            $this->given[] = $name;
            $name = strtolower((string) preg_replace('/[A-Z]/', '_$0', $name));
            $value = match (true) {
                is_bool($value) => $value ? 'true' : 'false',
                is_array($value) => implode(',', $value),
                default => (string) $value,
            };
            $this->library->run('countersign_options_set', $set->pointer, $name, $value);
        }
        $this->handle = $this->library->make('client', 'countersign_client_new', static::PLATFORM, $set->pointer);
    }

    /**
     * A client by the environment: COUNTERSIGN_SPIFF_ACCESS_KEY, COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN and what else
     * docs/options.md lists, each also with _FILE for the path of a file that holds the value.
     *
     * @param array<string, mixed> $options more options, by the names of the constructor
     * @param object|null $logger as for the constructor, like the rest
     * @throws CountersignException kind configuration: what is missing or does not fit
     */
    public static function fromEnv(
        #[\SensitiveParameter] array $options = [],
        ?object $logger = null,
        ?string $library = null,
    ): static {
        $client = (new \ReflectionClass(static::class))->newInstanceWithoutConstructor();
        $client->open($options, $logger, $library, true);
        return $client;
    }

    /** The same client with the handle that a function of it makes. */
    final protected function derive(string $function, #[\SensitiveParameter] mixed ...$arguments): static
    {
        $other = (new \ReflectionClass($this))->newInstanceWithoutConstructor();
        [$other->library, $other->logger, $other->given] = [$this->library, $this->logger, $this->given];
        $other->handle = $this->make('client', $function, ...$arguments);
        return $other;
    }

    public function withTimeout(float $seconds): static
    {
        return $this->derive('countersign_client_with_timeout', $seconds);
    }

    /** The handle of a client, for the outbox. */
    final public static function handleOf(self $client): Handle
    {
        return $client->handle;
    }

    private function make(string $type, string $function, #[\SensitiveParameter] mixed ...$arguments): Handle
    {
        return $this->library->make($type, $function, $this->handle->pointer, ...$arguments);
    }

    /**
     * Runs an operation by its name: prepares it, sends it, reads the reply. {@see operations} lists them; the methods
     * of this class are made of it.
     *
     * @param array<mixed>|object|string|null $input the operation's members; a text is JSON already
     * @return mixed the answer, with objects as arrays
     * @throws CountersignException
     */
    public function run(string $operation, array|object|string|null $input = null): mixed
    {
        return $this->answer($operation, $input, static fn(mixed $value): mixed => $value);
    }

    /**
     * Prepares an operation by its name without sending it, for HTTP of your own.
     *
     * @param array<mixed>|object|string|null $input the operation's members; a text is JSON already
     * @param int|null $now when it is signed, in seconds since 1970; null for the clock
     * @throws CountersignException
     */
    public function prepare(string $operation, array|object|string|null $input = null, ?int $now = null): PreparedCall
    {
        $json = $this->json($operation, $input);
        $call = $this->make('call', 'countersign_client_prepare', $operation, $json, $now ?? Library::NOW);
        return new PreparedCall($call, $operation === 'place_order');
    }

    /**
     * Every operation of this platform.
     *
     * @return list<array{name: string, effect: string, input: string}>
     */
    public function operations(): array
    {
        return Json::decode($this->library->textOf('countersign_operations', static::PLATFORM));
    }

    public function placeOrder(array|object|string $order): PlacedOrder
    {
        $shape = static fn(array $placed, array $attempts): PlacedOrder => PlacedOrder::of($placed, $attempts[count($attempts) - 1] ?? null);
        return $this->answer('place_order', $order, $shape);
    }

    public function prepareOrder(array|object|string $order, ?int $now = null): PreparedCall
    {
        return $this->prepare('place_order', $order, $now);
    }

    public function check(): array
    {
        return $this->run('check');
    }

    /**
     * Runs an operation and logs its attempts.
     *
     * @template T
     * @param array<mixed>|object|string|null $input
     * @param callable(mixed, list<array<string, mixed>>): T $shape of the answer and the records of all attempts
     * @return T
     */
    private function answer(string $operation, array|object|string|null $input, callable $shape): mixed
    {
        $json = $this->json($operation, $input);
        $begun = time();
        $answer = null;
        return Interrupts::held(
            function () use ($operation, $json, $shape, &$answer): mixed {
                try {
                    $answer = $this->make('answer', 'countersign_client_run', $operation, $json);
                } catch (CountersignException $failure) {
                    $this->log($operation, $failure->attempts, $failure);
                    throw $failure;
                }
                $attempts = Json::decode((string) $answer->text('countersign_answer_attempts'));
                $this->log($operation, $attempts);
                return $shape(Json::decode((string) $answer->text('countersign_answer_json')), $attempts);
            },
            function () use ($operation, $json, $begun, &$answer): CountersignException {
                $lost = $answer->pointer ?? $this->library->nothing('answer');
                return $this->library->told('countersign_client_lost', $this->handle->pointer, $operation, $json, $begun, $lost);
            },
        );
    }

    /**
     * The JSON of an input. Text is taken as JSON already, null as no input.
     *
     * @param array<mixed>|object|string|null $input
     * @throws CountersignException with the path of everything that cannot be written; nothing was sent
     */
    private function json(string $operation, array|object|string|null $input): string
    {
        if ($input === null || is_string($input)) {
            return (string) $input;
        }
        try {
            return Json::encode($input);
        } catch (\Throwable $fault) {
            $problems = Problems::of($input, $fault);
        }
        $error = $this->library->told('countersign_client_unusable', $this->handle->pointer, $operation, $problems);
        throw CountersignException::of($error->jsonSerialize(), null, $fault);
    }

    /**
     * Logs the record of each attempt of a call: no bodies, no secrets, no query. The last one of a call that failed says
     * what became of it.
     *
     * @param list<array<string, mixed>> $attempts
     */
    private function log(string $operation, array $attempts, ?CountersignException $failure = null): void
    {
        if ($this->logger === null) {
            return;
        }
        foreach ($attempts as $at => $attempt) {
            [$failed, $told] = ['', []];
            if ($failure !== null && $at === array_key_last($attempts)) {
                $failed = ' failed: {kind}, outcome {outcome}';
                $told = array_intersect_key($failure->jsonSerialize(), ['kind' => 0, 'outcome' => 0, 'retryable' => 0]);
            }
            $context = ['platform' => static::PLATFORM, 'operation' => $operation] + $told + ['attempt' => $attempt];
            try {
                $this->logger->log($attempt['level'], "countersign: {platform} {operation}$failed", $context);
            } catch (\Throwable) {
                // The answer is worth more than its log: a placed order must not look like a failure.
            }
        }
    }

    /** @return array<string, mixed> for var_dump and print_r: names of options, no values */
    public function __debugInfo(): array
    {
        return ['platform' => static::PLATFORM, 'options' => $this->given];
    }
}
