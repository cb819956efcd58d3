<?php
// The WooCommerce plugin of the examples in the distribution's WordPress, over a real MariaDB and against the sandbox. WooCommerce itself
// is a stub: tests/wordpress/woocommerce.php says what of it.

declare(strict_types=1);

require_once __DIR__ . '/wordpress/shop.php';

$sandbox = Sandbox::get();

/** The shop of most tests: made once, at its first use. */
function woo_shop(): WordPress
{
    static $shop = null;
    return $shop ??= new WordPress('single');
}

/** Pending orders, each with one line: a design of its own, so many times. */
function woo_orders(int|float ...$quantities): array
{
    $lines = array_map(static fn($quantity) => [[Sandbox::get()->transaction(), $quantity]], $quantities);
    return woo_shop()->php('return array_map("stub_order", ' . var_export($lines, true) . ');');
}

function woo_order(int|float $quantity = 1, bool $cod = false, ?string $design = null): int
{
    $design ??= Sandbox::get()->transaction();
    return woo_shop()->php('return stub_order([[' . var_export($design, true) . ", $quantity]], " . var_export($cod, true) . ');');
}

/** A design that is ordered already, by another id than ours: an order for it is held. */
function woo_ordered(): string
{
    $design = Sandbox::get()->transaction();
    Sandbox::get()->spiff()->placeOrder(['externalId' => "by-hand-$design", 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => $design]]]);
    return $design;
}

/** How often each of its lines was accepted at Spiff; an empty list for an order that is not there. */
function woo_amounts(int|string $id): array
{
    $amounts = [];
    foreach (Sandbox::get()->accepted((string) $id) as $order) {
        $amounts = [...$amounts, ...array_map(static fn($item) => $item['amountToOrder'] ?? $item['amount'], $order['items'])];
    }
    return $amounts;
}

const WOO_DRAIN = 'CountersignOrders\drain_job();';

test('woocommerce: a status that flips places once', static function (): void {
    $id = woo_order(2);
    woo_shop()->php("status($id, 'processing'); status($id, 'completed'); status($id, 'processing');");
    same(woo_amounts($id), [], 'nothing is sent while a shopper waits');
    woo_shop()->php("status($id, 'completed');" . WOO_DRAIN . "status($id, 'processing');" . WOO_DRAIN);
    woo_shop()->php("status($id, 'on-hold'); status($id, 'processing');" . WOO_DRAIN);
    same(woo_amounts($id), [2], 'amounts');
});

test('woocommerce: two requests at once, and two drains', static function (): void {
    $ids = woo_orders(1, 1, 1, 1, 1, 1);
    $list = implode(',', $ids);
    $at = 'while (microtime(true) < ' . (microtime(true) + 0.8) . ') usleep(100);';
    $ends = array_map(
        static fn($status) => woo_shop()->start("$at foreach ([$list] as \$id) status(\$id, '$status'); return true;"),
        ['processing', 'completed', 'processing'],
    );
    foreach ($ends as $end) {
        same(WordPress::answer($end()), true, 'request');
    }
    $ends = [woo_shop()->start(WOO_DRAIN . 'return true;'), woo_shop()->start(WOO_DRAIN . 'return true;')];
    foreach ($ends as $end) {
        same(WordPress::answer($end()), true, 'drain');
    }
    foreach ($ids as $id) {
        same(woo_amounts($id), [1], "order $id");
    }
});

test('woocommerce: what was refunded is not made', static function (): void {
    [$before, $waiting, $all, $more] = woo_orders(3, 3, 3, 2);
    woo_shop()->php("stub_refund($before, 2); status($before, 'processing'); status($waiting, 'processing'); stub_refund($waiting, 1);"
        . " status($all, 'processing'); stub_refund($all, 3); status($more, 'processing');" . WOO_DRAIN);
    same([woo_amounts($before), woo_amounts($waiting), woo_amounts($all), woo_amounts($more)], [[1], [2], [], [2]], 'amounts');
    // After it was sent it is too late, and said once.
    woo_shop()->php("stub_refund($more, 1); status($more, 'completed');" . WOO_DRAIN);
    $notes = woo_shop()->php("return stub_notes($more);");
    same([woo_amounts($more), count(array_filter($notes, static fn($note) => str_contains($note, 'changed after it was sent')))], [[2], 1], show($notes));
});

test('woocommerce: fractions are refused', static function (): void {
    [$half, $refunded] = woo_orders(1.5, 2);
    woo_shop()->php("status($half, 'processing'); status($half, 'completed'); status($refunded, 'processing'); stub_refund($refunded, 0.5);" . WOO_DRAIN);
    foreach ([$half, $refunded] as $id) {
        $notes = woo_shop()->php("return stub_notes($id);");
        same([woo_amounts($id), count(array_filter($notes, static fn($note) => str_contains($note, 'is 1.5, and designs are made in whole numbers')))], [[], 1], show($notes));
    }
});

test('woocommerce: cancelled, and wanted again', static function (): void {
    [$gone, $again, $refunded] = woo_orders(1, 1, 1);
    woo_shop()->php("foreach ([$gone, $again, $refunded] as \$id) status(\$id, 'processing'); status($gone, 'cancelled'); status($again, 'cancelled'); status($refunded, 'refunded');" . WOO_DRAIN);
    same([woo_amounts($gone), woo_amounts($again), woo_amounts($refunded)], [[], [], []], 'cancelled');
    same(woo_shop()->php("return [row($gone), row($refunded)];"), ['cancelled', 'cancelled'], 'rows');
    woo_shop()->php("status($again, 'processing'); status($again, 'completed');" . WOO_DRAIN);
    same([woo_amounts($gone), woo_amounts($again)], [[], [1]], 'wanted again');
});

test('woocommerce: cash on delivery is processing, and not paid', static function (): void {
    $id = woo_order(1, cod: true);
    same(woo_shop()->php("status($id, 'processing');" . WOO_DRAIN . "return row($id);"), null, 'row');
    woo_shop()->php("status($id, 'completed');" . WOO_DRAIN);
    same(woo_amounts($id), [1], 'paid at the door');
});

test('woocommerce: a killed request', static function (): void {
    [$paid, $cancelled] = woo_orders(1, 1);
    $kill = static fn(string $status): string => "add_action('woocommerce_order_status_$status', fn() => posix_kill(getpid(), SIGKILL), 1);";
    foreach ([[$paid, 'processing'], [$cancelled, 'cancelled']] as [$id, $status]) {
        woo_shop()->php("if ($id === $cancelled) status($id, 'processing');");
        [$exit] = woo_shop()->start($kill($status) . "status($id, '$status');")();
        holds($exit !== 0, 'it was killed');
    }
    same(woo_shop()->php("return [get_post_status($paid), row($paid), get_post_status($cancelled), row($cancelled)];"), ['wc-processing', null, 'wc-cancelled', 'pending'], 'left behind');
    woo_shop()->php('CountersignOrders\sweep_job();' . WOO_DRAIN);
    same([woo_amounts($paid), woo_amounts($cancelled)], [[1], []], 'the sweep finds both');
    // Nightly, what was modified long ago; and not what is older than eight days.
    [$days, $weeks] = woo_orders(1, 1);
    woo_shop()->php("foreach ([$days => 5, $weeks => 15] as \$id => \$age) { wc_get_order(\$id)->save(); \$order = wc_get_order(\$id); \$order->data['paid'] = time(); \$order->save();"
        . ' $wpdb->update($wpdb->posts, ["post_status" => "wc-processing", "post_modified_gmt" => gmdate("Y-m-d H:i:s", time() - $age * 86400)], ["ID" => $id]); }'
        . ' update_option("countersign_activated", (string) (time() - 30 * 86400));');
    same(woo_shop()->php("CountersignOrders\\sweep_job(); return [row($days), row($weeks)];"), [null, null], 'the quarter-hourly one');
    same(woo_shop()->php("CountersignOrders\\rewind(); return [row($days), row($weeks)];"), ['pending', null], 'the nightly one');
    woo_shop()->php('update_option("countersign_activated", (string) (time() - 3600));' . WOO_DRAIN);
});

test('woocommerce: a sweep that is stopped goes on, and cancelled orders stay so', static function (): void {
    $ids = [];
    foreach (range(1, 45) as $_) {
        $ids[] = Sandbox::get()->transaction();
    }
    $made = woo_shop()->php('$ids = []; foreach (json_decode(' . var_export(json_encode($ids), true) . ') as $design) { $id = $ids[] = stub_order([[$design, 1]]);'
        . ' $order = wc_get_order($id); $order->data["paid"] = time(); $order->save(); $wpdb->update($wpdb->posts, ["post_status" => "wc-processing"], ["ID" => $id]); clean_post_cache($id); } return $ids;');
    $count = 'return count(array_filter(json_decode("' . json_encode($made) . '"), fn($id) => row($id) !== null));';
    // It has time for one look at the clock.
    same(woo_shop()->php('add_filter("countersign_order", function ($placing) { usleep(5000); return $placing; }); CountersignOrders\store("swept", "0 ' . ($made[0] - 1) . ' 1"); CountersignOrders\sweep(microtime(true) + 0.05);' . $count), 20, 'first part');
    same(woo_shop()->php('CountersignOrders\sweep(microtime(true) + 60);' . $count), 45, 'the rest');
    $id = $made[0];
    woo_shop()->php("status($id, 'cancelled'); \$wpdb->update(\$wpdb->posts, ['post_status' => 'wc-processing'], ['ID' => $id]); clean_post_cache($id); CountersignOrders\\sweep_job(); CountersignOrders\\sweep_job();");
    [$state, $notes] = woo_shop()->php("return [row($id), stub_notes($id)];");
    same([$state, count(array_filter($notes, static fn($note) => str_contains($note, 'was cancelled for spiff before')))], ['cancelled', 1], show($notes));
    woo_shop()->php('foreach (json_decode("' . json_encode($made) . '") as $id) status($id, "cancelled");');
});

test('woocommerce: orders from before are chosen by people', static function (): void {
    [$sent, $elsewhere, $left] = woo_orders(1, 1, 1);
    woo_shop()->php("foreach ([$sent, $elsewhere, $left] as \$id) { \$order = wc_get_order(\$id); \$order->data['paid'] = CountersignOrders\\activated() - 100; \$order->save();"
        . " status(\$id, 'processing'); status(\$id, 'completed'); } CountersignOrders\\sweep_job(); CountersignOrders\\rewind();" . WOO_DRAIN);
    same([woo_amounts($sent), woo_amounts($elsewhere), woo_amounts($left)], [[], [], []], 'by itself');
    $html = woo_shop()->php('wp_set_current_user(1); return page();');
    foreach ([$sent, $elsewhere, $left] as $id) {
        contains($html, "value=\"$id\"");
    }
    $decide = static fn(int $id, string $decision): string => "\$_POST = ['orders' => ['$id'], 'decision' => '$decision']; \$_REQUEST['_wpnonce'] = wp_create_nonce('countersign_old');"
        . ' $said[] = outcome(fn() => do_action("admin_post_countersign_old"));';
    same(
        woo_shop()->php('wp_set_current_user(1);' . $decide($sent, 'send') . $decide($elsewhere, 'elsewhere') . WOO_DRAIN . 'return $said;'),
        array_fill(0, 2, 'redirected 1 orders were written down.'),
        'decided',
    );
    woo_shop()->php("foreach ([$sent, $elsewhere, $left] as \$id) { status(\$id, 'processing'); }" . WOO_DRAIN);
    same([woo_amounts($sent), woo_amounts($elsewhere), woo_amounts($left)], [[1], [], []], 'chosen');
    $html = woo_shop()->php('wp_set_current_user(1); return page();');
    same([str_contains($html, "value=\"$left\""), str_contains($html, "value=\"$sent\""), str_contains($html, "value=\"$elsewhere\"")], [true, false, false], 'still offered');
});

test('woocommerce: a bad order breaks no checkout, nor does a store that fails', static function (): void {
    $bad = woo_order(1, design: 'no design');
    $good = woo_order();
    woo_shop()->log();
    same(woo_shop()->php("status($bad, 'processing'); status($bad, 'completed'); return [get_post_status($bad), count(stub_notes($bad)), stub_notes($bad)[0] ?? null];")[0], 'wc-completed', 'status');
    $fail = '$wpdb->query("RENAME TABLE wp_countersign_outbox TO hidden");';
    woo_shop()->php("$fail status($good, 'processing'); status($good, 'completed'); \$wpdb->query('RENAME TABLE hidden TO wp_countersign_outbox');");
    [$status, $row, $notes] = woo_shop()->php("return [get_post_status($good), row($good), stub_notes($good)];");
    same([$status, $row, count($notes)], ['wc-completed', null, 1], show($notes));
    contains($notes[0], 'the next sweep does it');
    contains(woo_shop()->log(), "Order $good for spiff is left to the sweep");
    // A host without the library.
    $blind = woo_order();
    woo_shop()->php("status($blind, 'processing');", env: ['COUNTERSIGN_LIBRARY' => '/nowhere/libcountersign.so']);
    contains(show(woo_shop()->php("return stub_notes($blind);")), 'the next sweep does it');
    woo_shop()->php('CountersignOrders\sweep_job();' . WOO_DRAIN);
    same([woo_amounts($good), woo_amounts($blind)], [[1], [1]], 'swept');
    // Somebody else's code in the middle of it.
    $other = woo_order();
    woo_shop()->php("add_filter('countersign_order', fn() => intdiv(1, 0)); status($other, 'processing');");
    same(woo_shop()->php("CountersignOrders\\sweep_job(); return [get_post_status($other), row($other)];"), ['wc-processing', 'pending'], 'an error');
});

test('woocommerce: what breaks rules is a note', static function (): void {
    $id = woo_order(1, design: ' ');
    woo_shop()->php("add_filter('countersign_order', fn(\$order) => ['orderItems' => 'none'] + \$order); status($id, 'processing'); status($id, 'completed');" . WOO_DRAIN);
    $notes = woo_shop()->php("return stub_notes($id);");
    same([count($notes), woo_amounts($id), woo_shop()->php("return row($id);")], [1, [], null], show($notes));
    contains($notes[0], 'not placed at spiff');
    contains($notes[0], 'orderItems');
});

test('woocommerce: no send begins that cannot end', static function (): void {
    $id = woo_order();
    $time = static fn(int $seconds): array => ['-d', "max_execution_time=$seconds"];
    // The command line sets it to 0: it is set again.
    $drain = static fn(int $limit): string => "ini_set('max_execution_time', '$limit');" . WOO_DRAIN;
    woo_shop()->php("status($id, 'processing');" . $drain(14));
    same(woo_amounts($id), [], 'D + 5 s are not left');
    woo_shop()->php('$_SERVER["REQUEST_TIME_FLOAT"] -= 16;' . $drain(30));
    same(woo_amounts($id), [], 'nor here');
    woo_shop()->php($drain(30));
    same(woo_amounts($id), [1], 'enough time');
});

test('woocommerce: the jobs, by Action Scheduler and without it', static function (): void {
    $actions = woo_shop()->php('return array_map(fn($action) => $action[1], get_option("stub_actions"));');
    same($actions, ['countersign_drain' => 60, 'countersign_sweep' => 900, 'countersign_sweep_all' => 86400], 'actions');
    $id = woo_order();
    $ran = woo_shop()->php("status($id, 'processing'); update_option('stub_actions', array_map(fn(\$action) => [1, \$action[1]], get_option('stub_actions'))); return stub_run_actions();");
    same([$ran, woo_amounts($id)], [array_keys($actions), [1]], 'run');
    // Without it WP-cron, run by the distribution's wp-cron.php.
    [$id, $without] = [woo_order(), 'define("WITHOUT_SCHEDULER", true);'];
    $events = woo_shop()->php("status($id, 'processing'); return array_map('wp_get_schedule', ['countersign_drain', 'countersign_sweep', 'countersign_sweep_all']);", $without);
    same($events, ['countersign_60', 'countersign_900', 'countersign_86400'], 'events');
    same(woo_amounts($id), [], 'not yet');
    woo_shop()->start('require ABSPATH . "wp-cron.php";', $without)();
    same(woo_amounts($id), [1], 'run by WP-cron');
    same(woo_shop()->php('return wp_next_scheduled("countersign_drain");'), false, 'Action Scheduler takes over');
    // The command.
    $id = woo_order();
    $lines = woo_shop()->php("status($id, 'processing'); (WP_CLI::\$commands['countersign drain'])([], ['seconds' => '30']); return WP_CLI::\$lines;", 'define("WP_CLI", true);');
    same([$lines, woo_amounts($id)], [['1 orders changed.'], [1]], 'command');
});

test('woocommerce: a row for a person: list, box, mail, action, note, decision', static function () use ($sandbox): void {
    $id = woo_order(1, design: woo_ordered());
    same(woo_shop()->php("status($id, 'processing');" . WOO_DRAIN . "return row($id);"), 'held', 'it is ordered already');
    sleep(2); // what changed this moment is told with the next drain
    // Two processes tell, and one is heard.
    // Each sleeps when it is about to note it, so that the other one would not see it noted.
    $at = 'while (microtime(true) < ' . (microtime(true) + 0.5) . ') usleep(100);';
    $tell = $at . 'add_filter("update_post_metadata", function ($null) { usleep(400_000); return $null; }); add_action("countersign_held", function ($row) { $GLOBALS["held"][] = $row->externalId; }); CountersignOrders\tell(microtime(true) + 30);'
        . ' return [$GLOBALS["held"] ?? [], array_map(fn($mail) => [$mail["to"], $mail["subject"], $mail["message"]], $GLOBALS["mails"])];';
    $ends = [woo_shop()->start($tell), woo_shop()->start($tell)];
    $told = array_merge_recursive(...array_map(static fn($end) => WordPress::answer($end()), $ends));
    $of = array_filter([...$told[0], ...$told[2] ?? []], static fn($held) => $held === (string) $id);
    $mails = array_values(array_filter([...$told[1], ...$told[3] ?? []], static fn($mail) => str_contains($mail[1], (string) $id)));
    same([count($of), count($mails), $mails[0][0] ?? null], [1, 1, 'shop@example.com'], show($told));
    contains($mails[0][2], "page=countersign&order=$id");
    $notes = array_filter(woo_shop()->php("return stub_notes($id);"), static fn($note) => str_contains($note, 'held for spiff (already_ordered)'));
    same(count($notes), 1, show($notes));

    // The list, in the menu, for those who may.
    $menu = 'require_once ABSPATH . "wp-admin/includes/plugin.php"; do_action("admin_menu"); $hook = get_plugin_page_hook("countersign", "woocommerce");'
        . ' ob_start(); do_action($hook); $html = ob_get_clean();';
    $html = woo_shop()->php("wp_set_current_user(1); $menu return \$html;");
    contains($html, "name=\"order\" value=\"$id\"");
    contains($html, 'held (already_ordered)');
    $user = 'wp_set_current_user(username_exists("buyer") ?: wp_create_user("buyer", "x", "buyer@example.com"));';
    same(woo_shop()->php("$user return outcome('page');"), 'died 403', 'a customer');
    // The box, on both order screens.
    foreach ([[['HPOS' => ''], 'shop_order', "get_post($id)"], [['HPOS' => '1'], 'woocommerce_page_wc-orders', "wc_get_order($id)"]] as [$env, $screen, $object]) {
        $html = woo_shop()->php('require_once ABSPATH . "wp-admin/includes/admin.php"; wp_set_current_user(1); set_current_screen("' . $screen . '");'
            . " do_action('add_meta_boxes', '$screen', $object); ob_start(); do_meta_boxes('$screen', 'side', $object); return ob_get_clean();", env: $env);
        contains($html, 'held for spiff (already_ordered)');
        contains($html, "page=countersign&#038;order=$id");
    }

    // A decision needs a nonce and the capability.
    $resolve = static fn(string $who, string $nonce): string => "$who \$_POST = ['order' => '$id', 'account' => 'spiff', 'decision' => 'placed', 'why' => 'seen <b>there</b>'];"
        . " \$_REQUEST['_wpnonce'] = $nonce; return [outcome(fn() => do_action('admin_post_countersign_resolve')), row($id)];";
    $right = "wp_create_nonce('countersign_resolve_spiff_$id')";
    same(woo_shop()->php($resolve('wp_set_current_user(1);', '"wrong"')), ['died 403', 'held'], 'nonce');
    same(woo_shop()->php($resolve('wp_set_current_user(1);', 'wp_create_nonce("countersign_resolve_spiff_1")')), ['died 403', 'held'], 'the nonce of another order');
    same(woo_shop()->php($resolve($user, $right)), ['died 403', 'held'], 'capability');
    same(woo_shop()->php($resolve('wp_set_current_user(1);', $right)), ["redirected Order $id: placed.", 'placed'], 'both');
    contains(show(woo_shop()->php("return CountersignOrders\\outbox()->get('$id', 'spiff')->history;")), 'admin');
    same(woo_amounts($id), [], 'nothing was sent');
});

test('woocommerce: what another process drained has its notes too, once', static function (): void {
    $id = woo_order();
    // A worker without this plugin, over the same tables.
    woo_shop()->php("status($id, 'processing'); CountersignOrders\\outbox()->drain(seconds: 1);");
    same(woo_amounts($id), [1], 'sent');
    sleep(2);
    foreach (range(1, 3) as $_) {
        woo_shop()->php(WOO_DRAIN);
    }
    $notes = woo_shop()->php("return stub_notes($id);");
    same([count($notes), str_contains($notes[0], 'placed at spiff as ')], [1, true], show($notes));
});

test('woocommerce: webhooks settle what no read can', static function () use ($sandbox): void {
    $web = woo_shop()->serve();
    $address = "$web->url/index.php?rest_route=/countersign/v1/webhook";
    $post = static function (string $body, string $signature, int $time) use ($address): string {
        $headers = ['Content-Type: application/json', "X-Webhook-Timestamp: $time", "X-Webhook-Signature: $signature"];
        $answer = file_get_contents($address, false, stream_context_create(['http' => ['method' => 'POST', 'content' => $body, 'header' => $headers, 'ignore_errors' => true, 'timeout' => 20]]));
        return explode(' ', $http_response_header[0])[1] . " $answer";
    };
    $id = woo_shop()->php('return stub_order([["shop-sign", 2, "sign_customiser_product_id"]]);');
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'order', 'platform' => 'sign_customiser']);
    same(woo_shop()->php("status($id, 'processing');" . WOO_DRAIN . "return row($id, 'signs');"), 'unknown', 'in doubt');
    // Spaces, so that only the raw body has this signature.
    $body = '{ "topic": "order:created",  "order": {"id": 77, "external_id": "' . $id . '"} }';
    $now = time();
    $secret = $sandbox->ready['sign_customiser']['webhook_secret'];
    contains($post($body, hash_hmac('sha256', "$now.$body", 'another secret'), $now), '401 {"error":"mismatch"}');
    contains($post("$body ", hash_hmac('sha256', "$now.$body", $secret), $now), '401 ');
    contains($post($body, hash_hmac('sha256', ($now - 3600) . ".$body", $secret), $now - 3600), '401 {"error":"too_old"}');
    same(woo_shop()->php("return row($id, 'signs');"), 'unknown', 'nobody proved anything');
    woo_shop()->php('$wpdb->query("RENAME TABLE wp_countersign_outbox TO hidden");');
    contains($post($body, hash_hmac('sha256', "$now.$body", $secret), $now), '503 ');
    woo_shop()->php('$wpdb->query("RENAME TABLE hidden TO wp_countersign_outbox");');
    same($post($body, hash_hmac('sha256', "$now.$body", $secret), $now), '200 {"ok":true}', 'signed');
    same([woo_shop()->php("return row($id, 'signs');"), count($sandbox->accepted((string) $id))], ['placed', 1], 'settled');
    // The platform's own webhook.
    $made = $sandbox->signs()->webhooks()->create(topic: 'order:created', url: $address);
    $id = woo_shop()->php('return stub_order([["shop-sign", 1, "sign_customiser_product_id"]]);');
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'order', 'platform' => 'sign_customiser']);
    woo_shop()->php("status($id, 'processing');" . WOO_DRAIN);
    for ($tries = 0; woo_shop()->php("return row($id, 'signs');") !== 'placed' && $tries < 20; $tries++) {
        usleep(100_000);
    }
    same([woo_shop()->php("return row($id, 'signs');"), count($sandbox->accepted((string) $id))], ['placed', 1], show($made));
    foreach ($sandbox->signs()->webhooks()->list() as $webhooks) {
        foreach (is_array($webhooks) ? $webhooks : [] as $webhook) {
            isset($webhook['webhook_id']) && $sandbox->signs()->webhooks()->delete($webhook['webhook_id']);
        }
    }
});

test('woocommerce: designs of both platforms in one order', static function () use ($sandbox): void {
    $id = woo_shop()->php("return stub_order([['{$sandbox->transaction()}', 1], ['shop-sign', 3, 'sign_customiser_product_id']]);");
    same(woo_shop()->php("status($id, 'processing');" . WOO_DRAIN . "return [row($id), row($id, 'signs')];"), ['placed', 'placed'], 'rows');
    same(count($sandbox->accepted((string) $id)), 2, 'orders');
});

test('woocommerce: a site that is cloned to staging', static function () use ($sandbox): void {
    $id = woo_shop()->php("return stub_order([['{$sandbox->transaction()}', 1], ['shop-sign', 1, 'sign_customiser_product_id']]);");
    woo_shop()->php("status($id, 'processing'); update_option('home', 'http://staging.shop.test'); update_option('siteurl', 'http://staging.shop.test');");
    same(woo_shop()->php(WOO_DRAIN . "return [row($id), row($id, 'signs')];"), ['placed', 'pending'], 'Spiff is looked at before each send, and Sign Customiser cannot be');
    $adopt = 'wp_set_current_user(1); $_REQUEST["_wpnonce"] = wp_create_nonce(%s); return outcome(fn() => do_action("admin_post_countersign_adopt"));';
    contains(woo_shop()->php('wp_set_current_user(1); return page();'), 'value="countersign_adopt"');
    same(woo_shop()->php(sprintf($adopt, '"other"')), 'died 403', 'nonce');
    same(woo_shop()->php(WOO_DRAIN . "return row($id, 'signs');"), 'pending', 'waits');
    same(woo_shop()->php(sprintf($adopt, '"countersign_adopt"')), 'redirected All accounts go on.', 'a person says so');
    same([woo_shop()->php(WOO_DRAIN . "return row($id, 'signs');"), count($sandbox->accepted((string) $id))], ['placed', 2], 'adopted');
    woo_shop()->php('update_option("home", "http://shop.test"); update_option("siteurl", "http://shop.test");');
    woo_shop()->php('CountersignOrders\outbox()->adopt();');
});

test('woocommerce: Site Health and the notice', static function (): void {
    woo_shop()->php('update_option("countersign_activated", (string) (time() - 3600));');
    $look = 'wp_set_current_user(1); $test = apply_filters("site_status_tests", ["direct" => [], "async" => []])["direct"]["countersign"]["test"]; $health = $test();'
        . ' ob_start(); do_action("admin_notices"); return [$health["status"], $health["description"], ob_get_clean()];';
    [$status, , $notice] = woo_shop()->php(WOO_DRAIN . $look);
    same([$status === 'critical', $notice], [false, ''], 'a drain ran');
    $old = 'CountersignOrders\store("drained", (string) (time() - 700));';
    [$status, $html, $notice] = woo_shop()->php($old . $look);
    same($status, 'critical', $html);
    $line = "* * * * * wp --path=&#039;" . woo_shop()->folder . "&#039; --url=&#039;http://shop.test&#039; --quiet countersign drain";
    contains($html, $line);
    contains($notice, $line);
    same(woo_shop()->php('wp_set_current_user(0); ob_start(); do_action("admin_notices"); return ob_get_clean();'), '', 'not for shoppers');
    [$status] = woo_shop()->php('ini_set("max_execution_time", "10");' . WOO_DRAIN . $look);
    same($status, 'critical', 'a drain that had no time is none');
    [$status, $html] = woo_shop()->php('$wpdb->query("RENAME TABLE wp_countersign_outbox TO hidden");' . $look);
    woo_shop()->php('$wpdb->query("RENAME TABLE hidden TO wp_countersign_outbox");' . WOO_DRAIN);
    same($status, 'critical', $html);
    same(woo_shop()->php('return Automattic\WooCommerce\Utilities\FeaturesUtil::$declared;'), ['custom_order_tables' => ['countersign-orders.php', true]], 'HPOS');
});

test('woocommerce: the eraser', static function () use ($sandbox): void {
    [$sent, $waiting] = woo_orders(1, 1);
    $held = woo_order(1, design: woo_ordered());
    woo_shop()->php("status($sent, 'processing'); status($held, 'processing');" . WOO_DRAIN . "foreach ([$sent, $waiting, $held] as \$id) { \$order = wc_get_order(\$id); \$order->data['email'] = 'eve@example.com'; \$order->save(); } status($waiting, 'processing');");
    [$first, $answer, $body] = woo_shop()->php('add_filter("wp_privacy_personal_data_erasers", fn($erasers) => $erasers + ["woocommerce-customer-orders" => []], 500);'
        . ' $erasers = apply_filters("wp_privacy_personal_data_erasers", []); $answer = $erasers["countersign"]["callback"]("eve@example.com", 1);'
        . " return [array_key_first(\$erasers), \$answer, CountersignOrders\\outbox()->get('$waiting', 'spiff', true)?->body];");
    same([$first, $answer['items_removed'], $answer['items_retained'], $answer['done']], ['countersign', true, true, true], show($answer));
    same(count($answer['messages']), 2, 'messages');
    contains($answer['messages'][0], "Order $waiting is on its way");
    contains($answer['messages'][1], "Order $held for spiff waits for your decision");
    holds($body !== null, 'what is on its way is kept');
    same(woo_shop()->php("return row($sent);"), null, 'forgotten');
    // Its key is not.
    woo_shop()->php("status($sent, 'completed'); status($sent, 'processing'); CountersignOrders\\rewind();" . WOO_DRAIN);
    same([woo_amounts($sent), woo_amounts($waiting)], [[1], [1]], 'orders');
});

test('woocommerce: a persistent object cache', static function (): void {
    $drop = woo_shop()->folder . '/wp-content/object-cache.php';
    copy(__DIR__ . '/wordpress/object-cache.php', $drop);
    try {
        same(woo_shop()->php('return wp_using_ext_object_cache();'), true, 'it is in use');
        $ids = woo_orders(1, 1, 1);
        $list = implode(',', $ids);
        $at = 'while (microtime(true) < ' . (microtime(true) + 0.7) . ') usleep(100);';
        $ends = array_map(static fn($status) => woo_shop()->start("$at foreach ([$list] as \$id) status(\$id, '$status');" . WOO_DRAIN), ['processing', 'completed']);
        array_map(static fn($end) => WordPress::answer($end()), $ends);
        woo_shop()->php(WOO_DRAIN);
        sleep(2);
        $ends = [woo_shop()->start(WOO_DRAIN), woo_shop()->start(WOO_DRAIN)];
        array_map(static fn($end) => WordPress::answer($end()), $ends);
        foreach ($ids as $id) {
            $notes = woo_shop()->php("return stub_notes($id);");
            same([woo_amounts($id), count($notes)], [[1], 1], show($notes));
        }
    } finally {
        unlink($drop);
    }
});

test('woocommerce: two sites of a network, two sets of tables', static function () use ($sandbox): void {
    $network = new WordPress('network', network: true);
    $second = $network->php('return wp_insert_site(["domain" => "shop.test", "path" => "/second/", "title" => "Second", "user_id" => 1]);');
    same($second, 2, 'site');
    $on = static fn(int $site): string => $site === 1 ? '' : '$_SERVER["REQUEST_URI"] = "/second/";';
    $ids = [];
    // Both count their orders alike, and have the same accounts.
    foreach (['wp_posts', 'wp_2_posts'] as $posts) {
        MariaDb::get()->pdo(database: 'wordpress_network')->exec("ALTER TABLE $posts AUTO_INCREMENT = 50000");
    }
    foreach ([1, 2] as $site) {
        [$here, $ids[$site]] = $network->php('return [get_current_blog_id(), stub_order([["' . $sandbox->transaction() . "\", $site]])];", $on($site));
        same($here, $site, 'site');
        $network->php("status({$ids[$site]}, 'processing');", $on($site));
    }
    $count = static fn() => array_map(static fn($table) => (int) MariaDb::get()->pdo(database: 'wordpress_network')->query("SELECT COUNT(*) FROM $table")->fetchColumn(), ['wp_countersign_outbox', 'wp_2_countersign_outbox']);
    same($count(), [1, 1], 'rows');
    $network->php(WOO_DRAIN);
    $network->php(WOO_DRAIN, $on(2));
    // In one process: the outbox follows switch_to_blog().
    same($network->php("\$states = [row('50000')]; switch_to_blog(2); \$states[] = row('2-50000'); restore_current_blog(); return [...\$states, row('50000')];"), ['placed', 'placed', 'placed'], 'states');
    same([$ids, woo_amounts(50000), woo_amounts('2-50000')], [[1 => 50000, 2 => 50000], [1], [2]], 'orders');
    $network->php("status(50000, 'cancelled');", $on(2));
    sleep(2);
    $notes = array_map(static fn($site) => $network->php(WOO_DRAIN . 'return stub_notes(50000);', $on($site)), [1, 2]);
    same([str_contains(show($notes[0]), 'cancel it'), str_contains(show($notes[1]), 'cancel it')], [false, true], show($notes));
});

test('woocommerce: a call over WordPress\'s own HTTP', static function () use ($sandbox): void {
    $order = var_export($sandbox->order('wp-http-1'), true);
    $place = '$call = CountersignOrders\accounts()["spiff"]->prepareOrder(' . $order . '); $reply = wp_remote_request($call->url, $call->forWordPress(10));'
        . ' try { return $call->readWordPress($reply)->externalId; } catch (Countersign\Exception\OutcomeUnknown $doubt) { return $doubt->kind->value; }';
    same([woo_shop()->php($place), count($sandbox->accepted('wp-http-1'))], ['wp-http-1', 1], 'placed');
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'order']);
    same(woo_shop()->php($place), 'interrupted', 'in doubt');
});

test('woocommerce: uninstalling keeps the keys', static function (): void {
    $uninstall = 'require_once ABSPATH . "wp-admin/includes/admin.php"; wp_set_current_user(1);';
    $id = woo_order();
    woo_shop()->php("status($id, 'processing');" . WOO_DRAIN);
    $rows = 'return [(int) $wpdb->get_var("SELECT COUNT(*) FROM wp_countersign_outbox"), (int) $wpdb->get_var("SELECT COUNT(*) FROM wp_countersign_outbox WHERE state >= 5 AND body IS NOT NULL")';
    [$before, $bodies] = woo_shop()->php("$rows];");
    holds($before > 0 && $bodies > 0, show([$before, $bodies]));
    same(woo_shop()->php("$uninstall deactivate_plugins('countersign-orders/countersign-orders.php'); return array_keys(get_option('stub_actions'));"), [], 'no jobs');
    $after = woo_shop()->php("$uninstall uninstall_plugin('countersign-orders/countersign-orders.php'); $rows, get_option('countersign_activated', null), \$wpdb->get_var(\"SELECT COUNT(*) FROM \$wpdb->options WHERE option_name LIKE 'countersign%'\")];");
    same($after, [$before, 0, null, '0'], 'rows stay, bodies and options go');
    // Installed again: what was sent is known.
    woo_shop()->php("$uninstall activate_plugin('countersign-orders/countersign-orders.php');");
    woo_shop()->php("\$order = wc_get_order($id); \$order->data['paid'] = time() + 1; \$order->save(); status($id, 'completed'); status($id, 'processing');" . WOO_DRAIN);
    same(woo_amounts($id), [1], 'orders');
});
