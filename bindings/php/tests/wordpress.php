<?php
// WordPress and WooCommerce as far as the example needs them: hooks, options in one table, orders with meta, HTTP.

declare(strict_types=1);

final class Shop
{
    /** @var array<string, list<callable>> */
    public static array $hooks = [];
    /** @var array<string, string> rows of the options table */
    public static array $options = [];
    /** @var array<int, WC_Order> */
    public static array $orders = [];
    /** @var list<array{int, string, array<mixed>}> */
    public static array $jobs = [];
}

function add_action(string $hook, callable $call): void
{
    Shop::$hooks[$hook][] = $call;
}

function do_action(string $hook, mixed ...$arguments): void
{
    foreach (Shop::$hooks[$hook] ?? [] as $call) {
        $call(...$arguments);
    }
}

function wc_get_order(int $id): WC_Order|false
{
    return isset(Shop::$orders[$id]) ? clone Shop::$orders[$id] : false; // as read from the database
}

function as_schedule_single_action(int $time, string $hook, array $arguments): int
{
    Shop::$jobs[] = [$time, $hook, $arguments];
    return count(Shop::$jobs);
}

final class WpdbStub
{
    public string $options = 'wp_options';

    public function prepare(string $sql, string ...$values): array
    {
        return [$sql, $values];
    }

    public function query(array $prepared): int
    {
        [$sql, [$name, $value]] = $prepared;
        if (str_starts_with($sql, 'DELETE FROM wp_options WHERE option_name = %s AND ')) {
            $old = isset(Shop::$options[$name]) && (int) Shop::$options[$name] <= (int) $value;
            if ($old) {
                unset(Shop::$options[$name]);
            }
            return (int) $old;
        }
        if (!str_starts_with($sql, 'INSERT IGNORE INTO wp_options ') || isset(Shop::$options[$name])) {
            return 0;
        }
        Shop::$options[$name] = $value;
        return 1;
    }
}

final class WC_Order_Item_Product
{
    private static int $last = 0;
    private int $id;

    public function __construct(private array $meta, private int|float|string $quantity)
    {
        $this->id = ++self::$last;
    }
    public function get_id(): int
    {
        return $this->id;
    }
    public function get_meta(string $name): mixed
    {
        return $this->meta[$name] ?? '';
    }
    public function get_quantity(): int|float|string
    {
        return $this->quantity;
    }
}

final class WC_Order
{
    public array $meta = [];
    public array $notes = [];
    /** @var array<int, int|float> by the line's id, below zero */
    public array $refunded = [];
    private array $unsaved = [];

    public function __construct(private int $id, public bool $paid, private array $items)
    {
    }
    public function get_id(): int
    {
        return $this->id;
    }
    public function is_paid(): bool
    {
        return $this->paid;
    }
    public function get_qty_refunded_for_item(int $item): int|float
    {
        return $this->refunded[$item] ?? 0;
    }
    public function get_items(): array
    {
        return $this->items;
    }
    public function get_meta(string $name): mixed
    {
        return $this->unsaved[$name] ?? $this->meta[$name] ?? '';
    }
    public function update_meta_data(string $name, mixed $value): void
    {
        $this->unsaved[$name] = (string) $value; // the database knows text
    }
    public function save(): int
    {
        $this->meta = $this->unsaved + $this->meta;
        Shop::$orders[$this->id]->meta = $this->meta;
        return $this->id;
    }
    public function add_order_note(string $note): int
    {
        Shop::$orders[$this->id]->notes[] = $note;
        return count(Shop::$orders[$this->id]->notes);
    }
}

final class WP_Error
{
    public function __construct(private string $code, private string $message)
    {
    }
    public function get_error_code(): string
    {
        return $this->code;
    }
    public function get_error_message(): string
    {
        return $this->message;
    }
}

function wp_remote_request(string $url, array $args): array|WP_Error
{
    $headers = array_map(static fn($name, $value) => "$name: $value", array_keys($args['headers']), $args['headers']);
    $context = stream_context_create(['http' => [
        'method' => $args['method'], 'header' => $headers, 'content' => $args['body'], 'timeout' => $args['timeout'],
        'follow_location' => $args['redirection'], 'ignore_errors' => true,
    ]]);
    $body = @file_get_contents($url, false, $context);
    if ($body === false || !isset($http_response_header[0])) {
        return new WP_Error('http_request_failed', 'cURL error 52: Empty reply from server');
    }
    $headers = [];
    foreach (array_slice($http_response_header, 1) as $line) {
        [$name, $value] = explode(':', $line, 2) + ['', ''];
        $headers[strtolower($name)] = trim($value);
    }
    return ['headers' => new ArrayObject($headers), 'body' => $body, 'response' => ['code' => (int) explode(' ', $http_response_header[0])[1], 'message' => ''], 'cookies' => []];
}

$GLOBALS['wpdb'] = new WpdbStub();
