<?php
// The options of Spiff. Generated from core/src/options.rs by `make generate`.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;

/** @internal */
trait SpiffConstructor
{
    /**
     * Options as in docs/options.md, in camel case; null means not given. Either accessKey and secretKey, or applicationKey; either region or baseUrl.
     *
     * @param string|null $accessKey The access key (client key) of an integration; signs together with secret_key.
     * @param string|null $secretKey The secret key that belongs to the access key. Raw text, never decoded.
     * @param string|null $applicationKey An application key, instead of access_key and secret_key. Not for orders_api "targets".
     * @param string|null $region Where the account lives. Either this or base_url is needed.
     * @param string|null $baseUrl The address of the API, with a path prefix if it has one. The path signed is the path requested. Default: by region; https://web.signcustomiser.com.
     * @param bool|null $exactSecret Accept secrets with white space around them. Default: false.
     * @param string|null $ordersApi How orders are placed: orderCreate, POST /api/v2/orders (deprecated by the platform), or POST /targets (its oldest form, VWS). Default: graphql.
     * @param string|null $digest The body digest of SOA signatures; md5 is the legacy form. Default: sha512.
     * @param string|null $partnerId Sent as PartnerId with every call.
     * @param string|null $transactionOwnerId Sent as TransactionOwnerId: write access to one transaction.
     * @param string|null $bundleOwnerId Sent as BundleOwnerId: write access to one bundle.
     * @param string|null $throttled What 429, and 503 with Retry-After, mean for an order. That throttling precedes processing is unverified. Default: not_placed.
     * @param int|null $settleDelay Seconds after signing from which a read-back may say absent. Default: 180.
     * @param int|null $settleGap Seconds between the two read-backs that absent needs. Default: 60.
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
        #[\SensitiveParameter] ?string $accessKey = null,
        #[\SensitiveParameter] ?string $secretKey = null,
        #[\SensitiveParameter] ?string $applicationKey = null,
        ?string $region = null,
        #[\SensitiveParameter] ?string $baseUrl = null,
        ?bool $exactSecret = null,
        ?string $ordersApi = null,
        ?string $digest = null,
        #[\SensitiveParameter] ?string $partnerId = null,
        #[\SensitiveParameter] ?string $transactionOwnerId = null,
        #[\SensitiveParameter] ?string $bundleOwnerId = null,
        ?string $throttled = null,
        ?int $settleDelay = null,
        ?int $settleGap = null,
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
