<?php
// The client of Sign Customiser.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Internal\Client;
use Countersign\Internal\Library;

/**
 * Places orders at Sign Customiser and keeps its webhook subscriptions. Make it once per request or worker and keep it.
 * {@see SignCustomiserInterface} has the manual.
 */
final class SignCustomiser extends Client implements SignCustomiserInterface
{
    protected const PLATFORM = 'sign_customiser';

    /**
     * Options as in docs/options.md, in camel case; null means not given.
     *
     * @param string|null $baseUrl https://web.signcustomiser.com unless given
     * @param string|null $throttled "not_placed" (default) or "unknown"
     * @param int|null $settleDelay seconds
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
        #[\SensitiveParameter] ?string $apiToken = null,
        #[\SensitiveParameter] ?string $integrationSecret = null,
        #[\SensitiveParameter] ?string $webhookSecret = null,
        ?string $baseUrl = null,
        ?bool $exactSecret = null,
        ?string $throttled = null,
        ?int $settleDelay = null,
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
     * There is nothing to read back at this platform: it always throws, and says what there is instead.
     *
     * @param array<string, mixed>|object|string $order the order that was placed
     * @throws CountersignException kind unsupported
     */
    public function settle(array|object|string $order): never
    {
        $this->run('settle');
        throw new \LogicException('Settling is not supported at this platform.');
    }

    public function webhooks(): Webhooks
    {
        return new Webhooks($this);
    }

    public function request(string $method, string $path, ?array $body = null): mixed
    {
        $input = ['method' => $method, 'path' => $path];
        return $this->run('request', $body === null ? $input : $input + ['body' => $body]);
    }

    /**
     * A decimal price as an integer of minor units: ("29.99", "USD") gives 2999, ("500", "JPY") gives 500.
     *
     * @param string $amount plain decimal text; never a float
     * @throws CountersignException kind invalid_argument: no plain decimal, or more places than the currency has
     */
    public static function minorUnits(string $amount, string $currency): int
    {
        return Library::get()->numberOf('int64_t', 'countersign_minor_units', $amount, $currency);
    }
}
