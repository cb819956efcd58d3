<?php
// The outbox of the site that is served, the accounts behind it, and the few values that this plugin keeps itself.

declare(strict_types=1);

namespace CountersignOrders;

use Countersign\Host;
use Countersign\Outbox;
use Countersign\OutboxEnqueue;
use Countersign\SignCustomiser;
use Countersign\Spiff;

/** Seconds that one call to a platform may take: a request of WordPress often has thirty for everything. */
const DEADLINE = 10;

/** A constant of wp-config.php, such as COUNTERSIGN_SPIFF_SECRET_KEY; null where there is none: the environment may have it. */
function setting(string $name): mixed
{
    return defined("COUNTERSIGN_$name") ? constant("COUNTERSIGN_$name") : null;
}

/** Whether a setting is made, here or in the environment. */
function is_set(string $name): bool
{
    return setting($name) !== null || getenv("COUNTERSIGN_$name") !== false || getenv("COUNTERSIGN_{$name}_FILE") !== false;
}

/** @return array<string, mixed> options for fromEnv(), which adds what the environment has */
function options(string $platform, string ...$names): array
{
    $options = ['timeout' => DEADLINE, 'appInfo' => 'woocommerce-example/' . VERSION];
    foreach ($names as $name) {
        $options[$name] = setting($platform . '_' . strtoupper((string) preg_replace('/[A-Z]/', '_$0', $name)));
    }
    return $options;
}

/**
 * The accounts by name. A name is part of every order's key: never rename one.
 *
 * @return array<string, Spiff|SignCustomiser>
 */
function accounts(): array
{
    $accounts = [];
    if (is_set('SPIFF_ACCESS_KEY') || is_set('SPIFF_APPLICATION_KEY')) {
        $accounts['spiff'] = Spiff::fromEnv(options('SPIFF', 'accessKey', 'secretKey', 'applicationKey', 'region', 'baseUrl'), logger());
    }
    if (is_set('SIGN_CUSTOMISER_API_TOKEN')) {
        $accounts['signs'] = SignCustomiser::fromEnv(options('SIGN_CUSTOMISER', 'apiToken', 'baseUrl'), logger());
    }
    return apply_filters('countersign_accounts', $accounts);
}

/** Each site of a network has tables of its own. */
function outbox(): Outbox
{
    static $outboxes = [];
    return $outboxes[get_current_blog_id()] ??= Outbox::wordpress(accounts(), logger: logger(), policy: ['deadline' => DEADLINE]);
}

/**
 * Why this PHP permits no FFI; null where it does. Such a one writes paid orders down all the same. Whoever has the library does the rest: WordPress's own
 * command line, where that has FFI, or the command `countersign` on any machine that reaches the database.
 */
function closed(): ?string
{
    static $why = false;
    if ($why === false) {
        $state = Host::state();
        $why = in_array($state['reason'], ['extension_missing', 'ffi_not_permitted'], true) ? $state['message'] : null;
    }
    return $why;
}

/** The accounts of {@see accounts} by their platforms: to write an order down, no credentials are needed. */
const PLATFORMS = ['spiff' => 'spiff', 'signs' => 'sign_customiser'];

/** What writes paid orders down where FFI is closed. */
function unaided(): OutboxEnqueue
{
    static $outboxes = [];
    return $outboxes[get_current_blog_id()] ??= OutboxEnqueue::wordpress(apply_filters('countersign_platforms', PLATFORMS));
}

/** Makes the tables, and writes down from when on paid orders are this plugin's. */
function begin(): void
{
    if (get_option('countersign_activated') !== false || get_transient('countersign_failed') !== false) {
        return;
    }
    try {
        // Without the library they are looked for.
        closed() === null ? outbox()->install() : unaided()->state('', array_key_first(PLATFORMS));
        add_option('countersign_activated', (string) time());
    } catch (\Throwable $failure) {
        set_transient('countersign_failed', '1', 300); // requests of shoppers do not try it all the time
        log_failure('The tables could not be made', $failure); // Site Health says so too
    }
}

/** Every activation begins anew: who knows by which way orders were placed meanwhile? */
function activate(bool $network = false): void
{
    foreach ($network ? get_sites(['fields' => 'ids', 'number' => 0]) : [get_current_blog_id()] as $site) {
        $network && switch_to_blog((int) $site);
        delete_option('countersign_activated');
        delete_transient('countersign_failed');
        begin();
        $network && restore_current_blog();
    }
}

function activated(): int
{
    return (int) get_option('countersign_activated', (string) PHP_INT_MAX);
}

/** A value of this plugin as it is in the database: a persistent cache may be behind. */
function stored(string $name): ?string
{
    global $wpdb;
    return $wpdb->get_var($wpdb->prepare("SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", "countersign_$name"));
}

function store(string $name, string $value): void
{
    global $wpdb;
    $wpdb->query($wpdb->prepare(
        "INSERT INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no') ON DUPLICATE KEY UPDATE option_value = VALUES(option_value)",
        "countersign_$name",
        $value,
    ));
}

/** Stores a value unless somebody else has done so since it was read: of two processes one goes on. */
function swap(string $name, ?string $old, string $new): bool
{
    global $wpdb;
    return 1 === $wpdb->query($old === null
        ? $wpdb->prepare("INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')", "countersign_$name", $new)
        : $wpdb->prepare("UPDATE {$wpdb->options} SET option_value = %s WHERE option_name = %s AND option_value = %s", $new, "countersign_$name", $old));
}

function log_failure(string $what, \Throwable $failure): void
{
    logger()->log('error', "$what: {$failure->getMessage()}");
}

/** WooCommerce's log under one name; it leaves the places of PSR-3 in a message as they are. */
function logger(): object
{
    return new class {
        /** @param array<string, mixed> $context */
        public function log(string $level, string|\Stringable $message, array $context = []): void
        {
            $texts = array_filter($context, 'is_scalar');
            $places = array_map(static fn($name) => "{{$name}}", array_keys($texts));
            wc_get_logger()->log($level, str_replace($places, array_map('strval', $texts), (string) $message), ['source' => 'countersign'] + $context);
        }
    };
}
