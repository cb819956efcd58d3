<?php
// The work in the background: sends what waits, and tells what became of it.

declare(strict_types=1);

namespace CountersignOrders;

use Countersign\Row;
use Countersign\State;

/** The jobs, and how often they run, in seconds. */
const JOBS = ['countersign_drain' => 60, 'countersign_sweep' => 900, 'countersign_sweep_all' => 86400];

/** When this process has to end. */
function until(): float
{
    $limit = (int) ini_get('max_execution_time');
    return $limit > 0 ? (float) ($_SERVER['REQUEST_TIME_FLOAT'] ?? microtime(true)) + $limit : microtime(true) + 30;
}

/**
 * Sends one order after the other, as long as there is time for a call and what comes after it. Safe to overlap.
 *
 * @return int how many orders changed
 */
function drain(float $until): int
{
    for ($changed = 0; microtime(true) + DEADLINE + 5 < $until;) {
        $drained = outbox()->drain(seconds: 1, max: 1);
        $changed += count($drained->changed);
        if ($drained->nextDue === null || $drained->nextDue > time()) {
            break;
        }
    }
    tell($until);
    return $changed;
}

/** Never throws: Action Scheduler gives up what fails often. */
function drain_job(): void
{
    if (closed() !== null) {
        return; // whoever has the library drains
    }
    try {
        drain(until());
    } catch (\Throwable $failure) {
        log_failure('The drain failed', $failure);
    }
}

/**
 * wp countersign drain [--seconds=50]
 *
 * @param list<string> $arguments
 * @param array<string, string> $named
 */
function drain_command(array $arguments = [], array $named = []): void
{
    if (($why = closed()) !== null) {
        \WP_CLI::error("$why Or let the command of Countersign drain: countersign outbox run.");
    }
    sweep(microtime(true) + 10);
    $changed = drain(microtime(true) + (float) ($named['seconds'] ?? 50));
    \WP_CLI::log("$changed orders changed.");
}

/** Tells what changed, whoever changed it. */
function tell(float $until): void
{
    while (microtime(true) < $until) {
        $cursor = stored('cursor');
        $changes = outbox()->changes($cursor, 1);
        // Whoever moves the cursor tells: nothing is told by two.
        if ($changes->rows === [] || !swap('cursor', $cursor, $changes->cursor)) {
            return;
        }
        try {
            tell_row($changes->rows[0]);
        } catch (\Throwable $failure) {
            log_failure("Nobody was told of order {$changes->rows[0]->externalId}", $failure);
        }
    }
}

function tell_row(Row $row): void
{
    if ($row->externalId === '') {
        return; // forgotten
    }
    $order = wc_get_order(internal_id($row->externalId));
    $order = $order instanceof \WC_Order ? $order : null;
    $row = outbox()->get($row->externalId, $row->account) ?? $row;
    if ($order !== null && !say($order, "{$row->account}_row", in_words($row))) {
        return;
    }
    if ($row->state === State::Held) {
        do_action('countersign_held', $row, $order);
    } elseif ($row->state !== State::Rejected) {
        return;
    }
    wp_mail(
        (string) apply_filters('countersign_mail_to', get_option('admin_email'), $row, $order),
        "Order $row->externalId needs a look",
        "Order $row->externalId: " . in_words($row) . "\n\nDecide here: " . page_url(['order' => (string) internal_id($row->externalId)]) . "\n",
    );
}

/** What people read of a row in its notes; nothing of one that is on its way. */
function in_words(Row $row): string
{
    // Lists have no history.
    $why = $row->history ? rtrim(' ' . ($row->history[array_key_last($row->history)]['why'] ?? '')) : '';
    $words = match ($row->state) {
        State::Placed => "placed at $row->account" . ($row->remoteId === null ? '.' : " as $row->remoteId."),
        State::Unknown => "it may have arrived at $row->account. It is read back before it is sent again.", // each look has a reason of its own
        State::Held => "held for $row->account ($row->reason): a person must look.$why",
        State::Rejected => "refused by $row->account.$why",
        State::Cancelled => "cancelled, and not at $row->account.",
        default => '',
    };
    $alerts = array_intersect_key([
        'possible_duplicate' => 'It may be there twice: look at the platform.',
        'cancel_at_platform' => 'It is not wanted any more: cancel it at the platform.',
        'placed_after_its_end' => 'It was cancelled or refused before, and is there nevertheless.',
        'conflict' => 'It was changed after it was sent: the platform may have it as it was.',
    ], array_flip($row->flags));
    return $words === '' ? '' : implode(' ', [$words, ...array_values($alerts)]);
}

/** @param array<string, array{interval: int, display: string}> $schedules */
function schedules(array $schedules): array
{
    foreach (JOBS as $seconds) {
        $schedules["countersign_$seconds"] = ['interval' => $seconds, 'display' => "Every $seconds seconds"];
    }
    return $schedules;
}

/** The first run of each job: sweeps of all orders at night. */
function first_run(string $hook): int
{
    return $hook === 'countersign_sweep_all' ? (int) strtotime('tomorrow 03:00') : time();
}

function schedule_actions(): void
{
    if (!is_admin() && !wp_doing_cron() && PHP_SAPI !== 'cli') {
        return; // shoppers need not look this up
    }
    foreach (JOBS as $hook => $seconds) {
        if (wp_next_scheduled($hook)) {
            wp_clear_scheduled_hook($hook);
        }
        if (!as_has_scheduled_action($hook, [], 'countersign')) {
            as_schedule_recurring_action(first_run($hook), $seconds, $hook, [], 'countersign', true);
        }
    }
}

function schedule_events(): void
{
    if (did_action('action_scheduler_init')) {
        return;
    }
    foreach (JOBS as $hook => $seconds) {
        if (!wp_next_scheduled($hook)) {
            wp_schedule_event(first_run($hook), "countersign_$seconds", $hook);
        }
    }
}

function unschedule(): void
{
    foreach (array_keys(JOBS) as $hook) {
        wp_clear_scheduled_hook($hook);
        function_exists('as_unschedule_all_actions') && as_unschedule_all_actions($hook, [], 'countersign');
    }
}
