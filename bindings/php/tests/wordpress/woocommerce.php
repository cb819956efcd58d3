<?php
// A stub of WooCommerce and Action Scheduler, for the real WordPress.

/**
 * Plugin Name: WooCommerce, as far as the plugin uses it
 *
 * Written by what WooCommerce documents, because it cannot be had here. Orders are posts, their notes comments, as WooCommerce's are in
 * its older storage, so that processes share them. What the plugin uses:
 *
 *   wc_get_order, wc_get_orders, wc_get_is_paid_statuses, wc_get_logger, wc_get_page_screen_id
 *   WC_Order: get_id, get_status, is_paid, get_date_paid, get_items, get_qty_refunded_for_item, get_meta, update_meta_data,
 *     save_meta_data, add_order_note, get_order_number, get_currency, get_address, get_item_total, get_edit_order_url
 *   WC_Order_Item_Product: get_id, get_meta, get_quantity
 *   FeaturesUtil::declare_compatibility
 *   as_has_scheduled_action, as_schedule_recurring_action, as_unschedule_all_actions
 *   WP_CLI: add_command, log
 *   actions: before_woocommerce_init, woocommerce_order_status_STATUS, woocommerce_order_refunded, woocommerce_refund_deleted,
 *     action_scheduler_init
 *
 * The rest is for the tests: stub_order makes one, set_status and save change it as a gateway or a person does, stub_refund refunds,
 * stub_run_actions is Action Scheduler's runner.
 */

declare(strict_types=1);

namespace Automattic\WooCommerce\Utilities {
    final class FeaturesUtil
    {
        public static array $declared = [];

        public static function declare_compatibility(string $feature, string $file, bool $compatible = true): bool
        {
            self::$declared[$feature] = [basename($file), $compatible];
            return true;
        }
    }
}

namespace {
    final class WC_Order_Item_Product
    {
        public function __construct(private int $id, public array $line)
        {
        }
        public function get_id(): int
        {
            return $this->id;
        }
        public function get_meta(string $name): mixed
        {
            return $this->line['meta'][$name] ?? '';
        }
        public function get_quantity(): int|float
        {
            return $this->line['quantity'];
        }
    }

    final class WC_Order
    {
        public array $data;
        private string $status;
        private array $unsaved = [];

        public function __construct(private int $id)
        {
            $this->status = substr((string) get_post_status($id), 3);
            $this->data = json_decode((string) get_post_meta($id, '_stub', true), true);
        }
        public function get_id(): int
        {
            return $this->id;
        }
        public function get_status(): string
        {
            return $this->status;
        }
        public function is_paid(): bool
        {
            return in_array($this->status, wc_get_is_paid_statuses(), true);
        }
        public function get_date_paid(): ?DateTime
        {
            return $this->data['paid'] === null ? null : new DateTime("@{$this->data['paid']}");
        }
        public function get_items(): array
        {
            $items = [];
            foreach ($this->data['items'] as $at => $line) {
                $items[$at + 1] = new WC_Order_Item_Product($at + 1, $line);
            }
            return $items;
        }
        public function get_qty_refunded_for_item(int $item): int|float
        {
            return -$this->data['items'][$item - 1]['refunded'];
        }
        public function get_item_total(WC_Order_Item_Product $item): float
        {
            return $item->line['price'];
        }
        public function get_order_number(): string
        {
            return (string) $this->id;
        }
        public function get_currency(): string
        {
            return 'USD';
        }
        public function get_address(string $type): array
        {
            $address = ['first_name' => 'Ada', 'company' => '', 'address_1' => '1 Street', 'city' => 'Town', 'state' => 'TX', 'postcode' => '1', 'country' => 'US'];
            return $type === 'billing' ? $address + ['email' => $this->data['email']] : $address;
        }
        public function get_edit_order_url(): string
        {
            return admin_url("post.php?post=$this->id&action=edit");
        }
        public function get_meta(string $name): mixed
        {
            return $this->unsaved[$name] ?? get_post_meta($this->id, $name, true);
        }
        public function update_meta_data(string $name, mixed $value): void
        {
            $this->unsaved[$name] = $value;
        }
        public function save_meta_data(): void
        {
            foreach ($this->unsaved as $name => $value) {
                update_post_meta($this->id, $name, wp_slash($value));
            }
            $this->unsaved = [];
        }
        public function add_order_note(string $note): int
        {
            return (int) wp_insert_comment(['comment_post_ID' => $this->id, 'comment_type' => 'order_note', 'comment_content' => $note]);
        }

        public function set_status(string $status): self
        {
            $this->status = $status;
            return $this;
        }

        /** The status first and its hooks then, in autocommit. */
        public function save(): int
        {
            // Cash on delivery is paid when it is completed.
            $payment = $this->data['cod'] ? 'completed' : 'processing';
            if ($this->data['paid'] === null && ($this->status === $payment || $this->status === 'completed')) {
                $this->data['paid'] = time();
            }
            update_post_meta($this->id, '_stub', wp_slash(json_encode($this->data)));
            $changed = get_post_status($this->id) !== "wc-$this->status";
            wp_update_post(['ID' => $this->id, 'post_status' => "wc-$this->status"]);
            if ($changed) {
                try {
                    do_action("woocommerce_order_status_$this->status", $this->id, $this);
                } catch (Exception) {
                    $this->add_order_note('Error during status transition.');
                }
            }
            return $this->id;
        }
    }

    /** A pending order; a line is a design, its quantity, and the name of the design's meta if it is not Spiff's. */
    function stub_order(array $lines, bool $cod = false, string $email = 'ada@example.com'): int
    {
        $items = array_map(
            static fn($line) => ['meta' => [$line[2] ?? 'spiff_transaction_id' => $line[0]], 'quantity' => $line[1], 'refunded' => 0, 'price' => 29.99],
            $lines,
        );
        $items[] = ['meta' => [], 'quantity' => 1, 'refunded' => 0, 'price' => 1.0]; // something without a design
        $id = wp_insert_post(['post_type' => 'shop_order', 'post_status' => 'wc-pending', 'post_title' => 'Order']);
        update_post_meta($id, '_stub', wp_slash(json_encode(['items' => $items, 'paid' => null, 'cod' => $cod, 'email' => $email])));
        return $id;
    }

    function stub_refund(int $id, int|float $quantity, int $line = 0): void
    {
        $order = wc_get_order($id);
        $order->data['items'][$line]['refunded'] += $quantity;
        $order->save();
        do_action('woocommerce_order_refunded', $id, 0);
    }

    function stub_notes(int $id): array
    {
        return array_column(get_comments(['post_id' => $id, 'type' => 'order_note', 'order' => 'ASC', 'orderby' => 'comment_ID']), 'comment_content');
    }

    function wc_get_order(mixed $id): WC_Order|false
    {
        return get_post_type((int) $id) === 'shop_order' ? new WC_Order((int) $id) : false;
    }

    function wc_get_is_paid_statuses(): array
    {
        return ['processing', 'completed'];
    }

    function wc_get_orders(array $query): array
    {
        global $wpdb;
        $statuses = array_map(static fn($status) => "'wc-$status'", $query['status'] ?? ['pending', 'processing', 'completed', 'cancelled', 'refunded']);
        $sql = "SELECT ID FROM {$wpdb->posts} WHERE post_type = 'shop_order' AND post_status IN (" . implode(', ', $statuses) . ')';
        if (isset($query['date_modified'])) {
            $sql .= ' AND UNIX_TIMESTAMP(CONVERT_TZ(post_modified_gmt, \'+00:00\', @@session.time_zone)) >= ' . (int) substr($query['date_modified'], 2);
        }
        $orders = array_map('wc_get_order', $wpdb->get_col("$sql ORDER BY ID " . ($query['order'] ?? 'DESC')));
        $orders = array_filter($orders, static fn($order) => (!isset($query['billing_email']) || $order->data['email'] === $query['billing_email'])
            && (!isset($query['date_paid']) || ($order->data['paid'] !== null && $order->data['paid'] < (int) substr($query['date_paid'], 1))));
        $limit = $query['limit'] ?? 10;
        $orders = $limit < 0 ? array_values($orders) : array_slice(array_values($orders), (($query['paged'] ?? 1) - 1) * $limit, $limit);
        return ($query['return'] ?? '') === 'ids' ? array_map(static fn($order) => $order->get_id(), $orders) : $orders;
    }

    function wc_get_logger(): object
    {
        return new class {
            public function log(string $level, string $message, array $context = []): void
            {
                file_put_contents(WP_CONTENT_DIR . '/log', "$level $message\n", FILE_APPEND);
            }
        };
    }

    function wc_get_page_screen_id(string $for): string
    {
        return getenv('HPOS') && $for === 'shop-order' ? 'woocommerce_page_wc-orders' : str_replace('-', '_', $for);
    }

    if (defined('WP_CLI')) {
        final class WP_CLI
        {
            public static array $commands = [];
            public static array $lines = [];

            public static function add_command(string $name, callable $call): void
            {
                self::$commands[$name] = $call;
            }
            public static function log(string $line): void
            {
                self::$lines[] = $line;
            }
        }
    }

    if (!defined('WITHOUT_SCHEDULER')) {
        function as_has_scheduled_action(string $hook, ?array $args = null, string $group = ''): bool
        {
            return isset(get_option('stub_actions', [])[$hook]);
        }

        function as_schedule_recurring_action(int $time, int $interval, string $hook, array $args = [], string $group = '', bool $unique = false): int
        {
            update_option('stub_actions', get_option('stub_actions', []) + [$hook => [$time, $interval]]);
            return 1;
        }

        function as_unschedule_all_actions(string $hook, array $args = [], string $group = ''): void
        {
            update_option('stub_actions', array_diff_key(get_option('stub_actions', []), [$hook => 1]));
        }

        /** Runs what is due; what throws is not scheduled again. @return list<string> the hooks */
        function stub_run_actions(?int $now = null): array
        {
            $ran = [];
            foreach (get_option('stub_actions', []) as $hook => [$time, $interval]) {
                if ($time <= ($now ?? time())) {
                    do_action($hook);
                    update_option('stub_actions', [$hook => [time() + $interval, $interval]] + get_option('stub_actions', []));
                    $ran[] = $hook;
                }
            }
            return $ran;
        }

        add_action('init', static fn() => do_action('action_scheduler_init'), 1);
    }

    add_action('plugins_loaded', static fn() => do_action('before_woocommerce_init'), 20);
    register_activation_hook(__FILE__, static fn() => get_role('administrator')->add_cap('manage_woocommerce'));
}
