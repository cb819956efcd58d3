<?php
// The kinds of failure, the same in every language. Generated from the core's table by `make generate`.

declare(strict_types=1);

namespace Countersign;

/** What kind of failure it is: {@see Exception\CountersignException::$kind}. */
enum Kind: string
{
    /** An argument or option is not usable as it is. */
    case InvalidArgument = 'invalid_argument';

    /** The order breaks one or more rules; see the problems. */
    case InvalidOrder = 'invalid_order';

    /** The text is not JSON, or is JSON that this library refuses to read (too deep, duplicate keys). */
    case InvalidJson = 'invalid_json';

    /** A credential, region or other option is missing or does not fit the others. */
    case Configuration = 'configuration';

    /** The platform offers no such thing, or not with these credentials. */
    case Unsupported = 'unsupported';

    /** Too much work is waiting already. */
    case Busy = 'busy';

    /** The caller ended the call before its answer was there. */
    case Aborted = 'aborted';

    /** The authorization or signature is not of the required form. */
    case Malformed = 'malformed';

    /** The key id is not one of ours. */
    case UnknownKey = 'unknown_key';

    /** The signature belongs to other bytes or another secret. */
    case Mismatch = 'mismatch';

    /** The signature is right, but there is no date. */
    case DateMissing = 'date_missing';

    /** The signature is right, but its date is not an IMF-fixdate or timestamp. */
    case DateMalformed = 'date_malformed';

    /** The signature is right, but older than the window allows. */
    case TooOld = 'too_old';

    /** The signature is right, but dated later than the window allows. */
    case InTheFuture = 'in_the_future';

    /** No connection could be made: name look-up, refusal, or no route. Nothing was sent. */
    case Connect = 'connect';

    /** The TLS handshake failed. Nothing was sent. */
    case Tls = 'tls';

    /** The proxy refused or could not be reached. Nothing was sent. */
    case Proxy = 'proxy';

    /** The connection broke after the request may have left. */
    case Interrupted = 'interrupted';

    /** The time limit passed after the request may have left. */
    case Timeout = 'timeout';

    /** 401 or 403: the platform does not accept these credentials for this. */
    case Authentication = 'authentication';

    /** The platform refused the request. */
    case Refused = 'refused';

    /** The platform asks to slow down. */
    case Throttled = 'throttled';

    /** The GraphQL server refused the document: nothing was executed. */
    case GraphqlRefused = 'graphql_refused';

    /** The platform failed while it may have been working on the request. */
    case ServerError = 'server_error';

    /** The platform answered with a redirect, which is never followed. */
    case Redirect = 'redirect';

    /** A status whose meaning is not documented. */
    case UnclearStatus = 'unclear_status';

    /** The reply is not what the platform documents (HTML, cut off, too large, not JSON, another order). */
    case UnexpectedReply = 'unexpected_reply';

    /** The GraphQL server answered without the order object. */
    case OrderNull = 'order_null';

    /** The reply is well-formed, but what was asked for is not in it. */
    case MissingData = 'missing_data';

    /** Part of the answer is missing because of GraphQL errors. */
    case GraphqlErrors = 'graphql_errors';

    /** The outbox's store failed, or cannot be used as it is. What was not acknowledged is not kept. */
    case Store = 'store';

    /** The outbox's store is locked by somebody else, or an order is being worked at. */
    case StoreBusy = 'store_busy';

    /** A defect of this library. */
    case Internal = 'internal';

    /** Its number, which is the code of the exception. */
    public function number(): int
    {
        return match ($this) {
            self::InvalidArgument => 1,
            self::InvalidOrder => 2,
            self::InvalidJson => 3,
            self::Configuration => 4,
            self::Unsupported => 5,
            self::Busy => 6,
            self::Aborted => 7,
            self::Malformed => 20,
            self::UnknownKey => 21,
            self::Mismatch => 22,
            self::DateMissing => 23,
            self::DateMalformed => 24,
            self::TooOld => 25,
            self::InTheFuture => 26,
            self::Connect => 40,
            self::Tls => 41,
            self::Proxy => 42,
            self::Interrupted => 43,
            self::Timeout => 44,
            self::Authentication => 60,
            self::Refused => 61,
            self::Throttled => 62,
            self::GraphqlRefused => 63,
            self::ServerError => 64,
            self::Redirect => 65,
            self::UnclearStatus => 66,
            self::UnexpectedReply => 67,
            self::OrderNull => 68,
            self::MissingData => 69,
            self::GraphqlErrors => 70,
            self::Store => 80,
            self::StoreBusy => 81,
            self::Internal => 90,
        };
    }
}
