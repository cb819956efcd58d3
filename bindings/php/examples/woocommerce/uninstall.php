<?php
// Forgets what is personal of orders that have ended. The tables stay, with key, state and times of each order: without them a shop that installs this plugin
// again, or another worker, would send old orders a second time.

declare(strict_types=1);

namespace CountersignOrders;

use Countersign\State;

defined('WP_UNINSTALL_PLUGIN') || exit;

if (is_file(__DIR__ . '/vendor/autoload.php')) {
    require_once __DIR__ . '/vendor/autoload.php';
}

foreach (is_multisite() ? get_sites(['fields' => 'ids', 'number' => 0]) : [get_current_blog_id()] as $site) {
    is_multisite() && switch_to_blog((int) $site);
    try {
        $outbox = \Countersign\Outbox::wordpress([]);
        foreach ([State::Placed, State::Rejected, State::Cancelled] as $state) {
            for ($after = null; ; $after = $rows->next) {
                $rows = $outbox->list($state, after: $after, limit: 500);
                foreach ($rows->rows as $row) {
                    $row->externalId === '' || $outbox->forget($row->externalId, $row->account);
                }
                if ($rows->next === null) {
                    break;
                }
            }
        }
    } catch (\Throwable) {
        // Without the library nothing can be forgotten; uninstalling goes on.
    }
    foreach (['activated', 'swept', 'swept_unaided', 'cursor'] as $name) {
        delete_option("countersign_$name");
    }
    is_multisite() && restore_current_blog();
}
