<?php
// What is to be placed of an order, and how the outbox is brought in line with it: by status hooks, and by a sweep for what they
// missed.

declare(strict_types=1);

namespace CountersignOrders;

use Countersign\EnqueueStatus;
use Countersign\Exception\CountersignException;
use Countersign\Kind;
use Countersign\SignCustomiser;
use Countersign\State;

/** Under which name an order line keeps its design, by account. */
const LINES = ['spiff' => 'spiff_transaction_id', 'signs' => 'sign_customiser_product_id'];

/** In these statuses nothing of an order is wanted any more. */
const OVER = ['cancelled', 'refunded'];

/** The id of an order outside of this shop. The sites of a network count their orders each for itself, and may share an account. */
function external_id(\WC_Order $order): string
{
    return (is_multisite() && !is_main_site() ? get_current_blog_id() . '-' : '') . $order->get_id();
}

function internal_id(string $external): int
{
    return (int) substr((string) strrchr("-$external", '-'), 1);
}

/**
 * The lines with designs, by account: design, how many are left after refunds, the line.
 *
 * @return array<string, list<array{string, float, \WC_Order_Item_Product}>>
 */
function designs(\WC_Order $order): array
{
    $designs = [];
    foreach ($order->get_items() as $item) {
        foreach (LINES as $account => $name) {
            if (($design = (string) $item->get_meta($name)) !== '') {
                // WooCommerce counts what was refunded below zero.
                $designs[$account][] = [$design, (float) $item->get_quantity() - abs((float) $order->get_qty_refunded_for_item($item->get_id())), $item];
            }
        }
    }
    return $designs;
}

/**
 * The order as an account takes it; null if nothing is left of it.
 *
 * @param list<array{string, float, \WC_Order_Item_Product}> $designs
 * @throws \DomainException for a line that cannot be ordered
 */
function placing(\WC_Order $order, string $account, array $designs): ?array
{
    $lines = [];
    foreach ($designs as [$design, $left, $item]) {
        // Shops may sell by fractions, then quantities are floats; a design is made in whole numbers, and nobody rounds for a shop.
        if (abs($left - round($left)) > 1e-6) {
            throw new \DomainException("The quantity of design $design is $left, and designs are made in whole numbers.");
        }
        if ($left > 0.5) {
            $lines[] = [$design, (int) round($left), $item];
        }
    }
    if ($lines === []) {
        return null;
    }
    // The id is the shop's own, because by it alone the outbox, the platform and this shop know the same order.
    $placing = $account === 'signs' ? for_signs($order, $lines) : [
        'externalId' => external_id($order),
        'paid' => true,
        'orderItems' => array_map(static fn($line) => ['amountToOrder' => $line[1], 'transactionId' => $line[0]], $lines),
    ];
    return apply_filters('countersign_order', $placing, $account, $order);
}

/** @param list<array{string, int, \WC_Order_Item_Product}> $lines */
function for_signs(\WC_Order $order, array $lines): array
{
    $address = static function (string $of) use ($order): array {
        $address = $order->get_address($of);
        $address['province'] = $address['state'] ?? '';
        $known = ['first_name', 'last_name', 'email', 'phone', 'address_1', 'address_2', 'city', 'province', 'postcode', 'country'];
        return array_filter(array_intersect_key($address, array_flip($known)), static fn($text) => $text !== '');
    };
    return array_filter([
        'integration_id' => (int) (setting('SIGN_CUSTOMISER_INTEGRATION_ID') ?? getenv('COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_ID')),
        'external_id' => external_id($order),
        'external_order_number' => (string) $order->get_order_number(),
        'currency' => $order->get_currency(),
        'billing_address' => $address('billing'),
        'shipping_address' => $address('shipping'),
        'products' => array_map(static fn($line) => [
            'external_id' => $line[0],
            'quantity' => $line[1],
            'price' => SignCustomiser::minorUnits((string) round((float) $order->get_item_total($line[2]), 2), $order->get_currency()),
        ], $lines),
    ], static fn($part) => $part !== []);
}

/**
 * Brings the outbox in line with an order, as often as you like. Never throws: it runs in the middle of a checkout.
 *
 * @param bool $sweep what was cancelled stays so
 * @param bool $chosen a person wants this order sent, though it was paid before this plugin was there
 */
function align(int $id, bool $sweep = false, bool $chosen = false): void
{
    try {
        $order = wc_get_order($id);
        // Cash on delivery is "processing", and not paid.
        $paid = $order instanceof \WC_Order && $order->is_paid() ? $order->get_date_paid()?->getTimestamp() : null;
        if (!$order instanceof \WC_Order || ($paid === null && !in_array($order->get_status(), OVER, true))) {
            return;
        }
        foreach (designs($order) as $account => $designs) {
            try {
                $text = align_account($order, $account, $designs, $paid, $sweep, $chosen);
            } catch (\Throwable $failure) {
                $text = is_refusal($failure) ? "not placed at $account: " . problems_of($failure) : postponed($order, $account, $failure);
            }
            $text === null || say($order, $account, $text);
        }
    } catch (\Throwable $failure) {
        log_failure("Order $id is left to the sweep", $failure);
    }
}

/** Whether it is the order that has to be corrected. Everything else is a matter of time. */
function is_refusal(\Throwable $failure): bool
{
    return $failure instanceof \DomainException
        || ($failure instanceof CountersignException && in_array($failure->kind, [Kind::InvalidOrder, Kind::InvalidArgument], true));
}

function problems_of(\Throwable $refusal): string
{
    $problems = $refusal instanceof CountersignException ? $refusal->problems : [];
    return implode(' ', [$refusal->getMessage(), ...array_map(static fn($problem) => "{$problem['path']}: {$problem['message']}", $problems)]);
}

/** The database fails, or the library cannot be loaded. The shopper has paid, and goes on. */
function postponed(\WC_Order $order, string $account, \Throwable $failure): string
{
    log_failure("Order {$order->get_id()} for $account is left to the sweep", $failure);
    return "not yet written down for $account; the next sweep does it. {$failure->getMessage()}";
}

/**
 * @param list<array{string, float, \WC_Order_Item_Product}> $designs
 * @return string|null what is to be said about it
 */
function align_account(\WC_Order $order, string $account, array $designs, ?int $paid, bool $sweep, bool $chosen): ?string
{
    if (closed() !== null) {
        return align_unaided($order, $account, $designs, $paid, $chosen);
    }
    $id = external_id($order);
    try {
        $placing = $paid === null ? null : placing($order, $account, $designs);
    } catch (\DomainException $fraction) {
        outbox()->cancel($id, $account); // what waits from before has another quantity
        throw $fraction;
    }
    if ($placing === null) {
        outbox()->cancel($id, $account);
        return null;
    }
    // What was paid before this plugin was there may have been placed by another way. A person chooses.
    if ($paid < activated() && !$chosen && outbox()->get($id, $account) === null) {
        return null;
    }
    if ($sweep) {
        [$told] = outbox()->sweep([$placing], $account)->orders;
        if ($told instanceof \Throwable) {
            throw $told;
        }
    } else {
        $told = outbox()->enqueue($placing, $account);
    }
    return match (true) {
        $told->status === EnqueueStatus::Conflict => "it was changed after it was sent to $account, which may have it as it was. A person must look.",
        $told->status === EnqueueStatus::Elsewhere => "not placed at $account: the account {$told->account} has an order with this id.",
        $sweep && $told->state === State::Cancelled => "it is paid, and was cancelled for $account before. If it is wanted again, say so in the list.",
        default => null,
    };
}

/**
 * The same where FFI is closed: what is paid is written down. What was written down before can be changed by the library alone: where WordPress's command line has
 * it, the next `wp countersign drain` does so; else a person must.
 *
 * @param list<array{string, float, \WC_Order_Item_Product}> $designs
 */
function align_unaided(\WC_Order $order, string $account, array $designs, ?int $paid, bool $chosen): ?string
{
    $id = external_id($order);
    $placing = $paid === null ? null : placing($order, $account, $designs);
    $state = unaided()->state($id, $account);
    if ($state === null && ($placing === null || ($paid < activated() && !$chosen))) {
        return null;
    }
    $goods = $placing === null ? '' : md5((string) wp_json_encode($placing));
    $written = "_countersign_{$account}_written";
    if ($state === null) {
        $told = unaided()->enqueue($placing, $account);
        $order->update_meta_data($written, $goods);
        $order->save_meta_data();
        return $told->status === EnqueueStatus::Elsewhere ? "not placed at $account: the account {$told->account} has an order with this id." : null;
    }
    if ($state === State::Cancelled && $placing === null) {
        return '';
    }
    return in_array($order->get_meta($written), ['', $goods], true) && $placing !== null ? null
        : "it is in the outbox for $account as it was before ({$state->value}), and without FFI that cannot be changed here. Where WordPress's command line has FFI, its next drain does it. "
            . ($placing === null ? "Else: countersign outbox cancel $id --account $account" : 'Else look at it together with who runs the worker.');
}

/** An order note, unless it is what was said last of this matter. */
function say(\WC_Order $order, string $about, string $text): bool
{
    if ($order->get_meta("_countersign_$about") === $text) {
        return false;
    }
    // The mark comes first: if this process dies now, a note is missing, and none comes twice.
    $order->update_meta_data("_countersign_$about", $text);
    $order->save_meta_data();
    $text !== '' && $order->add_order_note("Countersign: $text");
    return true;
}

/**
 * Aligns what was changed since the last sweep. WooCommerce runs its hooks after a status is saved, so that a killed request
 * leaves a paid order without a row, or a cancelled one with it.
 */
function sweep(float $until): void
{
    // What a sweep without the library leaves to others must be found by them.
    $name = closed() === null ? 'swept' : 'swept_unaided';
    // From when on, up to which order an earlier run came, and when that began.
    $mark = stored($name);
    [$since, $after, $began] = array_map('intval', explode(' ', $mark ?? '0 0 0'));
    $began = $began ?: time();
    $ids = wc_get_orders([
        'type' => 'shop_order',
        'status' => [...wc_get_is_paid_statuses(), ...OVER],
        'date_modified' => '>=' . max($since - 600, activated()), // clocks differ, and a request may take its time
        'limit' => -1,
        'return' => 'ids',
    ]);
    $ids = array_filter(array_map('intval', $ids), static fn($id) => $id > $after);
    sort($ids);
    foreach (array_chunk($ids, 20) as $some) {
        if (microtime(true) > $until) {
            return;
        }
        foreach ($some as $id) {
            align($id, sweep: true);
        }
        $next = "$since " . end($some) . " $began";
        if (!swap($name, $mark, $next)) {
            return; // another sweep is at it
        }
        $mark = $next;
    }
    swap($name, $mark, "$began 0 0");
}

function sweep_job(): void
{
    try {
        sweep(until() - 5);
    } catch (\Throwable $failure) {
        log_failure('The sweep failed', $failure);
    }
}

/** Each night the sweeps look at eight days again. */
function rewind(): void
{
    store(closed() === null ? 'swept' : 'swept_unaided', (time() - 8 * DAY_IN_SECONDS) . ' 0 0');
    sweep_job();
}

/**
 * Paid orders with designs from before this plugin was there, which the outbox does not know.
 *
 * @return list<\WC_Order>
 */
function old_orders(int $page): array
{
    $orders = wc_get_orders([
        'type' => 'shop_order',
        'status' => wc_get_is_paid_statuses(),
        'date_paid' => '<' . activated(),
        'orderby' => 'date',
        'order' => 'DESC',
        'limit' => 50,
        'paged' => $page,
    ]);
    return array_values(array_filter($orders, static function (\WC_Order $order): bool {
        foreach (array_keys(designs($order)) as $account) {
            if (outbox()->get(external_id($order), $account) === null) {
                return true;
            }
        }
        return false;
    }));
}
