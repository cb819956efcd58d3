<?php
// The client of Spiff Commerce.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Exception\InvalidOrder;
use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Internal\Client;
use Countersign\Internal\Json;
use Countersign\Internal\Library;

/**
 * Places orders at Spiff Commerce and reads them back. Make it once per request or worker and keep it: it keeps its
 * connections.
 *
 * An order, on every wire (PHP floats are refused as amounts, also 2.0: cast to int):
 *
 * ```
 * array{
 *   externalId: string,                       // your id of the order
 *   paid: bool,                               // no default: say what is true
 *   orderItems: list<array{amountToOrder: int, transactionId?: string, bundleId?: string}>,
 *   externalData?: array<string, mixed>,      // addresses, note, … as the platform names them
 *   extra?: array<string, mixed>,             // passed through untouched
 * }
 * ```
 */
final class Spiff extends Client
{
    use SpiffOperations;

    protected const PLATFORM = 'spiff';

    /**
     * Options as in docs/options.md, in camel case; null means not given. Either accessKey and secretKey, or
     * applicationKey; either region ("us", "au") or baseUrl.
     *
     * @param string|null $ordersApi "graphql" (default), "rest" or "targets"
     * @param string|null $digest "sha512" (default) or "md5"
     * @param string|null $throttled "not_placed" (default) or "unknown"
     * @param int|null $settleDelay seconds
     * @param int|null $settleGap seconds
     * @param int|float|null $timeout seconds for a whole call (30)
     * @param int|float|null $connectTimeout seconds (10)
     * @param int|null $replyLimit bytes (1 MiB)
     * @param int|null $readRetries how often a failed read is repeated (2); orders never are
     * @param bool|null $skewCorrection learn the platform's clock and sign with it when ours is far off (true)
     * @param string|null $roots "platform" (default), "bundled" or the path of a PEM file
     * @param string|null $proxy a URL, or "env"
     * @param list<string>|string|null $allowHttp host names that may be spoken to without TLS, besides loopback
     * @param object|null $logger a PSR-3 logger: gets the record of each attempt, never a secret or a body
     * @param string|null $library the path of libcountersign.so; null to look for it
     * @throws CountersignException kind configuration: what is missing or does not fit
     */
    public function __construct(
        ?string $accessKey = null,
        #[\SensitiveParameter] ?string $secretKey = null,
        #[\SensitiveParameter] ?string $applicationKey = null,
        ?string $region = null,
        ?string $baseUrl = null,
        ?string $ordersApi = null,
        ?string $digest = null,
        ?string $partnerId = null,
        ?string $transactionOwnerId = null,
        ?string $bundleOwnerId = null,
        ?bool $exactSecret = null,
        ?string $throttled = null,
        ?int $settleDelay = null,
        ?int $settleGap = null,
        int|float|null $timeout = null,
        int|float|null $connectTimeout = null,
        ?int $replyLimit = null,
        ?int $readRetries = null,
        ?bool $skewCorrection = null,
        ?string $roots = null,
        #[\SensitiveParameter] ?string $proxy = null,
        array|string|null $allowHttp = null,
        ?string $appInfo = null,
        ?object $logger = null,
        ?string $library = null,
    ) {
        $options = get_defined_vars();
        unset($options['logger'], $options['library'], $options['this']);
        $this->open($options, $logger, $library);
    }

    /**
     * A client by the environment: COUNTERSIGN_SPIFF_ACCESS_KEY, _SECRET_KEY, _APPLICATION_KEY, _REGION, _BASE_URL, each
     * also with _FILE for the path of a file that holds the value.
     *
     * @param array<string, mixed> $options more options, by the names of the constructor
     * @throws CountersignException kind configuration
     */
    public static function fromEnv(
        #[\SensitiveParameter] array $options = [],
        ?object $logger = null,
        ?string $library = null,
    ): self {
        $client = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $client->open($options, $logger, $library, true);
        return $client;
    }

    /**
     * The same client for a partner, or with write access to one transaction or bundle. Connections are shared.
     *
     * @throws CountersignException kind invalid_argument
     */
    public function actingFor(?string $partnerId = null, ?string $transactionOwnerId = null, ?string $bundleOwnerId = null): self
    {
        return $this->with($this->derive(
            'spiff',
            'acting_for',
            $partnerId,
            strlen($partnerId ?? ''),
            $transactionOwnerId,
            strlen($transactionOwnerId ?? ''),
            $bundleOwnerId,
            strlen($bundleOwnerId ?? ''),
        ));
    }

    /**
     * Places an order, once.
     *
     * @param array<string, mixed>|object|string $order see the class; a text is JSON already
     * @throws InvalidOrder every rule it breaks; nothing was sent
     * @throws NotPlaced it was certainly not placed
     * @throws OutcomeUnknown it may have been placed: settle it, never send it again
     */
    public function placeOrder(array|object|string $order): PlacedOrder
    {
        return PlacedOrder::of(...$this->attempt('place_order', $order, true));
    }

    /**
     * Prepares an order for HTTP of your own.
     *
     * @param array<string, mixed>|object|string $order see the class; a text is JSON already
     * @param int|null $now when it is signed, in seconds since 1970; null for the clock
     * @throws InvalidOrder
     */
    public function prepareOrder(array|object|string $order, ?int $now = null): PreparedCall
    {
        return $this->prepare('place_order', $order, $now);
    }

    /**
     * Finds out whether an order in doubt was placed, by reading its designs back.
     *
     * @param array<string, mixed>|object|string $order the order that was placed
     * @param int $sentAt what {@see OutcomeUnknown::$sentAt} said
     * @param int|null $firstAbsentAt what an earlier {@see Settlement} said
     * @throws CountersignException those of a read; the order is as much in doubt as before
     */
    public function settle(array|object|string $order, int $sentAt, ?int $firstAbsentAt = null): Settlement
    {
        $json = Json::encode($order);
        $found = $this->ask('settle', $json, strlen($json), $sentAt, $firstAbsentAt ?? Library::ABSENT);
        // Another word than these leaves it in doubt.
        $verdict = Verdict::tryFrom($found['verdict']) ?? Verdict::Unclear;
        return new Settlement($verdict, $found['reason'], $found['again_at'], $found['first_absent_at']);
    }

    /**
     * One harmless read that tells whether credentials, address and clock are right.
     *
     * @return array{integration: mixed, skew: int|null, attempt: array<string, mixed>} skew: the platform's clock minus
     *         ours, in seconds
     * @throws CountersignException what is wrong
     */
    public function check(): array
    {
        return $this->ask('check');
    }

    /**
     * Waits until a run of a flow has ended, well (completedAt) or not (failedAt), and answers it. That the two fields say
     * so is unverified: a first-party client relies on it.
     *
     * @param int $timeout seconds to wait at most
     * @param int $interval seconds between two looks
     * @param string|null $select fields of ProcessExecution
     * @return array<string, mixed> a ProcessExecution
     * @throws CountersignException timeout if it has not ended by then; those of a read
     */
    public function processExecutionWait(string $id, int $timeout = 60, int $interval = 2, ?string $select = null): array
    {
        $input = ['id' => $id, 'timeout' => $timeout, 'interval' => $interval, 'select' => $select];
        return $this->operation('process_execution_wait', $input);
    }

    /**
     * The value of a text that is JSON itself: a line item's customFields, a transaction's workflowState, a node's
     * artifacts, a metafield's value.
     *
     * @return mixed null for null
     * @throws CountersignException invalid_json
     */
    public static function decode(?string $text): mixed
    {
        if ($text === null) {
            return null;
        }
        try {
            return Json::decode($text);
        } catch (\JsonException $fault) {
            throw CountersignException::refusal(
                Kind::InvalidJson,
                'The text is not JSON: ' . $fault->getMessage() . '.',
                'Take the text as it stands: whoever wrote it did not write JSON.',
            );
        }
    }

    /**
     * Any GraphQL document.
     *
     * @param array<string, mixed>|object $variables
     * @return mixed the answer's data
     * @throws CountersignException graphql_refused, graphql_errors and so on; for a mutation with its outcome
     */
    public function graphql(string $query, array|object $variables = [], ?string $operationName = null): mixed
    {
        $input = ['query' => $query];
        if ((array) $variables !== []) {
            $input['variables'] = (object) $variables;
        }
        if ($operationName !== null) {
            $input['operationName'] = $operationName;
        }
        return $this->attempt('graphql', $input, true)[0];
    }

    /**
     * Runs an operation of {@see SpiffOperations}; null is not given.
     *
     * @param array<string, mixed> $input
     */
    private function operation(string $name, array $input, bool $changes = false): mixed
    {
        $input = array_filter($input, static fn($value) => $value !== null);
        return $this->attempt($name, (object) $input, $changes)[0];
    }

    /**
     * The items of a feed, page by page.
     *
     * @param array<string, mixed> $input
     */
    private function feed(string $name, array $input): \Generator
    {
        do {
            $page = $this->operation($name, $input);
            foreach ($page['items'] as $item) {
                yield $item;
            }
            $input['offset'] = $page['next'];
        } while ($page['next'] !== null);
    }
}
