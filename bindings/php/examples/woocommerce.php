<?php
// A WooCommerce order hook: places the designs of a paid order at Spiff, once, and settles doubt by itself.
//
// For a plugin's main file. What happened is stored with the order (_countersign_state: sending, placed, refused,
// unknown) and told in its notes. A status that flips twice, or two requests at the same time, place one order.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\NotPlaced;
use Countersign\Exception\OutcomeUnknown;
use Countersign\Spiff;
use Countersign\Verdict;

add_action('woocommerce_order_status_processing', 'countersign_place');
add_action('woocommerce_order_status_completed', 'countersign_place');
add_action('countersign_settle', 'countersign_settle');

/** The name under which an order line keeps the id of its design. */
const COUNTERSIGN_LINE_META = 'spiff_transaction_id';

/** @return array{externalId: string, paid: bool, orderItems: list<array{amountToOrder: int, transactionId: string}>} */
function countersign_order(WC_Order $order): array
{
    $items = [];
    foreach ($order->get_items() as $item) {
        $transaction = (string) $item->get_meta(COUNTERSIGN_LINE_META);
        if ($transaction !== '') {
            // Shops may sell by fractions, then quantities are floats; a design is ordered in whole numbers.
            $items[] = ['amountToOrder' => (int) round((float) $item->get_quantity()), 'transactionId' => $transaction];
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

/** Stores what is known about the order, for people and for the next hook. */
function countersign_store(WC_Order $order, string $state, array $meta, string $note): void
{
    foreach (['_countersign_state' => $state] + $meta as $name => $value) {
        $order->update_meta_data($name, $value);
    }
    $order->save();
    $order->add_order_note("Countersign: $note");
}

function countersign_place(int $orderId): void
{
    $order = wc_get_order($orderId);
    if (!$order || !$order->is_paid() || in_array($order->get_meta('_countersign_state'), ['sending', 'placed', 'unknown'], true)) {
        return;
    }
    $input = countersign_order($order);
    if ($input['orderItems'] === [] || !countersign_claim($orderId)) {
        return;
    }
    // If this request dies, from here on, the job finds what it left behind.
    as_schedule_single_action(time() + 300, 'countersign_settle', [$orderId]);
    try {
        $call = Spiff::fromEnv(['appInfo' => 'woocommerce-example/1.0'])->prepareOrder($input);
        // Stored before anything is sent.
        countersign_store($order, 'sending', ['_countersign_sent_at' => $call->signedAt], 'placing the order.');
        $placed = $call->readWordPress(wp_remote_request($call->url, $call->forWordPress(30)));
        countersign_store($order, 'placed', ['_countersign_id' => (string) $placed->id], 'placed as ' . ($placed->id ?? 'an order without id') . '.');
    } catch (OutcomeUnknown $doubt) {
        // It may exist: never send it again, the job reads it back.
        countersign_store($order, 'unknown', ['_countersign_sent_at' => $doubt->sentAt], "outcome unknown: {$doubt->getMessage()}");
        as_schedule_single_action($doubt->settleAfter, 'countersign_settle', [$orderId]);
    } catch (CountersignException $error) {
        // Certainly not placed: the claim is given back, so that the next flip of the status may place it.
        countersign_store($order, 'refused', [], "not placed: {$error->getMessage()} {$error->nextStep}");
        delete_option("countersign_order_$orderId");
    }
}

function countersign_settle(int $orderId): void
{
    $order = wc_get_order($orderId);
    $state = $order ? $order->get_meta('_countersign_state') : null;
    if ($state === '') { // claimed, and then nothing was sent
        delete_option("countersign_order_$orderId");
        countersign_place($orderId);
    }
    if (!in_array($state, ['sending', 'unknown'], true)) {
        return;
    }
    $absentAt = $order->get_meta('_countersign_absent_at');
    try {
        $found = Spiff::fromEnv()->settle(countersign_order($order), (int) $order->get_meta('_countersign_sent_at'), $absentAt === '' ? null : (int) $absentAt);
    } catch (CountersignException $error) {
        as_schedule_single_action(time() + 300, 'countersign_settle', [$orderId]);
        return;
    }
    switch ($found->verdict) {
        case Verdict::Placed:
            countersign_store($order, 'placed', [], "it was placed: {$found->reason}");
            break;
        case Verdict::Absent:
            countersign_store($order, 'refused', ['_countersign_absent_at' => ''], "it was not placed: {$found->reason}");
            delete_option("countersign_order_$orderId");
            countersign_place($orderId);
            break;
        default:
            countersign_store($order, 'unknown', ['_countersign_absent_at' => (string) $found->firstAbsentAt], "still unknown: {$found->reason}");
            as_schedule_single_action($found->againAt ?? time() + 300, 'countersign_settle', [$orderId]);
    }
}
