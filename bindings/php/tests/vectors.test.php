<?php
// Every row of every file of tests/vectors, through the public classes.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\InvalidOrder;
use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Exception\VerificationFailed;
use Countersign\Kind;
use Countersign\Outcome;
use Countersign\PlacedOrder;
use Countersign\PreparedCall;
use Countersign\Signer;
use Countersign\SignCustomiser;
use Countersign\Spiff;
use Countersign\Webhook;

foreach (vectors('sign.json') as $row) {
    test("sign {$row['id']}", static function () use ($row): void {
        $make = static fn() => new Signer($row['key_id'], bytes($row, 'secret'), $row['scheme'], $row['digest'] ?? null, $row['exact_secret'] ?? false);
        $parts = [$row['method'], $row['path'], bytes($row, 'body'), $row['content_type'] ?? null, $row['date']];
        if (isset($row['error'])) {
            $fault = raises(CountersignException::class, static fn() => $make()->authorization(...$parts), $row['error']);
            same($fault->outcome, null, 'outcome');
            return;
        }
        $signer = $make();
        same($signer->authorization(...$parts), $row['authorization'], 'authorization');
        same($signer->stringToSign(...$parts), $row['string_to_sign'], 'string to sign');
        $headers = $signer->headers(...$parts);
        same($headers['Authorization'], $row['authorization'], 'header');
        same($headers['Date'], $row['date'], 'date');
        $type = $row['content_type'] ?? 'application/json';
        same($headers['Content-Type'] ?? '', $type, 'content type');
        same($signer->verify($row['method'], $row['path'], bytes($row, 'body'), $headers, window: null), 0, 'verify');
    });
}

/** White space around a header's value is not part of it (RFC 9110, 5.5), and no HTTP server hands it over. */
function blanks(?string $value): bool
{
    return $value !== null && trim($value, " \t") !== $value;
}

foreach (vectors('webhook.json') as $row) {
    if (blanks($row['signature'] ?? null)) {
        $row['result'] = 'ok';
    } elseif (blanks($row['timestamp'] ?? null)) {
        $row['result'] = 'mismatch'; // signed with the blank, delivered without
    }
    test("webhook {$row['id']}", static function () use ($row): void {
        $content = ['A' => 'timestamp.body', 'B' => 'body', 'C' => 'timestamp+body', 'D' => 'body+timestamp', 'E' => 'body.timestamp'];
        $secrets = $row['active_secrets'] ?? $row['secret'];
        $webhook = new Webhook($secrets, $content[$row['scheme']], $row['encoding'], $row['tolerance']);
        $headers = ['Content-Type' => 'application/json', 'X-Webhook-Timestamp' => $row['timestamp'] ?? null, 'x-webhook-signature' => $row['signature'] ?? null];
        $server = ['REQUEST_METHOD' => 'POST', 'CONTENT_TYPE' => 'application/json'];
        foreach (['timestamp', 'signature'] as $name) {
            if (isset($row[$name])) {
                $server['HTTP_X_WEBHOOK_' . strtoupper($name)] = $row[$name];
            }
        }
        $pairs = array_map(null, array_keys($headers), array_values($headers));
        foreach ([$headers, $server, $pairs] as $form) {
            $verify = static fn() => $webhook->verify($form, bytes($row, 'body'), $row['now']);
            if ($row['result'] !== 'ok') {
                $class = $row['result'] === 'invalid_json' ? CountersignException::class : VerificationFailed::class;
                $fault = raises($class, $verify, $row['result']);
                same([$fault->outcome, $fault->retryable], [null, false], 'outcome');
                continue;
            }
            $event = $verify();
            same($event->timestamp, (int) $row['timestamp'], 'timestamp');
            same($event->secretIndex, $row['secret_index'] ?? 0, 'secret index');
            if (isset($row['topic'])) {
                same([$event->topic, $event->dedupKey], [$row['topic'], $row['dedup_key']], 'event');
            }
        }
        if ($row['result'] === 'ok' && $row['secret'] === ((array) $secrets)[0] && !blanks($row['signature'])) {
            $signature = $row['encoding'] === 'hex' ? strtolower($row['signature']) : $row['signature'];
            $due = ['X-Webhook-Timestamp' => (string) (int) $row['timestamp'], 'X-Webhook-Signature' => $signature];
            $written = ltrim($row['timestamp'], '0') === $row['timestamp'];
            $written && same($webhook->sign(bytes($row, 'body'), (int) $row['timestamp']), $due, 'signed');
        }
        $explained = $webhook->explain($headers, bytes($row, 'body'));
        same(array_keys($explained), ['content', 'encoding', 'configured', 'advice'], 'explanation');
    });
}

foreach (vectors('explain.json') as $row) {
    if (array_filter(array_column($row['headers'], 1), blanks(...)) !== []) {
        $row['matches'] = ltrim(str_replace('white_space_around_header', '', $row['matches']), '+') ?: 'as_sent';
    }
    test("explain {$row['id']}", static function () use ($row): void {
        $signer = new Signer($row['key_id'], bytes($row, 'secret'), $row['scheme'], $row['digest'] ?? null, $row['exact_secret'] ?? false);
        $found = $signer->explain($row['method'], $row['path'], bytes($row, 'body'), $row['headers']);
        same($found['matches'], $row['matches'], 'matches');
        same($found['ours'], $row['ours'], 'ours');
        same($found['presented'], $row['presented'], 'presented');
        holds(strlen($found['advice']) > 30, 'advice');
    });
}

foreach (vectors('order.json') as $row) {
    test("order {$row['id']}", static function () use ($row): void {
        $class = $row['platform'] === 'spiff' ? Spiff::class : SignCustomiser::class;
        $options = camel($row['options']);
        $prepare = static fn() => (new $class(...$options))->prepareOrder($row['order'], $row['now']);
        if (isset($row['error'])) {
            $fault = raises(NotPlaced::class, $prepare, $row['error']);
            same($fault instanceof InvalidOrder, $row['error'] === 'invalid_order', 'class');
            same([$fault->outcome, $fault->retryable], [Outcome::NotPlaced, false], 'outcome');
            $found = array_map(static fn($problem) => [$problem['path'], $problem['code']], $fault->problems);
            $due = $row['problems'];
            sort($found);
            sort($due);
            same($found, $due, 'problems');
            return;
        }
        $due = $row['expect'];
        $call = $prepare();
        same([$call->method, $call->url, $call->body], [$due['method'], $due['url'], $due['body']], 'request');
        $headers = array_change_key_case($call->headers);
        foreach ($due['headers'] as $name => $value) {
            same($headers[strtolower($name)] ?? null, $value, $name);
        }
        if (isset($due['authorization'])) {
            same($headers['authorization'], $due['authorization'], 'authorization');
        }
        same($call->signedAt, $row['now'], 'signed at');
        // The same order as a PHP array gives the same bytes, where PHP's arrays can say it.
        $array = json_decode($row['order'], true);
        if (!preg_match('#\{\s*\}|\[\s*\]|\d[eE]\d|\.\d*0\b|\\\\/#', $row['order'])) {
            same((new $class(...$options))->prepareOrder($array, $row['now'])->body, $call->body, 'body from an array');
        }
    });
}

/** The prepared call that a row of reply.json replies to. */
function call_of(array $row): PreparedCall
{
    $now = 1_735_689_599;
    $options = camel($row['options'] ?? []);
    $spiff = static fn(string $name, mixed $input, string $api = 'graphql') => (new Spiff(...$options, accessKey: 'a', secretKey: 'b', region: 'us', ordersApi: $api))->prepare($name, $input, $now);
    $signs = static fn(string $name, mixed $input = null) => (new SignCustomiser(...$options, apiToken: 't'))->prepare($name, $input, $now);
    $order = ['externalId' => '1001', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 'a']]];
    $other = ['integration_id' => 1, 'external_id' => '1001', 'external_order_number' => '1', 'currency' => 'USD', 'products' => [['external_id' => 'p', 'quantity' => 1, 'price' => 1]]];
    return match ($row['call']) {
        'graphql_order' => $spiff('place_order', $order),
        'rest_order' => $spiff('place_order', $order, 'rest'),
        'targets_order' => $spiff('place_order', $order, 'targets'),
        'transactions' => $spiff('transactions', ['ids' => ['a', 'b']]),
        'current_integration' => $spiff('current_integration', null),
        'graphql_query' => $spiff('graphql', ['query' => '{ a }']),
        'graphql_mutation' => $spiff('graphql', ['query' => 'mutation { a }']),
        'sign_customiser_order' => $signs('place_order', $other),
        'webhooks_get', 'webhooks_delete' => $signs($row['call'], ['id' => 1]),
        'webhooks_create' => $signs('webhooks_create', ['topic' => 'order:created', 'url' => 'https://a.example']),
        default => $signs($row['call']),
    };
}

foreach (vectors('reply.json') as $row) {
    test("reply {$row['id']}", static function () use ($row): void {
        $call = call_of($row);
        $due = $row['expect'];
        $read = static fn() => $call->read($row['status'], $row['headers'], $row['body']);
        if (array_key_exists('value', $due)) {
            $value = $read();
            if ($value instanceof PlacedOrder) {
                foreach ($due['value'] as $name => $field) {
                    same($value->$name, $field, $name);
                }
            } elseif (is_array($due['value']) && !array_is_list($due['value'])) {
                foreach ($due['value'] as $name => $field) {
                    same($value[$name], $field, (string) $name);
                }
            } else {
                same($value, $due['value'], 'value');
            }
            return;
        }
        $fault = raises(CountersignException::class, $read, $due['error']);
        same($fault->outcome?->value, $due['outcome'] ?? null, 'outcome');
        same($fault->retryable, $due['retryable'] ?? false, 'retryable');
        same($fault->status, $row['status'], 'status');
        same($fault->body, $row['body'], 'body');
        $unknown = $fault->outcome === Outcome::Unknown;
        same($fault instanceof OutcomeUnknown, $unknown, 'class');
        same($fault instanceof NotPlaced, $fault->outcome === Outcome::NotPlaced, 'class');
        same($fault->sentAt, $unknown ? $call->signedAt : null, 'sent at');
        same($fault->settleAfter, $unknown ? $call->signedAt + 180 : null, 'settle after');
        if (array_key_exists('retry_after', $due)) {
            same($fault->retryAfter, $due['retry_after'], 'retry after');
        }
        if (array_key_exists('request_id', $due)) {
            same($fault->requestId, $due['request_id'], 'request id');
        }
        if (isset($due['problems'])) {
            same(array_map(static fn($problem) => [$problem['path'], $problem['code']], $fault->problems), $due['problems'], 'problems');
        }
    });
}

foreach (vectors('error-kinds.json') as $row) {
    test("kind {$row['name']}", static function () use ($row): void {
        $kind = Kind::from($row['name']);
        same($kind->number(), $row['number'], 'number');
        foreach ([null, ...Outcome::cases()] as $outcome) {
            $fault = CountersignException::of(['kind' => $row['name'], 'number' => $row['number'], 'band' => $row['band'], 'message' => 'm', 'next_step' => $row['next_step'], 'outcome' => $outcome?->value]);
            same([$fault->kind, $fault->getCode(), $fault->outcome, $fault->nextStep], [$kind, $row['number'], $outcome, $row['next_step']], 'mapped');
            same(array_slice($fault->jsonSerialize(), 0, 2), ['kind' => $row['name'], 'number' => $row['number']], 'for a log');
            $due = match (true) {
                $outcome === Outcome::Unknown => OutcomeUnknown::class,
                $kind === Kind::InvalidOrder => InvalidOrder::class,
                $outcome === Outcome::NotPlaced => NotPlaced::class,
                $row['band'] === 'signature' => VerificationFailed::class,
                default => CountersignException::class,
            };
            same(get_class($fault), $due, 'class');
        }
    });
}
test('no kind but those of the table', static function (): void {
    same(array_column(Kind::cases(), 'value'), array_column(vectors('error-kinds.json'), 'name'), 'kinds');
});
test('what a newer library says', static function (): void {
    $fault = CountersignException::of(['kind' => 'newer', 'number' => 39, 'band' => 'signature', 'message' => 'm']);
    same([$fault->kind, $fault->getCode(), get_class($fault), $fault->jsonSerialize()['kind']], [null, 39, VerificationFailed::class, 'newer'], 'a kind');
    $fault = CountersignException::of(['kind' => 'timeout', 'number' => 44, 'message' => 'm', 'outcome' => 'newer']);
    same([$fault->outcome, get_class($fault)], [Outcome::Unknown, OutcomeUnknown::class], 'an outcome is in doubt');
});

foreach (vectors('rfc2202.json') as $at => $row) {
    test('rfc2202 ' . ($row['id'] ?? $at), static function () use ($row): void {
        same(hash_hmac('sha1', hex2bin($row['data_hex']), hex2bin($row['key_hex'])), $row['digest_hex'], 'the peer of the random requests');
    });
}
