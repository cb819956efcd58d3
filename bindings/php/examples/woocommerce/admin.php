<?php
// What people see and decide: one list, and a box beside each order.

declare(strict_types=1);

namespace CountersignOrders;

use Countersign\Exception\CountersignException;
use Countersign\Row;
use Countersign\State;

/** @param array<string, string> $query */
function page_url(array $query = []): string
{
    return add_query_arg(['page' => 'countersign'] + $query, admin_url('admin.php'));
}

function menu(): void
{
    add_submenu_page('woocommerce', 'Countersign', 'Countersign', 'manage_woocommerce', 'countersign', __NAMESPACE__ . '\\page');
}

/** Both order screens: that of posts, and that of WooCommerce's own tables. */
function boxes(): void
{
    add_meta_box('countersign', 'Countersign', __NAMESPACE__ . '\\box', array_unique(['shop_order', wc_get_page_screen_id('shop-order')]), 'side');
}

/** A box stands in the order's own form, and forms cannot be nested: it links to the list. */
function box(\WP_Post|\WC_Order $shown): void
{
    $order = $shown instanceof \WP_Post ? wc_get_order($shown->ID) : $shown;
    if (($why = closed()) !== null) {
        foreach ($order instanceof \WC_Order ? array_keys(designs($order)) : [] as $account) {
            printf('<p><strong>%s</strong>: %s</p>', esc_html($account), esc_html(unaided()->state(external_id($order), $account)?->value ?? 'not in the outbox'));
        }
        printf('<p>%s</p>', esc_html("Decisions need the library. $why"));
        return;
    }
    $rows = $order instanceof \WC_Order ? rows_of($order) : [];
    if ($rows === []) {
        echo '<p>Nothing of this order is in the outbox.</p>';
        return;
    }
    foreach ($rows as $row) {
        printf('<p><strong>%s</strong>: %s<br>%s</p>', esc_html($row->account), esc_html($row->state->value), esc_html(in_words($row)));
    }
    printf('<p><a href="%s">Decide</a></p>', esc_url(page_url(['order' => (string) $order->get_id()])));
}

/** @return list<Row> */
function rows_of(\WC_Order $order): array
{
    $rows = array_map(static fn($account) => outbox()->get(external_id($order), $account), array_keys(designs($order)));
    return array_values(array_filter($rows));
}

/** What a person must look at, and what is in doubt; or all of one order. */
function page(): void
{
    may_manage();
    $id = absint($_GET['order'] ?? 0);
    echo '<div class="wrap"><h1>Countersign</h1>';
    $said = get_transient($name = 'countersign_said_' . get_current_user_id());
    if (is_string($said)) {
        delete_transient($name);
        printf('<div class="notice notice-info"><p>%s</p></div>', esc_html($said));
    }
    try {
        if ($id !== 0) {
            $order = wc_get_order($id);
            table($order instanceof \WC_Order ? rows_of($order) : []);
        } else {
            problems();
            [$alerts, $unknown] = [outbox()->list(alerts: true), outbox()->list(State::Unknown)];
            $rows = [...$alerts->rows, ...$unknown->rows];
            // A row in doubt with an alert is in both.
            table(array_values(array_combine(array_map(static fn($row) => "$row->account $row->externalId", $rows), $rows)));
            if ($alerts->next !== null || $unknown->next !== null) {
                echo '<p>There are more. These are the oldest.</p>';
            }
            old_table();
        }
    } catch (CountersignException $failure) {
        printf('<div class="notice notice-error"><p>%s</p></div>', esc_html($failure->getMessage()));
    }
    echo '</div>';
}

function problems(): void
{
    $checked = outbox()->check();
    foreach ([...$checked->problems, ...$checked->warnings] as $text) {
        printf('<div class="notice notice-warning"><p>%s</p></div>', esc_html($text));
    }
    $moved = array_filter([...$checked->problems, ...$checked->warnings], static fn($text) => str_contains($text, 'adopt'));
    if ($moved !== []) {
        form_begin('countersign_adopt', 'countersign_adopt');
        echo '<button class="button">This shop is the one that counts: go on</button></form>';
    }
}

function form_begin(string $action, string $nonce): void
{
    printf('<form method="post" action="%s"><input type="hidden" name="action" value="%s">', esc_url(admin_url('admin-post.php')), esc_attr($action));
    wp_nonce_field($nonce);
}

/** @param list<Row> $rows */
function table(array $rows): void
{
    if ($rows === []) {
        echo '<p>Nobody needs to look at anything.</p>';
        return;
    }
    echo '<table class="widefat striped"><thead><tr><th>Order</th><th>Account</th><th>State</th><th>What happened</th><th>Decide</th></tr></thead><tbody>';
    foreach ($rows as $row) {
        if ($row->externalId === '') {
            printf('<tr><td colspan="5">%s</td></tr>', esc_html("forgotten for $row->account, {$row->state->value}"));
            continue;
        }
        $order = wc_get_order(internal_id($row->externalId));
        $number = esc_html($row->externalId);
        printf(
            '<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>',
            $order instanceof \WC_Order ? sprintf('<a href="%s">%s</a>', esc_url($order->get_edit_order_url()), $number) : $number,
            esc_html($row->account),
            esc_html($row->state->value . ($row->reason === null ? '' : " ($row->reason)")),
            esc_html(in_words($row)),
        );
        form_begin('countersign_resolve', "countersign_resolve_{$row->account}_$row->externalId");
        printf('<input type="hidden" name="order" value="%s"><input type="hidden" name="account" value="%s">', esc_attr($row->externalId), esc_attr($row->account));
        echo '<select name="decision"><option value="placed">the platform has it</option><option value="retry">try again</option>',
            '<option value="drop">give it up</option></select> ',
            '<input type="text" name="why" required placeholder="why"> <button class="button">Write down</button></form></td></tr>';
    }
    echo '</tbody></table>';
}

/** Orders from before: sent only if somebody says so. */
function old_table(): void
{
    $page = max(1, absint($_GET['old'] ?? 1));
    $orders = old_orders($page);
    echo '<h2>Paid before this plugin was there</h2><p>None of these is sent unless you choose it.</p>';
    form_begin('countersign_old', 'countersign_old');
    echo '<ul>';
    foreach ($orders as $order) {
        printf(
            '<li><label><input type="checkbox" name="orders[]" value="%d"> %s, paid %s</label></li>',
            (int) $order->get_id(),
            esc_html((string) $order->get_order_number()),
            esc_html(wp_date('Y-m-d H:i', $order->get_date_paid()->getTimestamp())),
        );
    }
    echo '</ul><button class="button" name="decision" value="send">Send these</button> ',
        '<button class="button" name="decision" value="elsewhere">These were placed elsewhere</button></form>';
    printf('<p><a href="%s">Older ones</a></p>', esc_url(page_url(['old' => (string) ($page + 1)])));
}

function may_manage(): void
{
    if (!current_user_can('manage_woocommerce')) {
        wp_die('You may not do this.', '', ['response' => 403]);
    }
}

/** A text of the form that was sent. */
function sent(string $name): string
{
    return sanitize_text_field(wp_unslash((string) ($_POST[$name] ?? '')));
}

/** Runs what a person decided, shows what came of it, and goes back to the list. */
function decide(callable $decision): never
{
    try {
        $said = $decision();
    } catch (CountersignException $refused) {
        $said = $refused->getMessage();
    }
    set_transient('countersign_said_' . get_current_user_id(), $said, 60);
    wp_safe_redirect(page_url());
    exit;
}

function resolve(): never
{
    may_manage();
    [$id, $account] = [sent('order'), sent('account')];
    check_admin_referer("countersign_resolve_{$account}_$id");
    decide(static function () use ($id, $account): string {
        $row = outbox()->resolve($id, sent('decision'), wp_get_current_user()->user_login, sent('why'), $account);
        return "Order $id: {$row->state->value}.";
    });
}

function decide_old(): never
{
    may_manage();
    check_admin_referer('countersign_old');
    decide(static function (): string {
        $orders = array_filter(array_map('wc_get_order', array_map('absint', (array) ($_POST['orders'] ?? []))));
        foreach ($orders as $order) {
            if (sent('decision') === 'send') {
                align($order->get_id(), chosen: true);
                continue;
            }
            foreach (array_keys(designs($order)) as $account) {
                outbox()->import(external_id($order), account: $account);
            }
        }
        return count($orders) . ' orders were written down.';
    });
}

/** After the shop moved to another address, or a copy of it became the one that counts. */
function adopt(): never
{
    may_manage();
    check_admin_referer('countersign_adopt');
    decide(static function (): string {
        outbox()->adopt();
        return 'All accounts go on.';
    });
}
