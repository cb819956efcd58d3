<?php
// The options of SignCustomiser. Generated from core/src/options.rs by `make generate`.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;

/** @internal */
trait SignCustomiserConstructor
{
    /**
     * Options as in docs/options.md, in camel case; null means not given. apiToken is needed for calls.
     *
     * @param string|null $apiToken The API token.
     * @param string|null $integrationSecret Verifies the product:created callback of a custom integration.
     * @param string|null $webhookSecret Verifies the deliveries of one webhook subscription.
     * @param string|null $baseUrl The address of the API, with a path prefix if it has one. The path signed is the path requested. Default: by region; https://web.signcustomiser.com.
     * @param bool|null $exactSecret Accept secrets with white space around them. Default: false.
     * @param string|null $throttled What 429, and 503 with Retry-After, mean for an order. That throttling precedes processing is unverified. Default: not_placed.
     * @param int|null $settleDelay Seconds after signing from which a read-back may say absent. Default: 180.
     * @param int|float|null $timeout Seconds for a whole call, from name look-up to the last byte of the reply. Default: 30.
     * @param int|float|null $connectTimeout Seconds to connect, TLS included. Default: 10.
     * @param int|null $replyLimit The longest reply body that is read, in bytes. Default: 1048576.
     * @param string|null $roots Trusted certificate authorities: "platform", "bundled", or the path of a PEM file. Default: platform.
     * @param string|null $proxy The URL of an HTTP proxy, or "env" for HTTPS_PROXY and NO_PROXY of the environment.
     * @param list<string>|string|null $allowHttp Host names that may be spoken to without TLS, besides loopback. For test networks only.
     * @param string|null $appInfo Added to User-Agent, such as "my-shop/1.4".
     * @param bool|null $skewCorrection Learn the platform's clock from its Date headers and sign with it when ours is far off. Default: true.
     * @param int|null $readRetries How often a failed read is repeated. Orders are never repeated. Default: 2.
     * @param object|null $logger a PSR-3 logger: gets the record of each attempt, never a secret or a body
     * @param string|null $library the path of libcountersign.so; null to look for it
     * @throws CountersignException kind configuration: what is missing or does not fit
     */
    public function __construct(
        #[\SensitiveParameter] ?string $apiToken = null,
        #[\SensitiveParameter] ?string $integrationSecret = null,
        #[\SensitiveParameter] ?string $webhookSecret = null,
        #[\SensitiveParameter] ?string $baseUrl = null,
        ?bool $exactSecret = null,
        ?string $throttled = null,
        ?int $settleDelay = null,
        int|float|null $timeout = null,
        int|float|null $connectTimeout = null,
        ?int $replyLimit = null,
        ?string $roots = null,
        #[\SensitiveParameter] ?string $proxy = null,
        array|string|null $allowHttp = null,
        ?string $appInfo = null,
        ?bool $skewCorrection = null,
        ?int $readRetries = null,
        ?object $logger = null,
        ?string $library = null,
    ) {
        $options = get_defined_vars();
        unset($options['logger'], $options['library'], $options['this']);
        $this->open($options, $logger, $library);
    }
}
