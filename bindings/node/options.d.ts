// The options of the clients. Generated from core/src/options.rs by `make generate`.

/** Options that both clients know. Undefined and null mean: not given. */
export interface ClientOptions {
  /**
   * How many calls may be under way at once, 1 to 1024. They run on threads of this client, made when they are needed, not on
   * libuv's; clients made from this one share them. Default: 4.
   */
  threads?: number | null | undefined
  /** How many more calls may wait, 0 to 1000000; beyond, they are refused as `busy`. Default: 1000. */
  queue?: number | null | undefined
  /** The address of the API, with a path prefix if it has one. The path signed is the path requested. Default: by region; https://web.signcustomiser.com. */
  baseUrl?: string | null | undefined
  /** Accept secrets with white space around them. Default: false. */
  exactSecret?: boolean | null | undefined
  /** What 429, and 503 with Retry-After, mean for an order. That throttling precedes processing is unverified. Default: not_placed. */
  throttled?: 'not_placed' | 'unknown' | null | undefined
  /** Seconds after signing from which a read-back may say absent. Default: 180. */
  settleDelay?: number | null | undefined
  /** Milliseconds for a whole call, from name look-up to the last byte of the reply. Default: 30000. */
  timeoutMs?: number | null | undefined
  /** Milliseconds to connect, TLS included. Default: 10000. */
  connectTimeoutMs?: number | null | undefined
  /** The longest reply body that is read, in bytes. Default: 1048576. */
  replyLimit?: number | null | undefined
  /** Trusted certificate authorities: "platform", "bundled", or the path of a PEM file. Default: platform. */
  roots?: string | null | undefined
  /** The URL of an HTTP proxy, or "env" for HTTPS_PROXY and NO_PROXY of the environment. */
  proxy?: string | null | undefined
  /** Host names that may be spoken to without TLS, besides loopback. For test networks only. */
  allowHttp?: readonly string[] | string | null | undefined
  /** Added to User-Agent, such as "my-shop/1.4". */
  appInfo?: string | null | undefined
  /** Learn the platform's clock from its Date headers and sign with it when ours is far off. Default: true. */
  skewCorrection?: boolean | null | undefined
  /** How often a failed read is repeated. Orders are never repeated. Default: 2. */
  readRetries?: number | null | undefined
}

/** Either `accessKey` and `secretKey`, or `applicationKey`; either `region` or `baseUrl`. */
export interface SpiffOptions extends ClientOptions {
  /** The access key (client key) of an integration; signs together with secret_key. */
  accessKey?: string | null | undefined
  /** The secret key that belongs to the access key. Raw text, never decoded. */
  secretKey?: string | Uint8Array | null | undefined
  /** An application key, instead of access_key and secret_key. Not for orders_api "targets". */
  applicationKey?: string | Uint8Array | null | undefined
  /** Where the account lives. Either this or base_url is needed. */
  region?: 'us' | 'au' | null | undefined
  /** How orders are placed: orderCreate, POST /api/v2/orders (deprecated by the platform), or POST /targets (its oldest form, VWS). Default: graphql. */
  ordersApi?: 'graphql' | 'rest' | 'targets' | null | undefined
  /** The body digest of SOA signatures; md5 is the legacy form. Default: sha512. */
  digest?: 'sha512' | 'md5' | null | undefined
  /** Sent as PartnerId with every call. */
  partnerId?: string | null | undefined
  /** Sent as TransactionOwnerId: write access to one transaction. */
  transactionOwnerId?: string | null | undefined
  /** Sent as BundleOwnerId: write access to one bundle. */
  bundleOwnerId?: string | null | undefined
  /** Seconds between the two read-backs that absent needs. Default: 60. */
  settleGap?: number | null | undefined
}

/** `apiToken`, and more. */
export interface SignCustomiserOptions extends ClientOptions {
  /** The API token. */
  apiToken?: string | Uint8Array | null | undefined
  /** Verifies the product:created callback of a custom integration. */
  integrationSecret?: string | Uint8Array | null | undefined
  /** Verifies the deliveries of one webhook subscription. */
  webhookSecret?: string | Uint8Array | null | undefined
}
