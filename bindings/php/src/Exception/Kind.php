<?php
// The names of the kinds of failure, the same in every language. A test compares them with the table of the core.

declare(strict_types=1);

namespace Countersign\Exception;

/** Values of {@see CountersignException::$kind}. A newer library may answer others. */
final class Kind
{
    public const INVALID_ARGUMENT = 'invalid_argument';
    public const INVALID_ORDER = 'invalid_order';
    public const INVALID_JSON = 'invalid_json';
    public const CONFIGURATION = 'configuration';
    public const UNSUPPORTED = 'unsupported';
    public const BUSY = 'busy';
    public const ABORTED = 'aborted';

    public const MALFORMED = 'malformed';
    public const UNKNOWN_KEY = 'unknown_key';
    public const MISMATCH = 'mismatch';
    public const DATE_MISSING = 'date_missing';
    public const DATE_MALFORMED = 'date_malformed';
    public const TOO_OLD = 'too_old';
    public const IN_THE_FUTURE = 'in_the_future';

    public const CONNECT = 'connect';
    public const TLS = 'tls';
    public const PROXY = 'proxy';
    public const INTERRUPTED = 'interrupted';
    public const TIMEOUT = 'timeout';

    public const AUTHENTICATION = 'authentication';
    public const REFUSED = 'refused';
    public const THROTTLED = 'throttled';
    public const GRAPHQL_REFUSED = 'graphql_refused';
    public const SERVER_ERROR = 'server_error';
    public const REDIRECT = 'redirect';
    public const UNCLEAR_STATUS = 'unclear_status';
    public const UNEXPECTED_REPLY = 'unexpected_reply';
    public const ORDER_NULL = 'order_null';
    public const MISSING_DATA = 'missing_data';
    public const GRAPHQL_ERRORS = 'graphql_errors';

    public const INTERNAL = 'internal';

    /** The kinds of {@see VerificationFailed}. */
    public const SIGNATURE = [
        self::MALFORMED, self::UNKNOWN_KEY, self::MISMATCH, self::DATE_MISSING, self::DATE_MALFORMED, self::TOO_OLD,
        self::IN_THE_FUTURE,
    ];

    private function __construct()
    {
    }
}
