<?php
// PSR-7, PSR-17 and PSR-18 as far as the tests need them: the interfaces, and a small client over PHP's streams.

declare(strict_types=1);

namespace Psr\Http\Message {
    interface StreamInterface
    {
        public function __toString(): string;
    }
    interface MessageInterface
    {
        public function getHeaders(): array;
        public function getBody(): StreamInterface;
    }
    interface RequestInterface extends MessageInterface
    {
        public function getMethod(): string;
        public function getUri(): string;
        public function withHeader(string $name, $value): static;
        public function withBody(StreamInterface $body): static;
    }
    interface ResponseInterface extends MessageInterface
    {
        public function getStatusCode(): int;
    }
    interface RequestFactoryInterface
    {
        public function createRequest(string $method, $uri): RequestInterface;
    }
    interface StreamFactoryInterface
    {
        public function createStream(string $content = ''): StreamInterface;
    }
}

namespace Psr\Http\Client {
    interface ClientExceptionInterface extends \Throwable
    {
    }
    interface NetworkExceptionInterface extends ClientExceptionInterface
    {
    }
    interface ClientInterface
    {
        public function sendRequest(\Psr\Http\Message\RequestInterface $request): \Psr\Http\Message\ResponseInterface;
    }
}

namespace Psr\Log {
    interface LoggerInterface
    {
        public function log($level, string|\Stringable $message, array $context = []): void;
        public function error(string|\Stringable $message, array $context = []): void;
    }
}

namespace Stub {
    final class Stream implements \Psr\Http\Message\StreamInterface
    {
        public function __construct(private string $content, private bool $broken = false)
        {
        }
        public function __toString(): string
        {
            if ($this->broken) {
                throw new \RuntimeException('cut off');
            }
            return $this->content;
        }
    }

    final class Message implements \Psr\Http\Message\RequestInterface, \Psr\Http\Message\ResponseInterface
    {
        /** @var array<string, list<string>> */
        private array $headers = [];
        public function __construct(private string $method, private string $uri, private int $status = 0, private \Psr\Http\Message\StreamInterface $body = new Stream(''))
        {
        }
        public function getMethod(): string
        {
            return $this->method;
        }
        public function getUri(): string
        {
            return $this->uri;
        }
        public function getStatusCode(): int
        {
            return $this->status;
        }
        public function getHeaders(): array
        {
            return $this->headers;
        }
        public function getBody(): \Psr\Http\Message\StreamInterface
        {
            return $this->body;
        }
        public function withHeader(string $name, $value): static
        {
            $other = clone $this;
            $other->headers[$name] = (array) $value;
            return $other;
        }
        public function withBody(\Psr\Http\Message\StreamInterface $body): static
        {
            $other = clone $this;
            $other->body = $body;
            return $other;
        }
    }

    final class Factory implements \Psr\Http\Message\RequestFactoryInterface, \Psr\Http\Message\StreamFactoryInterface
    {
        public function createRequest(string $method, $uri): \Psr\Http\Message\RequestInterface
        {
            return new Message($method, (string) $uri);
        }
        public function createStream(string $content = ''): \Psr\Http\Message\StreamInterface
        {
            return new Stream($content);
        }
    }

    final class NetworkFault extends \RuntimeException implements \Psr\Http\Client\NetworkExceptionInterface
    {
    }

    final class Client implements \Psr\Http\Client\ClientInterface
    {
        public function sendRequest(\Psr\Http\Message\RequestInterface $request): \Psr\Http\Message\ResponseInterface
        {
            $headers = [];
            foreach ($request->getHeaders() as $name => $values) {
                $headers[] = "$name: " . implode(', ', $values);
            }
            $context = stream_context_create(['http' => [
                'method' => $request->getMethod(), 'header' => $headers, 'content' => (string) $request->getBody(),
                'ignore_errors' => true, 'follow_location' => 0, 'timeout' => 10,
            ]]);
            $body = @file_get_contents($request->getUri(), false, $context);
            if ($body === false || !isset($http_response_header[0])) {
                throw new NetworkFault('no reply');
            }
            $response = new Message('', '', (int) explode(' ', $http_response_header[0])[1], new Stream($body));
            foreach (array_slice($http_response_header, 1) as $line) {
                [$name, $value] = explode(':', $line, 2) + ['', ''];
                $response = $response->withHeader($name, trim($value));
            }
            return $response;
        }
    }

    final class Logger implements \Psr\Log\LoggerInterface
    {
        /** @var list<array{string, string}> */
        public array $records = [];
        public function log($level, string|\Stringable $message, array $context = []): void
        {
            $this->records[] = [(string) $level, (string) $message];
        }
        public function error(string|\Stringable $message, array $context = []): void
        {
            $this->log('error', $message, $context);
        }
    }
}
