<?php
// What the clients of both platforms share: options, operations by name, the log.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\ClientInterface;
use Countersign\Exception\CountersignException;
use Countersign\Kind;
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
            ? $this->library->make('options', 'countersign_options_from_env', static::PLATFORM, strlen(static::PLATFORM))
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
            $this->library->run('countersign_options_set', $set->pointer, $name, strlen($name), $value, strlen($value));
        }
        $this->handle = $this->library->make(static::PLATFORM, 'countersign_' . static::PLATFORM . '_new', $set->pointer);
    }

    /** The same client with another handle. */
    final protected function with(Handle $handle): static
    {
        $other = (new \ReflectionClass($this))->newInstanceWithoutConstructor();
        [$other->library, $other->logger, $other->given] = [$this->library, $this->logger, $this->given];
        $other->handle = $handle;
        return $other;
    }

    /** Makes a handle through a function of this client. */
    final protected function derive(string $type, string $function, #[\SensitiveParameter] mixed ...$arguments): Handle
    {
        $function = 'countersign_' . static::PLATFORM . "_$function";
        return $this->library->make($type, $function, $this->handle->pointer, ...$arguments);
    }

    /** Calls a function of this client that has no output but its error. */
    final protected function fail(string $function, mixed ...$arguments): void
    {
        $this->library->run('countersign_' . static::PLATFORM . "_$function", $this->handle->pointer, ...$arguments);
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
        return $this->attempt($operation, $input, $this->changes($operation))[0];
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
        $json = Json::encode($input, $this->changes($operation));
        $call = $this->derive('call', 'prepare', $operation, strlen($operation), $json, strlen($json), $now ?? Library::NOW);
        return new PreparedCall($call, $operation === 'place_order');
    }

    /**
     * Every operation of this platform.
     *
     * @return list<array{name: string, effect: string, input: string}>
     */
    public function operations(): array
    {
        return Json::decode($this->library->textOf('countersign_operations', static::PLATFORM, strlen(static::PLATFORM)));
    }

    /** Whether an operation changes something; one that is not known may. */
    private function changes(string $operation): bool
    {
        static $effects = [];
        $effects[static::PLATFORM] ??= array_column($this->operations(), 'effect', 'name');
        return ($effects[static::PLATFORM][$operation] ?? 'change') !== 'read';
    }

    /**
     * Runs an operation and logs its attempt.
     *
     * @param array<mixed>|object|string|null $input
     * @return array{mixed, array<string, mixed>|null} the answer and the record of the attempt
     */
    final protected function attempt(string $operation, array|object|string|null $input, bool $changes): array
    {
        $json = Json::encode($input, $changes);
        try {
            $answer = $this->derive('answer', 'run', $operation, strlen($operation), $json, strlen($json));
        } catch (CountersignException $error) {
            throw $this->logged($operation, $error);
        }
        $attempt = Json::decode($answer->text('countersign_answer_attempt') ?? 'null');
        $this->log($changes ? 'info' : 'debug', $operation, $attempt, []);
        return [Json::decode((string) $answer->text('countersign_answer_json')), $attempt];
    }

    /**
     * A text that a function of this client answers, as a value; failures are logged.
     */
    final protected function ask(string $function, mixed ...$arguments): mixed
    {
        try {
            $text = $this->derive('text', $function, ...$arguments);
        } catch (CountersignException $error) {
            throw $this->logged($function, $error);
        }
        return Json::decode((string) $text->text('countersign_text_data'));
    }

    private function logged(string $operation, CountersignException $error): CountersignException
    {
        if ($error->attempt !== null) {
            ['kind' => $kind, 'outcome' => $outcome] = $error->jsonSerialize();
            $told = ['kind' => $kind, 'outcome' => $outcome, 'retryable' => $error->retryable];
            $this->log('warning', $operation, $error->attempt, $told);
        }
        return $error;
    }

    /**
     * Logs the record of an attempt: no bodies, no secrets, no query.
     *
     * @param array<string, mixed>|null $attempt
     * @param array<string, mixed> $more
     */
    private function log(string $level, string $operation, ?array $attempt, array $more): void
    {
        if ($this->logger === null || $attempt === null) {
            return;
        }
        $context = ['platform' => static::PLATFORM, 'operation' => $operation] + $more + ['attempt' => $attempt];
        $message = 'countersign: {platform} {operation}' . ($more === [] ? '' : ' failed: {kind}, outcome {outcome}');
        try {
            $this->logger->log($level, $message, $context);
        } catch (\Throwable) {
            // The answer is worth more than its log: a placed order must not look like a failure.
        }
    }

    /** @return array<string, mixed> for var_dump and print_r: names of options, no values */
    public function __debugInfo(): array
    {
        return ['platform' => static::PLATFORM, 'options' => $this->given];
    }
}
