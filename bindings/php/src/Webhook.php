<?php
// Verifies deliveries of Sign Customiser.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Exception\VerificationFailed;
use Countersign\Internal\Guarded;
use Countersign\Internal\Handle;
use Countersign\Internal\Headers;
use Countersign\Internal\Json;
use Countersign\Internal\Library;

/** Verifies deliveries with the secrets that are active, in constant time. */
final class Webhook
{
    use Guarded;

    private readonly Handle $handle;

    /**
     * @param string|list<string> $secret the webhook secret of a subscription, or the integration secret for the
     *                                    product:created callback; several during a rotation
     * @param string|null $content what is signed: "timestamp.body" (default), "body", "timestamp+body",
     *                             "body+timestamp" or "body.timestamp"
     * @param string|null $encoding "hex" (default) or "base64"
     * @param int|null $tolerance how many seconds a timestamp may be from the clock, either way (300)
     * @param bool $exactSecret accept secrets with white space around them
     * @param string|null $library the path of libcountersign.so; null to look for it
     * @throws CountersignException kind invalid_argument
     */
    public function __construct(
        #[\SensitiveParameter] string|array $secret,
        ?string $content = null,
        ?string $encoding = null,
        ?int $tolerance = null,
        bool $exactSecret = false,
        ?string $library = null,
    ) {
        $secrets = array_values((array) $secret);
        if ($secrets === []) {
            $secrets = ['']; // refused by the core, in its words
        }
        $native = Library::get($library);
        $this->handle = $native->make(
            'webhook',
            'countersign_webhook_new',
            $secrets[0],
            $exactSecret,
            $content,
            $encoding,
            $tolerance ?? Library::DEFAULT,
        );
        foreach (array_slice($secrets, 1) as $more) {
            $native->run('countersign_webhook_add_secret', $this->handle->pointer, $more, $exactSecret);
        }
    }

    /**
     * A verifier by the environment: the secret is COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET or, with secret: 'integration',
     * COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET; each also with _FILE for the path of a file that holds it.
     *
     * @param 'webhook'|'integration' $secret that of a subscription, or that of the product:created callback
     * @param string|null $content as for the constructor, like the rest
     * @throws CountersignException kind configuration: what is missing or cannot be read; invalid_argument
     */
    public static function fromEnv(
        #[\SensitiveParameter] string $secret = 'webhook',
        ?string $content = null,
        ?string $encoding = null,
        ?int $tolerance = null,
        bool $exactSecret = false,
        ?string $library = null,
    ): self {
        $native = Library::get($library);
        $platform = 'sign_customiser';
        $options = $native->make('options', 'countersign_options_from_env', $platform);
        if ($exactSecret) {
            $native->run('countersign_options_set', $options->pointer, 'exact_secret', 'true');
        }
        $webhook = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $webhook->handle = $native->make(
            'webhook',
            'countersign_webhook_of_options',
            $options->pointer,
            $secret,
            $content,
            $encoding,
            $tolerance ?? Library::DEFAULT,
        );
        return $webhook;
    }

    /**
     * Verifies the request that PHP is serving: headers from `$_SERVER`, the raw body from php://input.
     *
     * @param string|list<string>|null $secret null for that of {@see fromEnv}
     * @param string|null $content as for the constructor, like the rest
     * @throws VerificationFailed|CountersignException
     */
    public static function fromGlobals(
        #[\SensitiveParameter] string|array|null $secret = null,
        ?string $content = null,
        ?string $encoding = null,
        ?int $tolerance = null,
        bool $exactSecret = false,
        ?string $library = null,
    ): Event {
        $formula = [$content, $encoding, $tolerance, $exactSecret, $library];
        $webhook = $secret === null ? self::fromEnv('webhook', ...$formula) : new self($secret, ...$formula);
        return $webhook->verify($_SERVER, (string) file_get_contents('php://input'));
    }

    /**
     * Verifies a delivery and reads it.
     *
     * @param mixed $headers `$_SERVER`; a request of PSR-7, Symfony, Laravel, WordPress, Magento or CodeIgniter; name to value
     *                       or to a list of values; pairs; or lines
     * @param string|null $rawBody the body's bytes as they arrived; null only with the request itself, which has them
     * @param int|null $now seconds since 1970; null for the clock
     * @throws VerificationFailed malformed, mismatch, too_old, in_the_future
     * @throws CountersignException invalid_json for a body that is signed but not readable
     */
    public function verify(mixed $headers, ?string $rawBody = null, ?int $now = null): Event
    {
        [$lines, $body] = self::delivery($headers, $rawBody);
        return new Event($this->handle->library->make(
            'event',
            'countersign_webhook_verify',
            $this->handle->pointer,
            $lines,
            $body,
            $now ?? Library::NOW,
        ));
    }

    /**
     * The headers that the platform would send with this body: for tests of a shop's own, which need deliveries that verify. Signed with
     * the first secret, by the formula of this object.
     *
     * @param int|null $timestamp seconds since 1970; null for the clock
     * @return array{X-Webhook-Timestamp: string, X-Webhook-Signature: string}
     * @throws CountersignException kind invalid_argument
     */
    public function sign(string $rawBody, ?int $timestamp = null): array
    {
        $headers = $this->handle->library->make('headers', 'countersign_webhook_sign', $this->handle->pointer, $rawBody, $timestamp ?? Library::NOW);
        return Json::decode((string) $headers->text('countersign_headers_json'));
    }

    /**
     * Says which formula a captured delivery matches, whatever its age. Parameters as for {@see verify}.
     *
     * @return array{content: string|null, encoding: string|null, configured: bool, advice: string}
     * @throws CountersignException kind invalid_argument
     */
    public function explain(mixed $headers, ?string $rawBody = null): array
    {
        [$lines, $body] = self::delivery($headers, $rawBody);
        return Json::decode($this->handle->library->textOf(
            'countersign_webhook_explain',
            $this->handle->pointer,
            $lines,
            $body,
        ));
    }

    /** @return array{string, string} the header lines and the raw body */
    private static function delivery(mixed $headers, ?string $rawBody): array
    {
        if ($rawBody === null) {
            $body = match (true) {
                !is_object($headers) => null,
                method_exists($headers, 'getBody') => $headers->getBody(), // PSR-7, CodeIgniter
                method_exists($headers, 'getContent') => $headers->getContent(), // Symfony, Laravel, Magento
                method_exists($headers, 'get_body') => $headers->get_body(), // WordPress
                default => null,
            };
            if (!is_string($body) && !$body instanceof \Stringable) {
                throw CountersignException::refusal(
                    Kind::InvalidArgument,
                    'The raw body is missing: give the bytes as they arrived, such as file_get_contents(\'php://input\').',
                );
            }
            $rawBody = (string) $body;
        }
        return [Headers::block($headers), $rawBody];
    }

    /** @return array<string, string> for var_dump and print_r: no secret */
    public function __debugInfo(): array
    {
        return ['secret' => '(hidden)'];
    }
}
