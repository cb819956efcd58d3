<?php
// Says when nothing is sent any more: WordPress has no clock of its own, and a shop without visitors stands still.

declare(strict_types=1);

namespace CountersignOrders;

/** For so many seconds nobody needs to worry. */
const QUIET = 600;

/** Since when no drain has run, if that is too long. */
function stalled(): ?int
{
    $last = max(drained(), (int) get_option('countersign_activated', '0'));
    return $last < time() - QUIET ? $last : null;
}

/** When somebody was last at work, this plugin or another program. */
function drained(): int
{
    global $wpdb;
    $silent = $wpdb->suppress_errors(true);
    $last = (int) $wpdb->get_var("SELECT MAX(alive_at) FROM {$wpdb->prefix}countersign_outbox_account");
    $wpdb->suppress_errors($silent);
    return intdiv($last, 1000);
}

/** The line for the system's cron. */
function cron_line(): string
{
    return sprintf('* * * * * wp --path=%s --url=%s --quiet countersign drain', escapeshellarg(untrailingslashit(ABSPATH)), escapeshellarg(home_url()));
}

function stalled_words(int $since): string
{
    $when = $since === 0 ? 'yet: the tables are missing' : 'since ' . wp_date('Y-m-d H:i', $since);
    return "No order was sent to the platforms $when. " . (closed() === null
        ? "WordPress's background jobs do not run. Add this line to the system's cron: "
        : 'FFI is closed here, so another program has to. Let `countersign outbox run` do it on a machine that reaches this database, or, where PHP on the command line has FFI, add this line to the system\'s cron: ');
}

/** @param array{direct: array<string, mixed>, async: array<string, mixed>} $tests */
function site_status(array $tests): array
{
    $tests['direct']['countersign'] = ['label' => 'Countersign', 'test' => __NAMESPACE__ . '\\site_health'];
    return $tests;
}

function site_health(): array
{
    $result = static fn(string $status, string $label, string $html): array => [
        'label' => $label, 'status' => $status, 'badge' => ['label' => 'Orders', 'color' => 'blue'],
        'description' => $html, 'actions' => sprintf('<a href="%s">Countersign</a>', esc_url(page_url())), 'test' => 'countersign',
    ];
    if (($why = closed()) !== null) {
        return site_health_unaided($result, $why);
    }
    try {
        $checked = outbox()->check();
    } catch (\Throwable $failure) {
        return $result('critical', 'Paid orders cannot be written into the outbox', '<p>' . esc_html($failure->getMessage()) . '</p>');
    }
    if (accounts() === []) {
        return $result('critical', 'Countersign has no credentials', '<p>Set them in wp-config.php or in the environment.</p>');
    }
    if (($since = stalled()) !== null) {
        return $result('critical', 'Paid orders are not sent', '<p>' . esc_html(stalled_words($since)) . '</p><p><code>' . esc_html(cron_line()) . '</code></p>');
    }
    $texts = implode('', array_map(static fn($text) => '<p>' . esc_html($text) . '</p>', [...$checked->problems, ...$checked->warnings]));
    return $checked->ok
        ? $result('good', 'Paid orders are sent', ($texts ?: '<p>Nobody needs to look at anything.</p>') . '<p>This PHP has the library: it checks orders, writes them down, and sends them.</p>')
        : $result('recommended', 'Paid orders need a look', $texts);
}

/** Which way orders go where FFI is closed. */
function site_health_unaided(\Closure $result, string $why): array
{
    try {
        unaided()->state('', array_key_first(PLATFORMS));
    } catch (\Throwable $failure) {
        return $result('critical', 'Paid orders cannot be written into the outbox', '<p>' . esc_html($failure->getMessage()) . '</p>');
    }
    $way = '<p>Paid orders are written down without the library, and another program checks and sends them. What is refused, held or cancelled is for people there: '
        . '<code>countersign outbox check</code> tells.</p><p>' . esc_html($why) . '</p>';
    return ($since = stalled()) === null
        ? $result('good', 'Paid orders are written down here, and sent by another program', $way)
        : $result('critical', 'Paid orders are not sent', '<p>' . esc_html(stalled_words($since)) . '</p><p><code>' . esc_html(cron_line()) . '</code></p>' . $way);
}

/** Costs a page of the administration one query. */
function notice(): void
{
    if (current_user_can('manage_woocommerce') && ($since = stalled()) !== null) {
        printf('<div class="notice notice-error"><p>%s<code>%s</code></p></div>', esc_html(stalled_words($since)), esc_html(cron_line()));
    }
}
