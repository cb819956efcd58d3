<?php
// A WooCommerce order hook: places the designs of a paid order at Spiff, once, and settles doubt by itself.
//
// For a plugin's main file. What happened is stored with the order and told in its notes. _countersign_state is
//   sending, unknown   it may have been placed: jobs settle it
//   placed, refused    certain
//   retry              certainly not placed, and a job tries again
//   look               it may have been placed, and no job can tell: a person looks at Spiff, and then writes "placed", or empties
//                      it and deletes the option countersign_order_<id>
// A status that flips twice, or two requests at the same time, place one order.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Kind;
use Countersign\Spiff;
use Countersign\Verdict;

add_action('woocommerce_order_status_processing', 'countersign_place');
add_action('woocommerce_order_status_completed', 'countersign_place');
add_action('countersign_retry', 'countersign_place');
add_action('countersign_settle', 'countersign_settle');

/** The name under which an order line keeps the id of its design. */
const COUNTERSIGN_LINE_META = 'spiff_transaction_id';

/** Seconds until the next try of what failed for now. After the last a person must look. */
const COUNTERSIGN_WAITS = [60, 300, 1800, 7200, 43200];

/**
 * What is left of an order after refunds.
 *
 * @return array{externalId: string, paid: bool, orderItems: list<array{amountToOrder: int, transactionId: string}>}
 * @throws DomainException for a line that cannot be ordered
 */
function countersign_order(WC_Order $order): array
{
    $items = [];
    foreach ($order->get_items() as $item) {
        $transaction = (string) $item->get_meta(COUNTERSIGN_LINE_META);
        if ($transaction === '') {
            continue;
        }
        // WooCommerce counts what was refunded below zero.
        $left = (float) $item->get_quantity() - abs((float) $order->get_qty_refunded_for_item($item->get_id()));
        // Shops may sell by fractions, then quantities are floats; a design is ordered in whole numbers, and nobody rounds for a shop.
        if (abs($left - round($left)) > 1e-6) {
            throw new DomainException("the quantity of design $transaction is $left, and a design is ordered in whole numbers.");
        }
        if ($left > 0.5) {
            $items[] = ['amountToOrder' => (int) round($left), 'transactionId' => $transaction];
        }
    }
    return ['externalId' => (string) $order->get_id(), 'paid' => $order->is_paid(), 'orderItems' => $items];
}

/**
 * Takes the right to place this order. One row wins, also when two requests run at the same time; add_option() and order
 * meta do not promise that.
 */
function countersign_claim(int $orderId): bool
{
    global $wpdb;
    return $wpdb->query($wpdb->prepare(
        "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')",
        "countersign_order_$orderId",
        (string) time(),
    )) === 1;
}

/** Gives that right back, if it was taken so many seconds ago. */
function countersign_release(int $orderId, int $age = 0): bool
{
    global $wpdb;
    return $wpdb->query($wpdb->prepare(
        "DELETE FROM {$wpdb->options} WHERE option_name = %s AND CAST(option_value AS UNSIGNED) <= %s",
        "countersign_order_$orderId",
        (string) (time() - $age),
    )) === 1;
}

/** Stores what is known about the order, for people and for the next hook. */
function countersign_store(WC_Order $order, string $state, array $meta, ?string $note): void
{
    foreach (['_countersign_state' => $state] + $meta as $name => $value) {
        $order->update_meta_data($name, $value);
    }
    $order->save();
    if ($note !== null) {
        $order->add_order_note("Countersign: $note");
    }
}

function countersign_place(int $orderId): void
{
    $order = wc_get_order($orderId);
    if (!$order || !$order->is_paid() || in_array($order->get_meta('_countersign_state'), ['sending', 'placed', 'unknown', 'look'], true)) {
        return;
    }
    try {
        $input = countersign_order($order);
    } catch (DomainException $fraction) {
        countersign_store($order, 'refused', [], "not placed: {$fraction->getMessage()}");
        return;
    }
    if ($input['orderItems'] === [] || !countersign_claim($orderId)) {
        return;
    }
    // If this request dies, from here on, the job finds what it left behind.
    as_schedule_single_action(time() + 300, 'countersign_settle', [$orderId]);
    try {
        $call = Spiff::fromEnv(['appInfo' => 'woocommerce-example/1.0'])->prepareOrder($input);
        // Stored before anything is sent: also the order itself, because a refund would change what is settled.
        $sent = ['_countersign_sent_at' => $call->signedAt, '_countersign_order' => json_encode($input), '_countersign_absent_at' => '', '_countersign_reads' => ''];
        countersign_store($order, 'sending', $sent, 'placing the order.');
        $placed = $call->readWordPress(wp_remote_request($call->url, $call->forWordPress(30)));
        countersign_store($order, 'placed', ['_countersign_id' => (string) $placed->id], 'placed as ' . ($placed->id ?? 'an order without id') . '.');
    } catch (OutcomeUnknown $doubt) {
        // It may exist: never send it again, the job reads it back.
        countersign_store($order, 'unknown', ['_countersign_sent_at' => $doubt->sentAt], "outcome unknown: {$doubt->getMessage()}");
        as_schedule_single_action($doubt->settleAfter, 'countersign_settle', [$orderId]);
    } catch (CountersignException $error) {
        // Certainly not placed: the claim is given back, so that a job, or the next flip of the status, may place it.
        $tries = (int) $order->get_meta('_countersign_tries');
        $wait = $error->retryable ? COUNTERSIGN_WAITS[$tries] ?? null : null;
        if ($wait !== null) {
            as_schedule_single_action(time() + max($wait, $error->retryAfter ?? 0), 'countersign_retry', [$orderId]);
        }
        $note = "not placed: {$error->getMessage()} {$error->nextStep}" . ($error->retryable && $wait === null ? ' It is not tried again: a person must look.' : '');
        countersign_store($order, $wait === null ? 'refused' : 'retry', ['_countersign_tries' => $tries + 1], $note);
        countersign_release($orderId);
    }
}

function countersign_settle(int $orderId): void
{
    $order = wc_get_order($orderId);
    $state = $order ? $order->get_meta('_countersign_state') : null;
    if (in_array($state, ['', 'retry', 'refused'], true) && countersign_release($orderId, 300)) { // claimed, and then nothing was sent
        countersign_place($orderId);
    }
    if (!in_array($state, ['sending', 'unknown'], true)) {
        return;
    }
    [$sentAt, $sent, $absentAt] = array_map(static fn($name) => (string) $order->get_meta("_countersign_$name"), ['sent_at', 'order', 'absent_at']);
    if ($sent === '' || !ctype_digit($sentAt) || (int) $sentAt === 0) {
        // Never taken for 0: an order that was sent long ago is soon called absent, and then placed twice.
        countersign_store($order, 'look', [], 'it may have been placed, and when or what was sent is lost. A person must look at Spiff.');
        return;
    }
    $reads = (int) $order->get_meta('_countersign_reads');
    try {
        $found = Spiff::fromEnv()->settle($sent, (int) $sentAt, ctype_digit($absentAt) ? (int) $absentAt : null);
    } catch (CountersignException $error) {
        // The read failed: as much in doubt as before.
        $wait = $error->kind === Kind::InvalidArgument ? null : COUNTERSIGN_WAITS[$reads] ?? null;
        if ($wait === null) {
            countersign_store($order, 'look', [], "it may have been placed, and cannot be read back: {$error->getMessage()} A person must look at Spiff.");
            return;
        }
        as_schedule_single_action(time() + $wait, 'countersign_settle', [$orderId]);
        countersign_store($order, $state, ['_countersign_reads' => $reads + 1], null);
        return;
    }
    switch ($found->verdict) {
        case Verdict::Placed:
            countersign_store($order, 'placed', [], "it was placed: {$found->reason}");
            break;
        case Verdict::Absent:
            countersign_store($order, 'refused', ['_countersign_absent_at' => ''], "it was not placed: {$found->reason}");
            countersign_release($orderId);
            countersign_place($orderId);
            break;
        default:
            if ($found->againAt === null) {
                countersign_store($order, 'look', [], "it may have been placed: {$found->reason} A person must look at Spiff.");
                return;
            }
            as_schedule_single_action($found->againAt, 'countersign_settle', [$orderId]);
            // Said once, not each time.
            $note = $state === 'sending' ? "outcome unknown: {$found->reason}" : null;
            countersign_store($order, 'unknown', ['_countersign_absent_at' => (string) $found->firstAbsentAt, '_countersign_reads' => ''], $note);
    }
}
