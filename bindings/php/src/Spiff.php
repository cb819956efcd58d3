<?php
// The client of Spiff Commerce.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Internal\Client;
use Countersign\Internal\Json;

/**
 * Places orders at Spiff Commerce and reads them back. Make it once per request or worker and keep it: it keeps its
 * connections. {@see SpiffInterface} has the manual.
 */
final class Spiff extends Client implements SpiffInterface
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

    public function actingFor(?string $partnerId = null, ?string $transactionOwnerId = null, ?string $bundleOwnerId = null): self
    {
        return $this->derive('countersign_client_acting_for', $partnerId, $transactionOwnerId, $bundleOwnerId);
    }

    public function settle(array|object|string $order, int $sentAt, ?int $firstAbsentAt = null): Settlement
    {
        $times = ['sent_at' => $sentAt, 'first_absent_at' => $firstAbsentAt];
        // A text is JSON already.
        $input = is_string($order) ? "{\"order\":$order," . substr(Json::encode($times), 1) : ['order' => $order] + $times;
        $found = $this->run('settle', $input);
        // Another word than these leaves it in doubt.
        $verdict = Verdict::tryFrom($found['verdict']) ?? Verdict::Unclear;
        return new Settlement($verdict, $found['reason'], $found['again_at'], $found['first_absent_at']);
    }

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

    public function graphql(string $query, array|object $variables = [], ?string $operationName = null): mixed
    {
        $input = ['query' => $query];
        if ((array) $variables !== []) {
            $input['variables'] = (object) $variables;
        }
        if ($operationName !== null) {
            $input['operationName'] = $operationName;
        }
        return $this->run('graphql', $input);
    }
}
