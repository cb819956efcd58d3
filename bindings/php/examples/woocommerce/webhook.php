<?php
// Takes the webhooks of Sign Customiser: they settle what no read can.

declare(strict_types=1);

namespace CountersignOrders;

use Countersign\Exception\CountersignException;
use Countersign\Exception\VerificationFailed;
use Countersign\Webhook;

/** Subscribe to order:created with the address /wp-json/countersign/v1/webhook of the shop. */
function routes(): void
{
    register_rest_route('countersign/v1', '/webhook', [
        'methods' => 'POST',
        'callback' => __NAMESPACE__ . '\\webhook',
        'permission_callback' => '__return_true', // the signature is the permission
    ]);
}

function webhook(\WP_REST_Request $request): \WP_REST_Response
{
    try {
        $secret = setting('SIGN_CUSTOMISER_WEBHOOK_SECRET'); // a list while it is changed
        $verifier = $secret === null ? Webhook::fromEnv() : new Webhook($secret);
        $event = $verifier->verify($request); // the request itself: its raw body is what was signed
        outbox()->notify($event);
    } catch (VerificationFailed $refused) {
        return new \WP_REST_Response(['error' => $refused->kind?->value], 401);
    } catch (\Throwable $failure) {
        // Not acknowledged, so that it comes again.
        log_failure('A webhook could not be written down', $failure);
        return new \WP_REST_Response(['error' => $failure instanceof CountersignException ? $failure->kind?->value : 'internal'], 503);
    }
    return new \WP_REST_Response(['ok' => true]);
}
