<?php
// Signing against PHP's own hash_hmac, odd bytes, headers in every form, and no growth.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\VerificationFailed;
use Countersign\Signer;
use Countersign\Webhook;

test('1,000 random requests sign as hash_hmac does', static function (): void {
    mt_srand(20_250_101);
    $text = static function (int $longest, string $alphabet): string {
        $made = '';
        for ($length = mt_rand(1, $longest); $length > 0; $length--) {
            $made .= $alphabet[mt_rand(0, strlen($alphabet) - 1)];
        }
        return $made;
    };
    $visible = implode('', array_map(chr(...), range(33, 126)));
    for ($i = 0; $i < 1000; $i++) {
        $keyId = $text(40, 'abcdefghijklmnopqrstuvwxyz0123456789-_');
        $secret = mt_rand(0, 3) === 0 ? 'x' . random_bytes(mt_rand(1, 200)) . 'x' : $text(100, $visible);
        $scheme = mt_rand(0, 2) === 0 ? 'VWS' : 'SOA';
        $digest = $scheme === 'VWS' || mt_rand(0, 1) === 0 ? 'md5' : 'sha512';
        $method = ['GET', 'POST', 'PUT', 'DELETE'][mt_rand(0, 3)];
        $path = '/' . $text(600, $visible);
        $type = ['application/json', 'text/plain', ''][mt_rand(0, 2)];
        $date = gmdate('D, d M Y H:i:s \G\M\T', mt_rand(0, 4_000_000_000));
        $body = mt_rand(0, 9) === 0 ? '' : random_bytes(mt_rand(1, [10, 300, 70_000][mt_rand(0, 2)]));
        $plain = "$method\n" . hash($digest, $body) . "\n$type\n$date\n$path";
        $due = "$scheme $keyId:" . base64_encode(hash_hmac('sha1', $plain, $secret, true));
        $signer = new Signer($keyId, $secret, $scheme, $digest);
        same($signer->authorization($method, $path, $body, $type, $date), $due, "request $i");
        same($signer->stringToSign($method, $path, $body, $type, $date), $plain, "request $i");
    }
});

test('NUL bytes and UTF-8 survive', static function (): void {
    $secret = "s\0e\0cret – ключ 🔑";
    $body = "{\"a\":\"\0\u{1F511} – \xff\xfe\"}\0";
    $path = '/заказы/🛍';
    $signer = new Signer('key', $secret);
    $plain = "POST\n" . hash('sha512', $body) . "\napplication/json\nd\n$path";
    same($signer->authorization('POST', $path, $body, date: 'd'), 'SOA key:' . base64_encode(hash_hmac('sha1', $plain, $secret, true)), 'signed');
    same($signer->stringToSign('POST', $path, $body, date: 'd'), $plain, 'plain');
    $now = 1_700_000_000;
    $data = '{"form_submission":{"form_submission_id":1,"name":"Zoë \u0000 🎉"}}';
    $webhook = new Webhook($secret);
    $signature = hash_hmac('sha256', "$now.$data", $secret);
    $event = $webhook->verify(['x-webhook-timestamp' => $now, 'x-webhook-signature' => $signature], $data, $now);
    same($event->data['name'], "Zoë \0 🎉", 'data');
});

test('a body with NUL bytes in an error is whole', static function (): void {
    $call = (new Countersign\Spiff(accessKey: 'a', secretKey: 'b', region: 'us'))->prepareOrder(['externalId' => 'é "1"/', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 't']]]);
    contains($call->body, 'é \"1\"/');
    $body = "\0half\0 of \xff it";
    same(raises(Countersign\Exception\OutcomeUnknown::class, static fn() => $call->read(500, [], $body))->body, $body, 'body');
});

test('the date and the headers of now', static function (): void {
    $signer = new Signer('key', 'secret');
    $headers = $signer->headers('POST', '/x', 'b', now: 1_735_689_599);
    same($headers['Date'], 'Tue, 31 Dec 2024 23:59:59 GMT', 'date');
    same($headers['Authorization'], $signer->authorization('POST', '/x', 'b', date: $headers['Date']), 'authorization');
    holds(abs(strtotime($signer->headers('GET', '/x')['Date']) - time()) <= 2, 'now');
    [$before, $value, $after] = [$signer->headers('GET', '/x'), $signer->authorization('GET', '/x'), $signer->headers('GET', '/x')];
    holds(in_array($value, [$before['Authorization'], $after['Authorization']], true), 'authorization of now');
    same(array_keys($signer->headers('GET', '/x', contentType: '')), ['Authorization', 'Date'], 'no content type');
});

test('headers in every form verify', static function (): void {
    $signer = new Signer('key', 'secret');
    $headers = $signer->headers('POST', '/x', 'body');
    $lines = array_map(static fn($name, $value) => "$name: $value", array_keys($headers), $headers);
    $server = ['REQUEST_METHOD' => 'POST', 'HTTP_AUTHORIZATION' => $headers['Authorization'], 'HTTP_DATE' => $headers['Date'], 'CONTENT_TYPE' => 'application/json', 'argv' => [], 'REQUEST_TIME' => 1];
    $apache = $server;
    unset($apache['HTTP_AUTHORIZATION']);
    $apache['REDIRECT_HTTP_AUTHORIZATION'] = $headers['Authorization'];
    $message = new class ($headers) {
        public function __construct(private array $headers)
        {
        }
        public function getHeaders(): array
        {
            return array_map(static fn($value) => [$value], $this->headers);
        }
    };
    $forms = [
        $headers, array_change_key_case($headers), array_map(static fn($value) => [$value], $headers), $lines,
        implode("\r\n", $lines), "HTTP/1.1 100 Continue\r\n\r\n" . implode("\n", $lines), $server, $apache, $message,
        new ArrayIterator($headers), array_map(null, array_keys($headers), array_values($headers)),
    ];
    foreach ($forms as $at => $form) {
        same($signer->verify('POST', '/x', 'body', $form), 0, "form $at");
        raises(VerificationFailed::class, static fn() => $signer->verify('POST', '/x', 'bodY', $form), 'mismatch');
    }
    foreach ([[], '', ['x'], ['Authorization' => null], ['Authorization' => []]] as $form) {
        raises(VerificationFailed::class, static fn() => $signer->verify('POST', '/x', 'body', $form), 'malformed');
    }
    $bodies = ['{"data":{"orderCreate":{"id":"o-1","internalId":null,"externalId":"1"}}}'];
    $call = (new Countersign\Spiff(applicationKey: 'k', region: 'us'))->prepareOrder(['externalId' => '1', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 't']]]);
    foreach ([null, 5, [[]], [5], [1 => ['a']], [['a', 'b', 'c']], new stdClass(), [new stdClass()], ['Authorization' => new stdClass()], ['Date' => [['x']]], ['Date' => true], [[null, 'x']]] as $form) {
        foreach (['verify', 'explain'] as $method) {
            $error = raises(CountersignException::class, static fn() => $signer->$method('POST', '/x', 'body', $form), 'invalid_argument');
            contains($error->getMessage(), 'name to value');
            raises(CountersignException::class, static fn() => (new Webhook('s'))->$method($form, '{}'), 'invalid_argument');
        }
        $doubt = raises(Countersign\Exception\OutcomeUnknown::class, static fn() => $call->read(200, $form, $bodies[0]), 'unexpected_reply');
        contains($doubt->getMessage(), 'name to value');
    }
});

test('no header smuggles another', static function (): void {
    $signer = new Signer('key', 'secret');
    $headers = $signer->headers('POST', '/x', 'body');
    $inside = "x\r\nAuthorization: {$headers['Authorization']}\r\nDate: {$headers['Date']}\r\nContent-Type: application/json";
    foreach ([['X' => $inside], ['X' => [$inside]], [['X', $inside]], ["X: $inside"], [$inside => 'x'], ['REQUEST_METHOD' => 'POST', 'HTTP_X' => $inside]] as $form) {
        raises(VerificationFailed::class, static fn() => $signer->verify('POST', '/x', 'body', $form), 'malformed');
    }
});

test('several signers, and the window', static function (): void {
    [$old, $new, $other] = [new Signer('key', 'old'), new Signer('key', 'new'), new Signer('other', 'x')];
    $now = 1_700_000_000;
    $headers = $new->headers('POST', '/x', 'b', now: $now);
    same($old->verify('POST', '/x', 'b', $headers, $now, others: [$new, $other]), 1, 'who');
    raises(VerificationFailed::class, static fn() => $old->verify('POST', '/x', 'b', $headers, $now), 'mismatch');
    raises(VerificationFailed::class, static fn() => $other->verify('POST', '/x', 'b', $headers, $now), 'unknown_key');
    raises(VerificationFailed::class, static fn() => $new->verify('POST', '/x', 'b', $headers, $now + 301), 'too_old');
    raises(VerificationFailed::class, static fn() => $new->verify('POST', '/x', 'b', $headers, $now - 301), 'in_the_future');
    same($new->verify('POST', '/x', 'b', $headers, $now + 301, window: 301), 0, 'window');
    same($new->verify('POST', '/x', 'b', $headers, 0, window: null), 0, 'any date');
});

test('an exception points at the caller', static function (): void {
    $line = __LINE__ + 1;
    $fault = raises(CountersignException::class, static fn() => new Signer('', 's'), 'invalid_argument');
    same([$fault->getFile(), $fault->getLine()], [__FILE__, $line], 'place');
});

test('webhook: several secrets, the answer, PSR-7 alone', static function (): void {
    $now = 1_700_000_000;
    $body = '{"product":{"product_id":17,"title":"a/b","price":1,"external_data":{}}}';
    $headers = ['x-webhook-timestamp' => $now, 'x-webhook-signature' => hash_hmac('sha256', "$now.$body", 'new')];
    $webhook = new Webhook(['old', 'new']);
    $event = $webhook->verify($headers, $body, $now);
    same([$event->topic, $event->secretIndex, $event->dedupKey, $event->timestamp], ['product:created', 1, 'product:17', $now], 'event');
    same($event->data['title'], 'a/b', 'data');
    same(json_decode($event->answer('shop-17'), true)['external_id'] ?? null, 'shop-17', 'answer');
    raises(CountersignException::class, static fn() => $event->answer(''), 'invalid_argument');
    $message = new class ($headers, $body) {
        public function __construct(private array $headers, private string $body)
        {
        }
        public function getHeaders(): array
        {
            return array_map(static fn($value) => [(string) $value], $this->headers);
        }
        public function getBody(): string
        {
            return $this->body;
        }
    };
    same($webhook->verify($message, now: $now)->topic, 'product:created', 'PSR-7');
    raises(CountersignException::class, static fn() => $webhook->verify($headers, null, $now), 'invalid_argument');
    raises(CountersignException::class, static fn() => new Webhook([]), 'invalid_argument');
    raises(CountersignException::class, static fn() => new Webhook('s', 'body!'), 'invalid_argument');
    raises(VerificationFailed::class, static fn() => $webhook->verify($headers, $body, $now + 301), 'too_old');
    same((new Webhook('new', tolerance: 301))->verify($headers, $body, $now + 301)->timestamp, $now, 'tolerance');
});

/** A header as an object, by the names that Laminas (Magento) gives its methods. */
final class LaminasHeader
{
    public function __construct(private string $name, private string $value)
    {
    }
    public function getFieldName(): string
    {
        return $this->name;
    }
    public function getFieldValue(): string
    {
        return $this->value;
    }
}

/** The same of CodeIgniter, whose text is the whole line. */
final class CodeIgniterHeader implements Stringable
{
    public function __construct(private string $name, private string $value)
    {
    }
    public function getName(): string
    {
        return $this->name;
    }
    public function getValueLine(): string
    {
        return $this->value;
    }
    public function __toString(): string
    {
        return "$this->name: $this->value";
    }
}

test('webhook: headers and requests as hosts hand them over', static function (): void {
    $now = 1_700_000_000;
    $body = '{"product":{"product_id":17,"title":"t","price":1,"external_data":{}}}';
    [$time, $mac] = [(string) $now, hash_hmac('sha256', "$now.$body", 's')];
    $webhook = new Webhook('s');
    $wordPress = ['content_type' => ['application/json'], 'x_webhook_timestamp' => [$time], 'x_webhook_signature' => [$mac], 'host' => ['shop']];
    $laminas = new ArrayIterator([new LaminasHeader('Host', 'shop'), new LaminasHeader('X-Webhook-Timestamp', $time), new LaminasHeader('X-Webhook-Signature', $mac)]);
    $names = ['X-Webhook-Timestamp' => $time, 'X-Webhook-Signature' => $mac];
    $codeIgniter = array_map(static fn(string $name, string $value) => new CodeIgniterHeader($name, $value), array_keys($names), $names);
    $lists = ['host' => ['shop', null], 'x-webhook-timestamp' => [$time], 'x-webhook-signature' => [$mac]];
    foreach ([
        'WordPress' => $wordPress, 'WordPress, beside others' => ['X-Other' => 'y', 'content-type' => 'text/x'] + $wordPress, 'Magento' => $laminas,
        'CodeIgniter' => array_combine(array_keys($names), $codeIgniter), 'CodeIgniter, several' => array_combine(array_keys($names), array_map(static fn($one) => [$one], $codeIgniter)),
        'Symfony' => $lists, 'Swoole' => array_change_key_case($names), 'all capitals' => ['X_WEBHOOK_TIMESTAMP' => $time, 'X_WEBHOOK_SIGNATURE' => $mac],
        'a forged one beside' => ['x_webhook_signature' => 'forged'] + array_change_key_case($names),
    ] as $host => $form) {
        same($webhook->verify($form, $body, $now)->topic, 'product:created', $host);
    }
    $requests = [
        'WordPress' => new class ($wordPress, $body) {
            public function __construct(private array $of, private string $body)
            {
            }
            public function get_headers(): array
            {
                return $this->of;
            }
            public function get_body(): string
            {
                return $this->body;
            }
        },
        'Magento' => new class ($laminas, $body) {
            public function __construct(private iterable $of, private string $body)
            {
            }
            public function getHeaders(): iterable
            {
                return $this->of;
            }
            public function getContent(): string
            {
                return $this->body;
            }
        },
        'Symfony' => new class ($lists, $body) {
            public iterable $headers;
            public function __construct(array $of, private string $body)
            {
                $this->headers = new ArrayObject($of);
            }
            public function getContent(): string
            {
                return $this->body;
            }
        },
        'CodeIgniter' => new class ($codeIgniter, $body) {
            public function __construct(private array $of, private string $body)
            {
            }
            public function headers(): array
            {
                return $this->of;
            }
            public function getBody(): string
            {
                return $this->body;
            }
        },
    ];
    foreach ($requests as $host => $request) {
        same($webhook->verify($request, now: $now)->topic, 'product:created', $host);
        same($webhook->explain($request)['configured'], true, $host);
    }
});

test('minor units', static function (): void {
    same(Countersign\SignCustomiser::minorUnits('29.99', 'USD'), 2999, 'USD');
    same(Countersign\SignCustomiser::minorUnits('500', 'JPY'), 500, 'JPY');
    raises(CountersignException::class, static fn() => Countersign\SignCustomiser::minorUnits('1.005', 'USD'), 'invalid_argument');
});

test('half a surrogate pair does not fail an answer', static function (): void {
    same(Countersign\Internal\Json::decode('{"a":"x\ud83dy \ud83d\ude00 \\\\ud83d \udc00"}'), ['a' => "x\u{fffd}y \u{1F600} \\ud83d \u{fffd}"], 'decoded');
});

test('10,000 calls do not grow', static function (): void {
    $signer = new Signer('key', 'secret');
    $spiff = new Countersign\Spiff(accessKey: 'a', secretKey: 'b', region: 'us');
    $webhook = new Webhook('secret');
    $order = ['externalId' => '1', 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => 't']]];
    $body = str_repeat('x', 2000);
    $round = static function () use ($signer, $spiff, $webhook, $order, $body): void {
        $headers = $signer->headers('POST', '/x', $body);
        $signer->authorization('POST', '/x', $body, date: 'd');
        $signer->verify('POST', '/x', $body, $headers);
        $call = $spiff->prepareOrder($order);
        $call->headers;
        $call->read(200, [], '{"data":{"orderCreate":{"id":"1"}}}');
        try {
            $call->read(500, [], $body);
        } catch (CountersignException) {
        }
        try {
            $signer->authorization("\n", '/x');
        } catch (CountersignException) {
        }
        try {
            $webhook->verify([], $body);
        } catch (CountersignException) {
        }
        new Signer('key', 'secret');
    };
    $resident = static fn(): int => (int) explode(' ', (string) file_get_contents('/proc/self/statm'))[1] * 4096;
    for ($i = 0; $i < 2000; $i++) {
        $round();
    }
    [$php, $all] = [memory_get_usage(), $resident()];
    for ($i = 0; $i < 10_000; $i++) {
        $round();
    }
    holds(memory_get_usage() - $php < 20_000, 'PHP grew by ' . (memory_get_usage() - $php) . ' bytes');
    holds($resident() - $all < 2_000_000, 'the process grew by ' . ($resident() - $all) . ' bytes');
});
