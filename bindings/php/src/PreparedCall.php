<?php
// A request that is ready to be sent with any HTTP stack, and the reader of its reply.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Internal\Guarded;
use Countersign\Internal\Handle;
use Countersign\Internal\Headers;
use Countersign\Internal\Interrupts;
use Countersign\Internal\Json;

/**
 * Send it once, unchanged, with redirects off and a time limit; then hand the reply to {@see read}, or say {@see failed}.
 * For another attempt prepare another one: the date in it ages.
 *
 * @property-read array<string, string> $headers the headers to set; they carry credentials, do not log them
 */
final class PreparedCall
{
    use Guarded;

    public readonly string $method;
    public readonly string $url;
    public readonly string $body;

    /** When it was signed, in seconds since 1970: what settle() wants to know of an order in doubt. */
    public readonly int $signedAt;

    /** @internal */
    public function __construct(private readonly Handle $handle, private readonly bool $isOrder)
    {
        $this->method = (string) $handle->text('countersign_call_method');
        $this->url = (string) $handle->text('countersign_call_url');
        $this->body = (string) $handle->text('countersign_call_body');
        $this->signedAt = $handle->library->plain('countersign_call_signed_at', $handle->pointer);
    }

    /** The headers stay in the library until they are asked for, so that no dump of this object shows them. */
    public function __get(string $name): mixed
    {
        if ($name !== 'headers') {
            throw new \LogicException('There is no property ' . self::class . "::\$$name.");
        }
        $library = $this->handle->library;
        $headers = $library->plain('countersign_call_headers', $this->handle->pointer);
        return Json::decode((string) $library->text('countersign_headers_json', $headers));
    }

    public function __isset(string $name): bool
    {
        return $name === 'headers';
    }

    /** As a PSR-7 request. Send it with a PSR-18 client that follows no redirects and has a time limit. */
    public function toPsr7(
        \Psr\Http\Message\RequestFactoryInterface $requests,
        \Psr\Http\Message\StreamFactoryInterface $streams,
    ): \Psr\Http\Message\RequestInterface {
        $request = $requests->createRequest($this->method, $this->url);
        foreach ($this->__get('headers') as $name => $value) {
            $request = $request->withHeader($name, $value);
        }
        return $this->body === '' ? $request : $request->withBody($streams->createStream($this->body));
    }

    /**
     * The arguments for `wp_remote_request($call->url, $call->forWordPress())`.
     *
     * @param int $timeout seconds for the whole call
     * @return array{method: string, timeout: int, redirection: int, headers: array<string, string>, body: string}
     */
    public function forWordPress(int $timeout = 30): array
    {
        return [
            'method' => $this->method,
            'timeout' => $timeout,
            'redirection' => 0,
            'httpversion' => '1.1',
            'blocking' => true,
            'compress' => false,
            'headers' => $this->__get('headers'),
            'body' => $this->body,
        ];
    }

    /**
     * Reads a reply that was received whole. For a reply without headers give [], for one without a body ''.
     *
     * @param int $status the HTTP status
     * @param mixed $headers of the reply: name to value, a PSR-7 message, pairs, or lines
     * @return mixed a {@see PlacedOrder} for an order, else the answer with objects as arrays
     * @throws NotPlaced|OutcomeUnknown|CountersignException what the reply means
     */
    public function read(int $status, mixed $headers, ?string $body): mixed
    {
        $library = $this->handle->library;
        return Interrupts::held(
            function () use ($library, $status, $headers, $body): mixed {
                try {
                    $lines = Headers::block($headers);
                } catch (\Throwable $fault) {
                    $lines = null;
                }
                // Whoever has a reply has sent the call: one that cannot be used leaves an order in doubt.
                if ($lines === null || $body === null) {
                    $why = $body === null ? 'there is no body.' : $fault->getMessage();
                    throw $library->told('countersign_call_unreadable', $this->handle->pointer, $why);
                }
                $answer = $library->make('answer', 'countersign_call_read', $this->handle->pointer, $status, $lines, $body);
                $value = Json::decode((string) $answer->text('countersign_answer_json'));
                return $this->isOrder ? PlacedOrder::of($value, null) : $value;
            },
            fn(): CountersignException => $library->told('countersign_call_lost', $this->handle->pointer),
        );
    }

    /**
     * Reads a PSR-7 response. A body that cannot be read to its end is no whole reply.
     *
     * @throws NotPlaced|OutcomeUnknown|CountersignException
     */
    public function readPsr7(\Psr\Http\Message\ResponseInterface $response): mixed
    {
        try {
            [$status, $body] = [$response->getStatusCode(), (string) $response->getBody()];
        } catch (\Throwable $fault) {
            $doubt = $this->handle->library->told('countersign_call_failed', $this->handle->pointer, 0);
            throw CountersignException::of($doubt->jsonSerialize(), null, $fault);
        }
        return $this->read($status, $response, $body);
    }

    /**
     * Reads what wp_remote_request() answered: an array, or a WP_Error.
     *
     * @throws NotPlaced|OutcomeUnknown|CountersignException
     */
    public function readWordPress(mixed $response): mixed
    {
        if (is_object($response) && method_exists($response, 'get_error_code')) {
            $code = (string) $response->get_error_code();
            $message = method_exists($response, 'get_error_message') ? (string) $response->get_error_message() : '';
            // Only where no byte can have left: WordPress did not try, or curl found no host, no connection or no trust.
            $this->failed($code === 'http_request_not_executed' || preg_match('/^cURL error (5|6|7|35|60):/', $message) === 1);
        }
        $status = is_array($response) ? $response['response']['code'] ?? null : null;
        if (!is_numeric($status)) {
            $this->failed();
        }
        $body = $response['body'] ?? null;
        return $this->read((int) $status, $response['headers'] ?? [], is_string($body) ? $body : null);
    }

    /**
     * Says that no whole reply came, and always throws what that means.
     *
     * @param bool $notSent true only if it is certain that no byte of the request left: a name that does not resolve, a
     *                      refused connection, a failed TLS handshake. In doubt false, and the outcome of an order is
     *                      unknown.
     * @throws NotPlaced|OutcomeUnknown|CountersignException
     */
    public function failed(bool $notSent = false): never
    {
        throw $this->handle->library->told('countersign_call_failed', $this->handle->pointer, $notSent ? 1 : 0);
    }

    /** @return array<string, mixed> for var_dump and print_r: no headers */
    public function __debugInfo(): array
    {
        return ['method' => $this->method, 'url' => $this->url, 'body' => strlen($this->body) . ' bytes', 'headers' => '(hidden)'];
    }
}
