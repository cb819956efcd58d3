<?php
// A shop with PDO and SQLite: mugs by Spiff Commerce, signs by Sign Customiser. README.md says what it does.
//
//   php shop.php install                                   makes the tables
//   php -d ffi.enable=1 -S 127.0.0.1:8000 shop.php         serves the pages
//   php shop.php worker                                    delivers what was paid; start as many as you like, and kill them as you like

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Exception\InvalidOrder;
use Countersign\Exception\VerificationFailed;
use Countersign\Kind;
use Countersign\Outbox;
use Countersign\SignCustomiser;
use Countersign\Spiff;
use Countersign\Webhook;

require is_file(__DIR__ . '/vendor/autoload.php') ? __DIR__ . '/vendor/autoload.php' : __DIR__ . '/../../bindings/php/autoload.php';

define('TEXTS', json_decode(file_get_contents(__DIR__ . '/texts.json'), true));

$pdo = new PDO('sqlite:' . getenv('SHOP_DATABASE'), options: [PDO::ATTR_TIMEOUT => 20, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
$pdo->exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
$spiff = Spiff::fromEnv();
$outbox = new Outbox($pdo, accounts: ['shop' => $spiff, 'signs' => SignCustomiser::fromEnv()]);

/** By its name in texts.json. */
final class Problem extends Exception {}

function query(string $sql, mixed ...$params): array
{
    $statement = $GLOBALS['pdo']->prepare($sql);
    $statement->execute($params);
    return $statement->fetchAll();
}

/** A file of the folder pages. {{…}} is escaped, but for _html, which is a page already; {{…_money}} is in cents. */
function page(string $name, array $values = []): string
{
    $value = function (array $found) use ($values): string {
        // The settings name where the platforms' scripts and the payment are, and the ids that the platforms gave.
        $text = (string) ($values[$found[1]] ?? getenv('SHOP_' . strtoupper($found[1])));
        $text = isset($found[2]) ? '$' . number_format((int) $text / 100, 2, '.', '') : $text;
        return str_ends_with($found[1], '_html') ? $text : htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE);
    };
    return preg_replace_callback('/{{(\w+?)(_money)?}}/', $value, file_get_contents(__DIR__ . "/pages/$name.html"));
}

/** The same page for each line. */
function pages(string $name, array $lines): string
{
    return implode('', array_map(fn($line) => page($name, $line), $lines));
}

function answer(string $title, string $main, int $status = 200): void
{
    http_response_code($status);
    echo page('layout', ['title' => $title, 'main_html' => $main]);
}

/** A field of the form, as text whatever the browser sends. */
function field(string $name, string $otherwise = ''): string
{
    return is_string($_POST[$name] ?? null) ? $_POST[$name] : $otherwise;
}

/** The lines of a cart with what the platforms say of them now. The browser says which design, and never what it costs. */
function lines(string $cart): array
{
    $join = "SELECT * FROM shop_lines LEFT JOIN shop_products ON account = 'signs' AND item = external_id";
    $lines = query("$join WHERE cart = ? ORDER BY account, item", $cart);
    $ids = array_column(array_filter($lines, fn($line) => $line['account'] === 'shop'), 'item');
    $select = 'id designName quantity isOrdered priceModifierTotal previewImageLink product { name basePrice }';
    try {
        $designs = array_column(array_filter($ids ? $GLOBALS['spiff']->transactions($ids, select: $select) : []), null, 'id');
    } catch (CountersignException $failure) {
        $designs = $failure->kind === Kind::MissingData ? [] : throw new Problem('away', previous: $failure);
    }
    foreach ($lines as &$line) {
        $design = $line['account'] === 'shop' ? $designs[$line['item']] ?? null : null;
        if ($design && !$design['isOrdered']) {
            $line['title'] = "{$design['product']['name']}: {$design['designName']}";
            $line['price'] = $design['product']['basePrice'] + ($design['priceModifierTotal'] ?? 0);
            $line['picture'] = $design['previewImageLink'];
        }
        if ($line['price'] === null) {
            query('DELETE FROM shop_lines WHERE cart = ? AND account = ? AND item = ?', $cart, $line['account'], $line['item']);
            throw new Problem('design');
        }
        $line['together'] = $line['price'] * $line['quantity'];
    }
    return $lines;
}

/** What each platform is to make, by the account of the outbox. Both get the shop's own number of the order. */
function orders(array $order): array
{
    $number = ['integration_id' => (int) getenv('SHOP_INTEGRATION'), 'external_id' => $order['id'], 'external_order_number' => $order['id']];
    $orders = [];
    foreach (json_decode($order['bought'], true) as ['account' => $account, 'item' => $item, 'quantity' => $quantity, 'price' => $price]) {
        if ($account === 'shop') {
            $orders['shop'] ??= ['externalId' => $order['id'], 'paid' => true];
            $orders['shop']['orderItems'][] = ['amountToOrder' => $quantity, 'transactionId' => $item];
        } else {
            $orders['signs'] ??= $number + ['currency' => 'USD', 'customer' => ['email' => $order['email']]];
            $orders['signs']['products'][] = ['external_id' => $item, 'quantity' => $quantity, 'price' => $price];
        }
    }
    return $orders;
}

if (PHP_SAPI === 'cli') {
    if ($argv[1] === 'install') {
        $pdo->exec(file_get_contents(__DIR__ . '/schema.sql'));
        $outbox->install();
    }
    while ($argv[1] === 'worker') {
        try {
            $outbox->drain(seconds: 60);
        } catch (CountersignException $failure) {
            error_log("nothing is delivered: {$failure->getMessage()}");
            sleep(5);
        }
    }
    exit;
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$asked = "{$_SERVER['REQUEST_METHOD']} $path";
$cart = preg_match('/^[0-9a-f]{32}$/D', $_COOKIE['cart'] ?? '') ? $_COOKIE['cart'] : '';
$body = file_get_contents('php://input');
if (str_starts_with($path, '/static/')) {
    return false; // PHP's server sends the file itself
}
try {
    if (in_array($asked, ['GET /', 'GET /mug', 'GET /sign'], true)) {
        $name = substr($path, 1) ?: 'home';
        answer(TEXTS['titles'][$name], page($name));
    } elseif ($asked === 'GET /cart') {
        $lines = lines($cart) ?: throw new Problem('empty');
        $total = array_sum(array_column($lines, 'together'));
        answer('Your cart', page('cart', ['lines_html' => pages('line', $lines), 'cart' => $cart, 'total' => $total]));
    } elseif ($asked === 'POST /cart') {
        // Puts a design into the cart, says how many, or takes it out, however often it is sent.
        [$account, $item] = field('shop') !== '' ? ['shop', field('shop')] : ['signs', field('signs')];
        preg_match('/^[\w-]{1,64}$/D', $item) || throw new Problem('design');
        preg_match('/^[0-9]{1,3}$/D', field('quantity', '1')) || throw new Problem('quantity');
        [$cart, $quantity] = [$cart ?: bin2hex(random_bytes(16)), (int) field('quantity', '1')];
        if (field('remove') !== '' || $quantity === 0) {
            query('DELETE FROM shop_lines WHERE cart = ? AND account = ? AND item = ?', $cart, $account, $item);
        } else {
            $upsert = 'INSERT INTO shop_lines VALUES (?, ?, ?, ?) ON CONFLICT (cart, account, item) DO UPDATE SET quantity = excluded.quantity';
            query($upsert, $cart, $account, $item, $quantity);
        }
        setcookie('cart', $cart, ['path' => '/', 'httponly' => true, 'samesite' => 'Lax']);
        header('Location: /cart', response_code: 303);
    } elseif ($asked === 'POST /checkout') {
        // Makes one order of a cart, however often the form is sent.
        $lines = lines(field('cart'));
        $made = fn() => query('SELECT id FROM shop_orders WHERE cart = ?', field('cart'));
        if (!$made()) {
            $lines || throw new Problem('empty');
            preg_match('/^[!-?A-~]{1,99}@[!-?A-~]{1,99}$/D', field('email')) || throw new Problem('email');
            $cost = array_sum(array_column($lines, 'together'));
            field('total') === (string) $cost || throw new Problem('changed');
            $pdo->beginTransaction();
            $insert = 'INSERT INTO shop_orders VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (cart) DO NOTHING';
            query($insert, bin2hex(random_bytes(8)), field('cart'), field('email'), $cost, json_encode($lines, JSON_THROW_ON_ERROR));
            query('DELETE FROM shop_lines WHERE cart = ?', field('cart'));
            $pdo->commit();
        }
        setcookie('cart', '', ['path' => '/', 'expires' => 1]);
        header("Location: /orders/{$made()[0]['id']}", response_code: 303);
    } elseif (str_starts_with($asked, 'GET /orders/')) {
        $order = query('SELECT * FROM shop_orders WHERE id = ?', substr($path, 8))[0] ?? throw new Problem('missing');
        $parts = [];
        foreach (array_keys(orders($order)) as $account) {
            $row = $outbox->get($order['id'], $account);
            // A paid order without a row was refused, as it breaks a rule.
            $state = $row ? TEXTS['outbox'][$row->state->value] : ($order['paid'] ? 'held' : 'unpaid');
            $told = ['maker' => TEXTS['makers'][$account], 'word' => TEXTS['states'][$state][0], 'remote' => $row?->remoteId ?? ''];
            $parts[] = ['state' => $state] + $told;
        }
        // The whole is as the part that needs the most care.
        $state = current(array_intersect(array_keys(TEXTS['states']), array_column($parts, 'state')));
        [$word, $sentence] = TEXTS['states'][$state];
        $told = ['state' => $state, 'word' => $word, 'sentence' => $sentence, 'parts_html' => pages('part', $parts)];
        $told['pay_html'] = $state === 'unpaid' ? page('pay', $order) : '';
        $told['bought_html'] = pages('bought', json_decode($order['bought'], true));
        answer('Your order', page('order', $order + $told));
    } elseif ($asked === 'POST /payments') {
        // What the payment provider calls, and calls again: the order is paid and enqueued, or neither.
        $signature = hash_hmac('sha256', $body, getenv('SHOP_PAYMENT_SECRET'));
        hash_equals($signature, $_SERVER['HTTP_X_PAYMENT_SIGNATURE'] ?? '') || throw new Problem('unsigned');
        $payment = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
        $pdo->beginTransaction(); // what is thrown ends the request, and with it the transaction
        query('UPDATE shop_orders SET paid = 1 WHERE id = ? AND total = ?', $payment['order'], $payment['amount']);
        foreach (query('SELECT * FROM shop_orders WHERE id = ? AND paid = 1', $payment['order']) as $order) {
            foreach (orders($order) as $account => $document) {
                try {
                    $outbox->enqueue($document, $account);
                } catch (InvalidOrder $refused) {
                    error_log("order {$order['id']} is not enqueued: {$refused->getMessage()}"); // paid is paid: a person has to correct it
                }
            }
        }
        $pdo->commit();
    } elseif ($asked === 'POST /products') {
        // A finished sign: Sign Customiser tells it, perhaps again, and waits for the shop's own id of it.
        $event = Webhook::fromEnv(secret: 'integration')->verify($_SERVER, $body);
        ['product_id' => $number, 'title' => $title, 'price' => $price, 'product_image_url' => $picture] = $event->data;
        query('INSERT INTO shop_products VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', "sign-$number", $title, $price, $picture);
        header('Content-Type: application/json');
        echo $event->answer("sign-$number");
    } elseif ($asked === 'POST /webhooks') {
        // That Sign Customiser has an order settles it, if it was in doubt.
        $outbox->notify(Webhook::fromEnv()->verify($_SERVER, $body));
    } else {
        throw new Problem('missing');
    }
} catch (Problem $problem) {
    [$status, $title, $sentence] = TEXTS['problems'][$problem->getMessage()];
    answer($title, page('message', ['title' => $title, 'sentence' => $sentence]), $status);
} catch (VerificationFailed $refused) {
    http_response_code(401);
    echo $refused->kind?->value;
} catch (Throwable $failure) {
    error_log((string) $failure);
    http_response_code(500);
}
