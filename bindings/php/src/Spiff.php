<?php
// The client of Spiff Commerce.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Internal\Client;
use Countersign\Internal\Json;
use Countersign\Internal\SpiffConstructor;

/**
 * Places orders at Spiff Commerce and reads them back. Make it once per request or worker and keep it: it keeps its
 * connections. {@see SpiffInterface} has the manual.
 */
final class Spiff extends Client implements SpiffInterface
{
    use SpiffConstructor;
    use SpiffOperations;

    protected const PLATFORM = 'spiff';

    public function actingFor(
        #[\SensitiveParameter] ?string $partnerId = null,
        #[\SensitiveParameter] ?string $transactionOwnerId = null,
        #[\SensitiveParameter] ?string $bundleOwnerId = null,
    ): self {
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
