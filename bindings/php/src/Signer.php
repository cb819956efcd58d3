<?php
// Signs and verifies requests with one key pair.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Exception\VerificationFailed;
use Countersign\Internal\Guarded;
use Countersign\Internal\Handle;
use Countersign\Internal\Headers;
use Countersign\Internal\Json;
use Countersign\Internal\Library;

/**
 * One key pair, ready to sign. Make it once and keep it: it holds the keyed state.
 *
 * It sends nothing. Date and path are signed as they are given, and the body's bytes are those that must be sent.
 */
final class Signer
{
    use Guarded;

    private readonly Library $library;
    private readonly Handle $handle;
    private readonly \FFI $functions;
    private readonly \FFI\CData $pointer;

    /** The hot call writes here; one buffer per signer, because every answer is of the same length. */
    private readonly \FFI\CData $buffer;
    private readonly int $size;

    /**
     * @param string $accessKey the access key (key id) of an integration
     * @param string $secretKey its secret key: raw text or bytes, never decoded
     * @param string $scheme "SOA", or "VWS" for POST /targets
     * @param string|null $digest "sha512" or "md5"; null for the scheme's own
     * @param bool $exactSecret accept a secret with white space around it
     * @param string|null $library the path of libcountersign.so; null to look for it
     * @throws CountersignException kind invalid_argument, or configuration where the library is not usable
     */
    public function __construct(
        #[\SensitiveParameter] private readonly string $accessKey,
        #[\SensitiveParameter] string $secretKey,
        private readonly string $scheme = 'SOA',
        private readonly ?string $digest = null,
        bool $exactSecret = false,
        ?string $library = null,
    ) {
        $this->library = Library::get($library);
        $this->handle = $this->library->make(
            'signer',
            'countersign_signer_new',
            $accessKey,
            $secretKey,
            $scheme,
            $digest,
            $exactSecret,
        );
        $this->functions = $this->library->functions();
        $this->pointer = $this->handle->pointer;
        $this->size = $this->library->plain('countersign_authorization_size', $this->pointer);
        $this->buffer = $this->library->buffer($this->size);
    }

    /**
     * The value of the Authorization header.
     *
     * @param string $method such as "POST"
     * @param string $path the path as it is requested
     * @param string $body the bytes that are sent
     * @param string|null $contentType null means application/json; '' an empty line, and then no header is sent
     * @param string|null $date the value of the Date header that you send. null for that of now; rather take
     *                          {@see headers} then, because the very same date has to be sent
     * @throws CountersignException kind invalid_argument
     */
    public function authorization(
        string $method,
        string $path,
        string $body = '',
        ?string $contentType = 'application/json',
        ?string $date = null,
    ): string {
        $contentType ??= 'application/json';
        $date ??= self::now();
        $head = "$method\n$contentType\n$date\n$path";
        // Straight into C, and functions by their full names: each call and look-up saved here is some percent.
        $length = $this->functions->countersign_authorization(
            $this->pointer,
            $head,
            \strlen($head),
            $body,
            \strlen($body),
            $this->buffer,
            $this->size,
            null,
        );
        if ($length < 0) {
            throw $this->library->refusedAuthorization($this->pointer, $head, $body, $this->buffer, $this->size);
        }
        return \FFI::string($this->buffer, $length);
    }

    /** The date of now, as HTTP writes it. */
    private static function now(): string
    {
        return gmdate('D, d M Y H:i:s \G\M\T');
    }

    /**
     * The headers of a signed request.
     *
     * @param string|null $contentType as for {@see authorization}
     * @param string|null $date the date to sign; null for that of `now`
     * @param int|null $now seconds since 1970; null for the clock
     * @return array{Authorization: string, Date: string, Content-Type?: string}
     * @throws CountersignException kind invalid_argument
     */
    public function headers(
        string $method,
        string $path,
        string $body = '',
        ?string $contentType = null,
        ?string $date = null,
        ?int $now = null,
    ): array {
        $headers = $this->library->make(
            'headers',
            'countersign_signer_headers',
            $this->pointer,
            $method,
            $path,
            $contentType,
            $date,
            $body,
            $now ?? Library::NOW,
        );
        return Json::decode((string) $headers->text('countersign_headers_json'));
    }

    /**
     * The exact text that is signed: the first thing to look at after a 401. Parameters as for {@see authorization}.
     *
     * @throws CountersignException kind invalid_argument
     */
    public function stringToSign(
        string $method,
        string $path,
        string $body = '',
        ?string $contentType = 'application/json',
        ?string $date = null,
    ): string {
        $contentType ??= 'application/json';
        $date ??= self::now();
        $head = "$method\n$contentType\n$date\n$path";
        return $this->library->textOf('countersign_string_to_sign', $this->pointer, $head, $body);
    }

    /**
     * Judges a received request, in constant time.
     *
     * @param mixed $headers `$_SERVER`, a PSR-7 message, name to value, pairs, or lines
     * @param int|null $now seconds since 1970; null for the clock
     * @param int|null $window how many seconds the Date may be from now, either way; null leaves the date unjudged
     * @param list<self> $others more signers that are active, as during a rotation
     * @return int who signed it: 0 for this signer, then the others in their order
     * @throws VerificationFailed the first that applies of malformed, unknown_key, mismatch, date_missing,
     *                            date_malformed, too_old, in_the_future
     */
    public function verify(
        string $method,
        string $path,
        string $body,
        mixed $headers,
        ?int $now = null,
        ?int $window = 300,
        array $others = [],
    ): int {
        $handles = [$this->handle];
        foreach ($others as $other) {
            $handles[] = $other->handle;
        }
        $lines = Headers::block($headers);
        return $this->library->numberOf(
            'size_t',
            'countersign_verify',
            $this->library->signers($handles),
            count($handles),
            $method,
            $path,
            $lines,
            $body,
            $now ?? Library::NOW,
            $window ?? Library::ANY_DATE,
        );
    }

    /**
     * The likely reason why a request was refused.
     *
     * @param string $path as requested, with its query
     * @param mixed $headers as for {@see verify}
     * @return array{matches: string|null, advice: string, ours: string, presented: string|null} matches: "as_sent", the
     *         name of the mistake, or null
     * @throws CountersignException kind invalid_argument
     */
    public function explain(string $method, string $path, string $body, mixed $headers): array
    {
        $lines = Headers::block($headers);
        return Json::decode($this->library->textOf(
            'countersign_explain',
            $this->pointer,
            $method,
            $path,
            $lines,
            $body,
        ));
    }

    /** @return array<string, string|null> for var_dump and print_r: no secret */
    public function __debugInfo(): array
    {
        return ['accessKey' => $this->accessKey, 'scheme' => $this->scheme, 'digest' => $this->digest, 'secretKey' => '(hidden)'];
    }
}
