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
    return woo_made(...array_map(static fn($quantity) => [Sandbox::get()->transaction(), $quantity], $quantities));
}

/** Pending orders, each with one line: design, quantity, and the name of the design's meta if it is not Spiff's. */
function woo_made(array ...$lines): array
{
    return woo_shop()->php('return array_map(fn($line) => stub_order([$line]), ' . var_export($lines, true) . ');');
}

/** A design that is ordered already, by another id than ours: an order for it is held. */
function woo_ordered(): string
{
    $design = Sandbox::get()->transaction();
    $order = ['externalId' => "by-hand-$design", 'paid' => true, 'orderItems' => [['amountToOrder' => 1, 'transactionId' => $design]]];
    Sandbox::get()->spiff()->placeOrder($order);
    return $design;
}

/** How many of each design were accepted at Spiff for an order; an empty list if it is not there. */
function woo_amounts(int|string $id): array
{
    $amounts = [];
    foreach (Sandbox::get()->accepted((string) $id) as $order) {
        $amounts = [...$amounts, ...array_map(static fn($item) => $item['amountToOrder'] ?? $item['amount'], $order['items'])];
    }
    return $amounts;
}

/** Those notes of an order that hold a text. */
function woo_notes(int $id, string $text = ''): array
{
    return array_values(array_filter(woo_shop()->php("return stub_notes($id);"), static fn($note) => str_contains($note, $text)));
}

/** Code that waits until all processes of a test are there. */
function woo_together(): string
{
    return 'while (microtime(true) < ' . (microtime(true) + 0.7) . ') usleep(100);';
}

const WOO_DRAIN = 'CountersignOrders\drain_job();';
/** Nobody was at work for ten minutes. */
const WOO_IDLE = '$wpdb->query("UPDATE wp_countersign_outbox_account SET alive_at = alive_at - 700000"); update_option("countersign_activated", (string) (time() - 3600));';
const WOO_SWEEP = 'CountersignOrders\sweep_job();';

test('woocommerce: a status that flips places once', static function (): void {
    [$id] = woo_orders(2);
    woo_shop()->php("status($id, 'processing', 'completed', 'processing');");
    same(woo_amounts($id), [], 'nothing is sent while a shopper waits');
    woo_shop()->php("status($id, 'completed');" . WOO_DRAIN . "status($id, 'processing');" . WOO_DRAIN);
    woo_shop()->php("status($id, 'on-hold', 'processing');" . WOO_DRAIN);
    same(woo_amounts($id), [2], 'amounts');
    contains(woo_shop()->log(), "info countersign: order $id of spiff is placed");
});

test('woocommerce: two requests at once, and two drains', static function (): void {
    $ids = woo_orders(1, 1, 1, 1, 1, 1);
    $list = implode(',', $ids);
    $at = woo_together();
    $pay = static fn(string $status) => woo_shop()->start("$at foreach ([$list] as \$id) status(\$id, '$status'); return true;");
    foreach (array_map($pay, ['processing', 'completed', 'processing']) as $end) {
        same(WordPress::answer($end()), true, 'request');
    }
    foreach ([woo_shop()->start(WOO_DRAIN . 'return true;'), woo_shop()->start(WOO_DRAIN . 'return true;')] as $end) {
        same(WordPress::answer($end()), true, 'drain');
    }
    foreach ($ids as $id) {
        same(woo_amounts($id), [1], "order $id");
    }
});

test('woocommerce: what was refunded is not made', static function (): void {
    [$before, $waiting, $all, $late] = woo_orders(3, 3, 3, 2);
    woo_shop()->php("stub_refund($before, 2); foreach ([$before, $waiting, $all, $late] as \$id) status(\$id, 'processing');"
        . " stub_refund($waiting, 1); stub_refund($all, 3);" . WOO_DRAIN);
    same(array_map('woo_amounts', [$before, $waiting, $all, $late]), [[1], [2], [], [2]], 'amounts');
    // After it was sent it is too late, and said once.
    woo_shop()->php("stub_refund($late, 1); status($late, 'completed');" . WOO_DRAIN);
    same([woo_amounts($late), count(woo_notes($late, 'changed after it was sent'))], [[2], 1], 'late');
    // What a person has answered is not asked again.
    $flags = "return CountersignOrders\\outbox()->get('$late', 'spiff')->flags;";
    same(woo_shop()->php($flags), ['conflict'], 'flags');
    $answer = "CountersignOrders\\outbox()->resolve('$late', 'placed', 'me', 'made by hand', 'spiff'); CountersignOrders\\rewind(); status($late, 'processing');";
    same(woo_shop()->php($answer . $flags), [], 'answered');
    same(woo_shop()->php("stub_refund($late, -1); status($late, 'completed');" . $flags), [], 'as it was sent');
});

test('woocommerce: fractions are refused', static function (): void {
    [$half, $refunded] = woo_orders(1.5, 2);
    woo_shop()->php("status($half, 'processing', 'completed'); status($refunded, 'processing'); stub_refund($refunded, 0.5);" . WOO_DRAIN);
    foreach ([$half, $refunded] as $id) {
        same([woo_amounts($id), count(woo_notes($id, 'is 1.5, and designs are made in whole numbers'))], [[], 1], "order $id");
    }
});

test('woocommerce: cancelled, and wanted again', static function (): void {
    [$gone, $again, $refunded] = woo_orders(1, 1, 1);
    woo_shop()->php("status($gone, 'processing', 'cancelled'); status($again, 'processing', 'cancelled');"
        . " status($refunded, 'processing', 'refunded');" . WOO_DRAIN);
    same(array_map('woo_amounts', [$gone, $again, $refunded]), [[], [], []], 'cancelled');
    same(woo_shop()->php("return [row($gone), row($refunded)];"), ['cancelled', 'cancelled'], 'rows');
    woo_shop()->php("status($again, 'processing', 'completed');" . WOO_DRAIN);
    same([woo_amounts($gone), woo_amounts($again)], [[], [1]], 'wanted again');
});

test('woocommerce: cash on delivery is processing, and not paid', static function (): void {
    $id = woo_shop()->php('return stub_order([["' . Sandbox::get()->transaction() . '", 1]], true);');
    same(woo_shop()->php("status($id, 'processing');" . WOO_DRAIN . "return row($id);"), null, 'row');
    woo_shop()->php("status($id, 'completed');" . WOO_DRAIN);
    same(woo_amounts($id), [1], 'paid at the door');
});

test('woocommerce: a killed request', static function (): void {
    [$paid, $cancelled] = woo_orders(1, 1);
    woo_shop()->php("status($cancelled, 'processing');");
    foreach ([[$paid, 'processing'], [$cancelled, 'cancelled']] as [$id, $status]) {
        $kill = "add_action('woocommerce_order_status_$status', fn() => posix_kill(getpid(), SIGKILL), 1);";
        [$exit] = woo_shop()->start("$kill status($id, '$status');")();
        holds($exit !== 0, 'it was killed');
    }
    $left = woo_shop()->php("return [get_post_status($paid), row($paid), get_post_status($cancelled), row($cancelled)];");
    same($left, ['wc-processing', null, 'wc-cancelled', 'pending'], 'left behind');
    woo_shop()->php(WOO_SWEEP . WOO_DRAIN);
    same([woo_amounts($paid), woo_amounts($cancelled)], [[1], []], 'the sweep finds both');
    // What was modified long ago is found at night, unless it is older than eight days.
    [$days, $weeks] = woo_orders(1, 1);
    woo_shop()->php("foreach ([$days => 5, $weeks => 15] as \$id => \$age) {"
        . ' change($id, ["paid" => time() - $age * 86400]); unheard($id, "processing", time() - $age * 86400); }'
        . ' update_option("countersign_activated", (string) (time() - 30 * 86400));');
    same(woo_shop()->php(WOO_SWEEP . "return [row($days), row($weeks)];"), [null, null], 'by day');
    same(woo_shop()->php("CountersignOrders\\rewind(); return [row($days), row($weeks)];"), ['pending', null], 'by night');
    woo_shop()->php('update_option("countersign_activated", (string) (time() - 3600));' . WOO_DRAIN);
});

test('woocommerce: a sweep that is stopped goes on, and what was cancelled stays so', static function (): void {
    $made = woo_made(...array_map(static fn() => [Sandbox::get()->transaction(), 1], range(1, 45)));
    $list = implode(',', $made);
    woo_shop()->php("foreach ([$list] as \$id) { change(\$id, ['paid' => time()]); unheard(\$id, 'processing'); }"
        . ' CountersignOrders\store("swept", "0 ' . ($made[0] - 1) . ' 1");');
    $rows = "return count(array_filter([$list], fn(\$id) => row(\$id) !== null));";
    // The time is looked at after twenty.
    $slow = 'add_filter("countersign_order", function ($order) { usleep(30_000); return $order; });';
    same(woo_shop()->php("$slow CountersignOrders\\sweep(microtime(true) + 0.5); $rows"), 20, 'first part');
    same(woo_shop()->php("CountersignOrders\\sweep(microtime(true) + 60); $rows"), 45, 'the rest');
    // Whether it is wanted again, a person says.
    $id = $made[0];
    woo_shop()->php("status($id, 'cancelled'); unheard($id, 'processing');" . WOO_SWEEP . WOO_SWEEP);
    same([woo_shop()->php("return row($id);"), count(woo_notes($id, 'was cancelled for spiff before'))], ['cancelled', 1], 'not decided');
    woo_shop()->php("foreach ([$list] as \$id) status(\$id, 'cancelled');");
});

test('woocommerce: orders from before are chosen by people', static function (): void {
    [$sent, $elsewhere, $left] = woo_orders(1, 1, 1);
    woo_shop()->php("foreach ([$sent, $elsewhere, $left] as \$id) {"
        . " change(\$id, ['paid' => CountersignOrders\\activated() - 100]); status(\$id, 'processing', 'completed'); }"
        . WOO_SWEEP . 'CountersignOrders\rewind();' . WOO_DRAIN);
    same(array_map('woo_amounts', [$sent, $elsewhere, $left]), [[], [], []], 'by itself');
    $offered = static function () use ($sent, $elsewhere, $left): array {
        $html = woo_shop()->php('wp_set_current_user(1); return shown("CountersignOrders\\\\page");');
        return array_map(static fn($id) => str_contains($html, "value=\"$id\""), [$sent, $elsewhere, $left]);
    };
    same($offered(), [true, true, true], 'offered');
    $decide = static fn(int $id, string $decision): string => "\$said[] = form('old', wp_create_nonce('countersign_old'), ['orders' => ['$id'], 'decision' => '$decision']);";
    $said = woo_shop()->php('wp_set_current_user(1);' . $decide($sent, 'send') . $decide($elsewhere, 'elsewhere') . WOO_DRAIN . 'return $said;');
    same($said, array_fill(0, 2, 'redirected: 1 orders were written down.'), 'decided');
    woo_shop()->php("foreach ([$sent, $elsewhere, $left] as \$id) status(\$id, 'processing');" . WOO_DRAIN);
    same(array_map('woo_amounts', [$sent, $elsewhere, $left]), [[1], [], []], 'chosen');
    same($offered(), [false, false, true], 'still offered');
});

test('woocommerce: a bad order breaks no checkout, nor does a store that fails', static function (): void {
    [$bad, $good, $blind, $other] = woo_made(['no design', 1], ...array_map(static fn() => [Sandbox::get()->transaction(), 1], range(1, 3)));
    woo_shop()->log();
    same(woo_shop()->php("status($bad, 'processing', 'completed'); return get_post_status($bad);"), 'wc-completed', 'status');
    woo_shop()->php("failing(fn() => status($good, 'processing', 'completed'));");
    same(woo_shop()->php("return [get_post_status($good), row($good)];"), ['wc-completed', null], 'no row');
    same(count(woo_notes($good, 'the next sweep does it')), 1, 'said once');
    contains(woo_shop()->log(), "Order $good for spiff is left to the sweep");
    // A host without the library.
    woo_shop()->php("status($blind, 'processing');", env: ['COUNTERSIGN_LIBRARY' => '/nowhere/libcountersign.so']);
    same(count(woo_notes($blind, 'the next sweep does it')), 1, 'said');
    woo_shop()->php(WOO_SWEEP . WOO_DRAIN);
    same([woo_amounts($good), woo_amounts($blind)], [[1], [1]], 'swept');
    // Somebody else's code in the middle of it.
    woo_shop()->php("add_filter('countersign_order', fn() => intdiv(1, 0)); status($other, 'processing');");
    $break = 'add_action("woocommerce_order_status_completed", fn() => add_filter("get_post_metadata", fn() => intdiv(1, 0)), 1);';
    woo_shop()->php("$break status($other, 'completed');");
    contains(woo_shop()->log(), "Order $other is left to the sweep: Division by zero");
    same(woo_shop()->php(WOO_SWEEP . "return [get_post_status($other), row($other)];"), ['wc-completed', 'pending'], 'errors');
    // Tables that cannot be made are not tried by every request.
    woo_shop()->php('delete_option("countersign_activated");');
    foreach (range(1, 3) as $_) {
        woo_shop()->php('return 1;', env: ['COUNTERSIGN_LIBRARY' => '/nowhere/libcountersign.so']);
    }
    same(substr_count(woo_shop()->log(), 'The tables could not be made'), 1, 'tries');
    woo_shop()->php('CountersignOrders\activate(); update_option("countersign_activated", (string) (time() - 3600));');
});

test('woocommerce: what breaks rules is a note', static function (): void {
    [$id] = woo_orders(1);
    woo_shop()->php("add_filter('countersign_order', fn(\$order) => ['orderItems' => 'none'] + \$order); status($id, 'processing', 'completed');" . WOO_DRAIN);
    $notes = woo_notes($id);
    same([count($notes), woo_amounts($id), woo_shop()->php("return row($id);")], [1, [], null], show($notes));
    contains($notes[0], 'not placed at spiff');
    contains($notes[0], 'orderItems');
});

test('woocommerce: no send begins that cannot end', static function (): void {
    [$id] = woo_orders(1);
    // On the command line there is no limit: it is set again.
    $drain = static fn(int $limit): string => "ini_set('max_execution_time', '$limit');" . WOO_DRAIN;
    woo_shop()->php("status($id, 'processing');" . $drain(14));
    same(woo_amounts($id), [], 'D + 5 s are not left');
    woo_shop()->php('$_SERVER["REQUEST_TIME_FLOAT"] -= 16;' . $drain(30));
    same(woo_amounts($id), [], 'nor here');
    woo_shop()->php($drain(30));
    same(woo_amounts($id), [1], 'enough time');
});

test('woocommerce: the jobs, by Action Scheduler and without it', static function (): void {
    [$action, $event, $command] = woo_orders(1, 1, 1);
    $jobs = ['countersign_drain' => 60, 'countersign_sweep' => 900, 'countersign_sweep_all' => 86400];
    same(woo_shop()->php('return array_map(fn($action) => $action[1], get_option("stub_actions"));'), $jobs, 'actions');
    $ran = woo_shop()->php("status($action, 'processing'); return stub_run_actions(time() + 2 * 86400);");
    same([$ran, woo_amounts($action)], [array_keys($jobs), [1]], 'run');
    // Without it WP-cron, run by the distribution's wp-cron.php.
    $without = 'define("WITHOUT_SCHEDULER", true);';
    $events = woo_shop()->php("status($event, 'processing'); return array_map('wp_get_schedule', " . var_export(array_keys($jobs), true) . ');', $without);
    same($events, ['countersign_60', 'countersign_900', 'countersign_86400'], 'events');
    same(woo_amounts($event), [], 'not yet');
    woo_shop()->start('require ABSPATH . "wp-cron.php";', $without)();
    same(woo_amounts($event), [1], 'run by WP-cron');
    same(woo_shop()->php('return wp_next_scheduled("countersign_drain");'), false, 'Action Scheduler takes over');
    // For the system's cron.
    $run = '(WP_CLI::$commands["countersign drain"])([], ["seconds" => "30"]); return WP_CLI::$lines;';
    $lines = woo_shop()->php("status($command, 'processing'); $run", 'define("WP_CLI", true);');
    same([$lines, woo_amounts($command)], [['1 orders changed.'], [1]], 'command');
});

test('woocommerce: an order for a person: note, mail, action, list, box, decision', static function (): void {
    [$id] = woo_made([woo_ordered(), 1]);
    same(woo_shop()->php("status($id, 'processing');" . WOO_DRAIN . "return row($id);"), 'held', 'it is ordered already');
    sleep(2); // what changed this moment is told with the next drain
    // Two tell. Each sleeps when it is about to note it, so that the other one would not see it noted.
    $tell = woo_together() . <<<'PHP'
        add_filter('update_post_metadata', function ($null) { usleep(400_000); return $null; });
        add_action('countersign_held', function ($row) { $GLOBALS['held'][] = $row->externalId; });
        CountersignOrders\tell(microtime(true) + 30);
        return [$GLOBALS['held'] ?? [], $GLOBALS['mails']];
        PHP;
    [$one, $two] = array_map(static fn($end) => WordPress::answer($end()), [woo_shop()->start($tell), woo_shop()->start($tell)]);
    $mails = array_values(array_filter([...$one[1], ...$two[1]], static fn($mail) => str_contains($mail['subject'], (string) $id)));
    $held = array_keys([...$one[0], ...$two[0]], (string) $id, true);
    same([count($held), count($mails), $mails[0]['to'] ?? null], [1, 1, 'shop@example.com'], show([$one, $two]));
    contains($mails[0]['message'], "page=countersign&order=$id");
    same(count(woo_notes($id, 'held for spiff (already_ordered)')), 1, 'notes');

    // The list, in the menu, for those who may.
    $menu = 'require_once ABSPATH . "wp-admin/includes/plugin.php"; do_action("admin_menu");'
        . ' return shown("do_action", get_plugin_page_hook("countersign", "woocommerce"));';
    $html = woo_shop()->php("wp_set_current_user(1); $menu");
    contains($html, "name=\"order\" value=\"$id\"");
    contains($html, 'held (already_ordered)');
    $customer = 'wp_set_current_user(username_exists("buyer") ?: wp_create_user("buyer", "x", "buyer@example.com"));';
    same(woo_shop()->php("$customer try { CountersignOrders\\page(); } catch (Died \$died) { return \$died->getCode(); }"), 403, 'a customer');
    // The box, on both order screens.
    foreach ([['', 'shop_order', "get_post($id)"], ['1', 'woocommerce_page_wc-orders', "wc_get_order($id)"]] as [$hpos, $screen, $order]) {
        $box = "wp_set_current_user(1); require_once ABSPATH . 'wp-admin/includes/admin.php'; set_current_screen('$screen');"
            . " do_action('add_meta_boxes', '$screen', $order); return shown('do_meta_boxes', '$screen', 'side', $order);";
        $html = woo_shop()->php($box, env: ['HPOS' => $hpos]);
        contains($html, 'held for spiff (already_ordered)');
        contains($html, "page=countersign&#038;order=$id");
    }

    // A decision needs the nonce of this order, and the capability.
    $resolve = static fn(string $who, string $nonce): array => woo_shop()->php(
        "$who return [form('resolve', $nonce, ['order' => '$id', 'account' => 'spiff', 'decision' => 'placed', 'why' => 'seen <b>there</b>']), row($id)];",
    );
    [$admin, $right] = ['wp_set_current_user(1);', "wp_create_nonce('countersign_resolve_spiff_$id')"];
    same($resolve($admin, '"wrong"'), ['died 403', 'held'], 'nonce');
    same($resolve($admin, 'wp_create_nonce("countersign_resolve_spiff_1")'), ['died 403', 'held'], 'the nonce of another order');
    same($resolve($customer, $right), ['died 403', 'held'], 'capability');
    same($resolve($admin, $right), ["redirected: Order $id: placed.", 'placed'], 'both');
    contains(show(woo_shop()->php("return CountersignOrders\\outbox()->get('$id', 'spiff')->history;")), 'admin');
    same(woo_amounts($id), [], 'nothing was sent');
});

test('woocommerce: what another process drained has its notes too, once; what is refused is mailed', static function () use ($sandbox): void {
    [$id, $refused] = woo_orders(1, 1);
    // A worker without this plugin, over the same tables.
    woo_shop()->php("status($id, 'processing'); CountersignOrders\\outbox()->drain(seconds: 1);");
    same(woo_amounts($id), [1], 'sent');
    $sandbox->fault(['fault' => 'status', 'status' => 422, 'target' => 'order']);
    same(woo_shop()->php("status($refused, 'processing'); CountersignOrders\\outbox()->drain(seconds: 1); return row($refused);"), 'rejected', 'refused');
    sleep(2);
    $mails = [];
    foreach (range(1, 3) as $_) {
        $mails = [...$mails, ...woo_shop()->php(WOO_DRAIN . 'return array_column($GLOBALS["mails"], "subject");')];
    }
    $notes = woo_notes($id);
    same([count($notes), str_contains($notes[0], 'placed at spiff as ')], [1, true], show($notes));
    same([count(woo_notes($refused, 'HTTP 422')), array_keys($mails, "Order $refused needs a look", true)], [1, [0]], show($mails));
});

test('woocommerce: webhooks settle what no read can', static function () use ($sandbox): void {
    $web = woo_shop()->serve();
    $address = "$web->url/index.php?rest_route=/countersign/v1/webhook";
    $post = static function (string $body, string $signature, int $time) use ($address): string {
        $header = ['Content-Type: application/json', "X-Webhook-Timestamp: $time", "X-Webhook-Signature: $signature"];
        $http = ['method' => 'POST', 'content' => $body, 'header' => $header, 'ignore_errors' => true, 'timeout' => 20];
        $answer = file_get_contents($address, false, stream_context_create(['http' => $http]));
        return explode(' ', $http_response_header[0])[1] . " $answer";
    };
    [$id, $other] = woo_made(['shop-sign', 2, 'sign_customiser_product_id'], ['shop-sign', 1, 'sign_customiser_product_id']);
    $cut = ['fault' => 'cut_reply', 'target' => 'order', 'platform' => 'sign_customiser'];
    $sandbox->fault($cut);
    same(woo_shop()->php("status($id, 'processing');" . WOO_DRAIN . "return row($id, 'signs');"), 'unknown', 'in doubt');
    // With spaces, so that only the raw body has this signature.
    $body = '{ "topic": "order:created",  "order": {"id": 77, "external_id": "' . $id . '"} }';
    [$now, $secret] = [time(), $sandbox->ready['sign_customiser']['webhook_secret']];
    $sign = static fn(int $time, string $secret): string => hash_hmac('sha256', "$time.$body", $secret);
    same($post($body, $sign($now, 'another secret'), $now), '401 {"error":"mismatch"}', 'another secret');
    same($post("$body ", $sign($now, $secret), $now), '401 {"error":"mismatch"}', 'another body');
    same($post($body, $sign($now - 3600, $secret), $now - 3600), '401 {"error":"too_old"}', 'an hour ago');
    same(woo_shop()->php("return row($id, 'signs');"), 'unknown', 'nobody proved anything');
    woo_shop()->php('$wpdb->query("RENAME TABLE wp_countersign_outbox TO hidden");');
    contains($post($body, $sign($now, $secret), $now), '503 ');
    woo_shop()->php('$wpdb->query("RENAME TABLE hidden TO wp_countersign_outbox");');
    same($post($body, $sign($now, $secret), $now), '200 {"ok":true}', 'signed');
    same([woo_shop()->php("return row($id, 'signs');"), count($sandbox->accepted((string) $id))], ['placed', 1], 'settled');
    // The platform's own webhook.
    $subscription = $sandbox->signs()->webhooks()->create(topic: 'order:created', url: $address);
    try {
        $sandbox->fault($cut);
        woo_shop()->php("status($other, 'processing');" . WOO_DRAIN);
        for ($tries = 0; ($state = woo_shop()->php("return row($other, 'signs');")) !== 'placed' && $tries < 20; $tries++) {
            usleep(100_000);
        }
        same([$state, count($sandbox->accepted((string) $other))], ['placed', 1], 'by the platform');
    } finally {
        preg_match('/"webhook_id":(\d+)/', show($subscription), $found);
        $sandbox->signs()->webhooks()->delete((int) $found[1]);
    }
});

test('woocommerce: a site that is cloned to staging, and designs of both platforms in one order', static function () use ($sandbox): void {
    $id = woo_shop()->php("return stub_order([['{$sandbox->transaction()}', 1], ['shop-sign', 1, 'sign_customiser_product_id']]);");
    woo_shop()->php("status($id, 'processing'); update_option('home', 'http://staging.shop.test'); update_option('siteurl', 'http://staging.shop.test');");
    $states = static fn() => woo_shop()->php(WOO_DRAIN . "return [row($id), row($id, 'signs')];");
    same($states(), ['placed', 'pending'], 'Spiff is looked at before each send, and Sign Customiser cannot be');
    contains(woo_shop()->php('wp_set_current_user(1); return shown("CountersignOrders\\\\page");'), 'value="countersign_adopt"');
    $adopt = static fn(string $nonce) => woo_shop()->php("wp_set_current_user(1); return form('adopt', $nonce);");
    same($adopt('"other"'), 'died 403', 'nonce');
    same($states(), ['placed', 'pending'], 'waits');
    same($adopt('wp_create_nonce("countersign_adopt")'), 'redirected: All accounts go on.', 'a person says so');
    same([$states(), count($sandbox->accepted((string) $id))], [['placed', 'placed'], 2], 'adopted');
    woo_shop()->php('update_option("home", "http://shop.test"); update_option("siteurl", "http://shop.test");');
    woo_shop()->php('CountersignOrders\outbox()->adopt();');
});

test('woocommerce: Site Health and the notice', static function (): void {
    woo_shop()->php('update_option("countersign_activated", (string) (time() - 3600));');
    $look = <<<'PHP'
        wp_set_current_user(1);
        $health = apply_filters('site_status_tests', ['direct' => [], 'async' => []])['direct']['countersign']['test']();
        return [$health['status'], $health['description'], shown('do_action', 'admin_notices')];
        PHP;
    [$status, , $notice] = woo_shop()->php(WOO_DRAIN . $look);
    same([$status === 'critical', $notice], [false, ''], 'a drain ran');
    [$status, $html, $notice] = woo_shop()->php(WOO_IDLE . $look);
    same($status, 'critical', $html);
    $line = '* * * * * wp --path=&#039;' . woo_shop()->folder . '&#039; --url=&#039;http://shop.test&#039; --quiet countersign drain';
    contains($html, $line);
    contains($notice, $line);
    same(woo_shop()->php('wp_set_current_user(0); return shown("do_action", "admin_notices");'), '', 'not for shoppers');
    [$status] = woo_shop()->php('ini_set("max_execution_time", "10");' . WOO_IDLE . WOO_DRAIN . $look);
    same($status, 'critical', 'a drain that had no time is none');
    [$status, $html] = woo_shop()->php("return failing(function () { $look });");
    same($status, 'critical', $html);
    woo_shop()->php(WOO_DRAIN);
    same(woo_shop()->php('return Automattic\WooCommerce\Utilities\FeaturesUtil::$declared;'), ['custom_order_tables' => ['countersign-orders.php', true]], 'HPOS');
});

/** Code in a request whose PHP permits no FFI. */
$closed = static fn(string $code): mixed => woo_shop()->php($code, flags: ['-d', 'ffi.enable=0']);

/** The command, on a machine that reaches the shop's database. */
$command = static function (string ...$arguments): array {
    ['port' => $port, 'user' => $user, 'password' => $password] = MariaDb::get()->ready;
    ['spiff' => $spiff, 'sign_customiser' => $signs] = Sandbox::get()->ready;
    $accounts = scratch('accounts') . '/accounts.json';
    file_put_contents($accounts, json_encode([
        'spiff' => ['platform' => 'spiff', 'base_url' => $spiff['url'], 'access_key' => ['env' => 'THE_KEY'], 'secret_key' => ['env' => 'THE_SECRET']],
        'signs' => ['platform' => 'sign-customiser', 'base_url' => $signs['url'], 'api_token' => ['env' => 'THE_TOKEN']],
    ], JSON_THROW_ON_ERROR));
    return run(
        [(string) getenv('COUNTERSIGN_BIN'), 'outbox', ...$arguments, '--json', '--store', "mysql://$user@127.0.0.1:$port/wordpress_single", '--prefix', 'wp_', '--site', 'shop.test', '--accounts', $accounts],
        ['MYSQL_PWD' => $password, 'THE_KEY' => $spiff['access_key'], 'THE_SECRET' => $spiff['secret_key'], 'THE_TOKEN' => $signs['api_token']],
    );
};

test('woocommerce: where FFI is closed orders are written down, and the command sends them', static function () use ($closed, $command): void {
    [$id, $killed, $bad] = woo_orders(2, 1, 1);
    woo_shop()->log();
    same($closed("status($id, 'processing', 'completed', 'processing'); return CountersignOrders\\unaided()->state('$id', 'spiff')->value;"), 'pending', 'written down');
    same([woo_notes($id), woo_shop()->php("return CountersignOrders\\outbox()->get('$id', 'spiff', true)->body;") !== null], [[], true], 'no note');
    // What a killed request forgot its sweep finds; its drain has nothing to do, and nothing to complain of.
    woo_shop()->php("change($killed, ['paid' => time()]); unheard($killed, 'processing');");
    same($closed(WOO_DRAIN . WOO_SWEEP . "return CountersignOrders\\unaided()->state('$killed', 'spiff')?->value;"), 'pending', 'swept');
    same([woo_amounts($id), preg_match("/Order ($id|$killed)\\b|drain failed/", woo_shop()->log())], [[], 0], 'nothing is sent, and nothing is wrong');
    // What breaks rules is the worker's to say.
    $closed("add_filter('countersign_order', fn(\$order) => ['paid' => 'yes'] + \$order); status($bad, 'processing');");
    [$code, $out, $err] = $command('drain', '--seconds', '10');
    same([$code, woo_amounts($id), woo_amounts($killed), woo_shop()->php("return row($bad);")], [0, [2], [1], 'held'], $out . $err);
    contains($closed("return shown('CountersignOrders\\box', wc_get_order($id));"), '<strong>spiff</strong>: placed');
    // A sweep with the library finds the same orders in it.
    woo_shop()->php(WOO_SWEEP);
    same([woo_shop()->php("return [row($id), row($killed)];"), woo_notes($id, 'changed after')], [['placed', 'placed'], []], 'known');
    // What was held for its mistake goes on without it.
    woo_shop()->php(WOO_DRAIN);
    same(woo_amounts($bad), [1], 'corrected');
});

test('woocommerce: where FFI is closed what changes later is left to whoever has it', static function () use ($closed): void {
    [$cancelled, $refunded, $unpaid, $never] = woo_orders(1, 3, 1, 1);
    $closed("status($cancelled, 'processing', 'cancelled'); status($refunded, 'processing'); stub_refund($refunded, 1); status($refunded, 'completed'); status($unpaid, 'cancelled');");
    same([count(woo_notes($cancelled, "countersign outbox cancel $cancelled --account spiff")), count(woo_notes($refunded, 'as it was before')), woo_notes($unpaid)], [1, 1, []], 'notes');
    same(woo_shop()->php("return [row($cancelled), row($refunded), row($unpaid)];"), ['pending', 'pending', null], 'rows');
    // Its own sweep hides nothing from the one of the command line.
    $closed(WOO_SWEEP);
    woo_shop()->php(WOO_SWEEP . WOO_DRAIN);
    same([woo_amounts($cancelled), woo_amounts($refunded), woo_shop()->php("return row($cancelled);")], [[], [2], 'cancelled'], 'in line again');
    same($closed("status($cancelled, 'cancelled'); return count(stub_notes($cancelled));"), count(woo_notes($cancelled)), 'no further note');
    // Signs have prices, which the library makes.
    $sign = woo_made(['shop-sign', 1, 'sign_customiser_product_id'])[0];
    $closed("status($sign, 'processing');");
    same(count(woo_notes($sign, 'the next sweep does it')), 1, 'a sign');
    woo_shop()->php(WOO_SWEEP . WOO_DRAIN);
    same(woo_shop()->php("return row($sign, 'signs');"), 'placed', 'swept');
    // Tables that are not there are said once, and nothing is acknowledged.
    woo_shop()->log();
    $closed("failing(fn() => status($never, 'processing'));");
    same([count(woo_notes($never, 'the next sweep does it')), woo_shop()->php("return row($never);")], [1, null], 'no tables');
    woo_shop()->php("status($never, 'cancelled');");
});

test('woocommerce: Site Health says which way orders go', static function () use ($closed, $command): void {
    $look = <<<'PHP'
        wp_set_current_user(1);
        $health = apply_filters('site_status_tests', ['direct' => [], 'async' => []])['direct']['countersign']['test']();
        return [$health['status'], $health['label'], $health['description'], shown('do_action', 'admin_notices')];
        PHP;
    contains(woo_shop()->php(WOO_DRAIN . $look)[2], 'This PHP has the library');
    [$status, $label, $html, $notice] = $closed($look);
    same([$status, $notice], ['good', ''], $html);
    contains($label, 'sent by another program');
    contains($html, 'ffi.enable');
    // Nobody was at work for long: neither this plugin on the command line, nor the command.
    [$status, , $html, $notice] = $closed(WOO_IDLE . $look);
    same($status, 'critical', $html);
    foreach ([$html, $notice] as $text) {
        contains($text, 'countersign outbox run');
    }
    same($command('drain', '--seconds', '1')[0], 0, 'the command');
    [$status, , $html, $notice] = $closed($look);
    same([$status, $notice], ['good', ''], $html);
    [$status, , $html] = $closed("return failing(function () { $look });");
    same($status, 'critical', $html);
    // Activated where others made the tables.
    same($closed('delete_option("countersign_activated"); CountersignOrders\activate(); return CountersignOrders\activated() <= time();'), true, 'activated');
    woo_shop()->php('update_option("countersign_activated", (string) (time() - 3600));' . WOO_DRAIN);
});

test('woocommerce: the eraser', static function (): void {
    [$sent, $waiting] = woo_orders(1, 1);
    [$held] = woo_made([woo_ordered(), 1]);
    woo_shop()->php("status($sent, 'processing'); status($held, 'processing');" . WOO_DRAIN
        . "status($waiting, 'processing'); foreach ([$sent, $waiting, $held] as \$id) change(\$id, ['email' => 'eve@example.com']);");
    [$first, $answer, $body] = woo_shop()->php(<<<'PHP'
        add_filter('wp_privacy_personal_data_erasers', fn($erasers) => $erasers + ['woocommerce-customer-orders' => []], 500);
        $erasers = apply_filters('wp_privacy_personal_data_erasers', []);
        $answer = $erasers['countersign']['callback']('eve@example.com', 1);
        PHP . "return [array_key_first(\$erasers), \$answer, CountersignOrders\\outbox()->get('$waiting', 'spiff', true)?->body];");
    same([$first, $answer['items_removed'], $answer['items_retained'], $answer['done']], ['countersign', true, true, true], show($answer));
    same(count($answer['messages']), 2, 'messages');
    contains($answer['messages'][0], "Order $waiting is on its way");
    contains($answer['messages'][1], "Order $held for spiff waits for your decision");
    holds($body !== null, 'what is on its way is kept');
    $again = woo_shop()->php("return [CountersignOrders\\outbox()->get('$sent', 'spiff', true), CountersignOrders\\erase('eve@example.com')];");
    same([$again[0]['externalId'], $again[0]['state'], $again[0]['body']], ['', 'placed', null], 'forgotten');
    same([$again[1]['items_removed'], $again[1]['items_retained']], [false, true], 'once');
    contains(woo_shop()->php("wp_set_current_user(1); \$_GET['order'] = '$sent'; return shown('CountersignOrders\\page');"), 'forgotten for spiff, placed');
    // Its key is not.
    woo_shop()->php("status($sent, 'completed', 'processing'); CountersignOrders\\rewind();" . WOO_DRAIN);
    same([woo_amounts($sent), woo_amounts($waiting)], [[1], [1]], 'orders');
});

test('woocommerce: a persistent object cache', static function (): void {
    $drop = woo_shop()->folder . '/wp-content/object-cache.php';
    copy(__DIR__ . '/wordpress/object-cache.php', $drop);
    try {
        same(woo_shop()->php('return wp_using_ext_object_cache();'), true, 'it is in use');
        $ids = woo_orders(1, 1, 1);
        [$at, $list] = [woo_together(), implode(',', $ids)];
        $pay = static fn(string $status) => woo_shop()->start("$at foreach ([$list] as \$id) status(\$id, '$status');" . WOO_DRAIN);
        foreach (array_map($pay, ['processing', 'completed']) as $end) {
            WordPress::answer($end());
        }
        woo_shop()->php(WOO_DRAIN);
        sleep(2);
        foreach ([woo_shop()->start(WOO_DRAIN), woo_shop()->start(WOO_DRAIN)] as $end) {
            WordPress::answer($end());
        }
        foreach ($ids as $id) {
            same([woo_amounts($id), count(woo_notes($id))], [[1], 1], "order $id");
        }
    } finally {
        unlink($drop);
    }
});

test('woocommerce: two sites of a network, two sets of tables', static function () use ($sandbox): void {
    $network = new WordPress('network', network: true);
    same($network->php('return wp_insert_site(["domain" => "shop.test", "path" => "/second/", "title" => "Second", "user_id" => 1]);'), 2, 'site');
    $on = [1 => '', 2 => '$_SERVER["REQUEST_URI"] = "/second/";'];
    $database = MariaDb::get()->pdo(database: 'wordpress_network');
    // Both count their orders alike, and have the same accounts.
    $database->exec('ALTER TABLE wp_posts AUTO_INCREMENT = 50000; ALTER TABLE wp_2_posts AUTO_INCREMENT = 50000');
    foreach ($on as $site => $there) {
        $made = $network->php("return [get_current_blog_id(), stub_order([['{$sandbox->transaction()}', $site]])];", $there);
        same($made, [$site, 50000], 'order');
        $network->php("status(50000, 'processing');", $there);
    }
    $count = static fn(string $table): int => (int) $database->query("SELECT COUNT(*) FROM $table")->fetchColumn();
    same([$count('wp_countersign_outbox'), $count('wp_2_countersign_outbox')], [1, 1], 'rows');
    $network->php(WOO_DRAIN);
    $network->php(WOO_DRAIN, $on[2]);
    same([woo_amounts('50000'), woo_amounts('2-50000')], [[1], [2]], 'orders');
    // In one process the outbox follows switch_to_blog().
    $states = $network->php('$states = [row("50000")]; switch_to_blog(2); $states[] = row("2-50000"); restore_current_blog(); return [...$states, row("50000")];');
    same($states, ['placed', 'placed', 'placed'], 'states');
    $network->php("status(50000, 'cancelled');", $on[2]);
    sleep(2);
    $notes = array_map(static fn($there) => show($network->php(WOO_DRAIN . 'return stub_notes(50000);', $there)), $on);
    same([str_contains($notes[1], 'cancel it'), str_contains($notes[2], 'cancel it')], [false, true], show($notes));
});

test('woocommerce: a call over WordPress\'s own HTTP', static function () use ($sandbox): void {
    $place = '$call = CountersignOrders\accounts()["spiff"]->prepareOrder(' . var_export($sandbox->order('wp-http-1'), true) . ');'
        . ' try { return $call->readWordPress(wp_remote_request($call->url, $call->forWordPress(10)))->externalId; }'
        . ' catch (Countersign\Exception\OutcomeUnknown $doubt) { return $doubt->kind->value; }';
    same([woo_shop()->php($place), count($sandbox->accepted('wp-http-1'))], ['wp-http-1', 1], 'placed');
    $sandbox->fault(['fault' => 'cut_reply', 'target' => 'order']);
    same(woo_shop()->php($place), 'interrupted', 'in doubt');
});

test('woocommerce: uninstalling keeps the keys', static function (): void {
    $admin = 'require_once ABSPATH . "wp-admin/includes/admin.php"; wp_set_current_user(1);';
    $plugin = '"countersign-orders/countersign-orders.php"';
    [$id] = woo_orders(1);
    woo_shop()->php("status($id, 'processing');" . WOO_DRAIN);
    $look = <<<'PHP'
        return [
            (int) $wpdb->get_var('SELECT COUNT(*) FROM wp_countersign_outbox'),
            (int) $wpdb->get_var('SELECT COUNT(*) FROM wp_countersign_outbox WHERE state >= 5 AND body IS NOT NULL'),
            (int) $wpdb->get_var("SELECT COUNT(*) FROM wp_options WHERE option_name LIKE 'countersign%'"),
        ];
        PHP;
    [$rows, $bodies, $options] = woo_shop()->php($look);
    holds($rows > 0 && $bodies > 0 && $options > 0, show([$rows, $bodies, $options]));
    same(woo_shop()->php("$admin deactivate_plugins($plugin); return get_option('stub_actions');"), [], 'no jobs');
    same(woo_shop()->php("$admin uninstall_plugin($plugin); $look"), [$rows, 0, 0], 'rows stay, bodies and options go');
    // Installed again, it knows what was sent.
    woo_shop()->php("$admin activate_plugin($plugin);");
    woo_shop()->php("change($id, ['paid' => time() + 1]); status($id, 'completed', 'processing');" . WOO_DRAIN);
    same(woo_amounts($id), [1], 'orders');
});
