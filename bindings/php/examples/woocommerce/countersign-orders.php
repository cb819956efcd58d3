<?php
// A status hook writes a paid order into the outbox, and is done. Jobs in the background send it, look for what a killed request
// forgot, and tell in the order's notes what happened. Everything else is for people: a list, a box, Site Health.

/**
 * Plugin Name: Countersign Orders
 * Description: Places the designs of paid orders at Spiff and Sign Customiser: once each, whatever crashes.
 * Version: 0.1.0
 * Requires at least: 6.1
 * Requires PHP: 8.2
 * Requires Plugins: woocommerce
 * License: MIT OR Apache-2.0
 */

declare(strict_types=1);

namespace CountersignOrders;

defined('ABSPATH') || exit;

const VERSION = '0.1.0';

if (is_file(__DIR__ . '/vendor/autoload.php')) {
    require_once __DIR__ . '/vendor/autoload.php'; // a site that is kept by Composer as a whole has none here
}
foreach (['outbox', 'orders', 'drain', 'admin', 'health', 'webhook', 'privacy'] as $room) {
    require_once __DIR__ . "/$room.php";
}

register_activation_hook(__FILE__, __NAMESPACE__ . '\\activate');
register_deactivation_hook(__FILE__, __NAMESPACE__ . '\\unschedule');

add_action('before_woocommerce_init', static function (): void {
    if (class_exists('\Automattic\WooCommerce\Utilities\FeaturesUtil')) {
        \Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility('custom_order_tables', __FILE__, true);
    }
});

add_action('plugins_loaded', static function (): void {
    if (!function_exists('wc_get_order')) {
        return; // WordPress before 6.5 does not know "Requires Plugins"
    }
    $here = static fn(string $function): string => __NAMESPACE__ . "\\$function";

    // Sites of a network that had no activation of their own: those that are made later, for one.
    add_action('init', $here('begin'), 5);

    // Not woocommerce_order_status_changed: it does not come for an order that is made in such a status.
    add_action('init', static function () use ($here): void {
        foreach ([...wc_get_is_paid_statuses(), ...OVER] as $status) {
            add_action("woocommerce_order_status_$status", $here('align'));
        }
    });
    add_action('woocommerce_order_refunded', $here('align'));
    add_action('woocommerce_refund_deleted', static fn($refund, $order) => align((int) $order), 10, 2);

    add_filter('cron_schedules', $here('schedules'));
    add_action('action_scheduler_init', $here('schedule_actions'));
    add_action('wp_loaded', $here('schedule_events'));
    add_action('countersign_drain', $here('drain_job'));
    add_action('countersign_sweep', $here('sweep_job'));
    add_action('countersign_sweep_all', $here('rewind'));

    add_action('admin_menu', $here('menu'));
    add_action('add_meta_boxes', $here('boxes'));
    add_action('admin_post_countersign_resolve', $here('resolve'));
    add_action('admin_post_countersign_old', $here('decide_old'));
    add_action('admin_post_countersign_adopt', $here('adopt'));

    add_filter('site_status_tests', $here('site_status'));
    add_action('admin_notices', $here('notice'));

    add_action('rest_api_init', $here('routes'));

    // Last to come and first in the list: WooCommerce's own eraser takes the address away by which orders are found.
    add_filter('wp_privacy_personal_data_erasers', $here('erasers'), 1000);

    if (defined('WP_CLI') && \WP_CLI) {
        \WP_CLI::add_command('countersign drain', $here('drain_command'));
    }
});
