<?php
// The eraser of personal data: forgets what has ended. What is still to be made, or decided, has to be known until then.

declare(strict_types=1);

namespace CountersignOrders;

use Countersign\State;

const ENDED = [State::Placed, State::Rejected, State::Cancelled];

function erasers(array $erasers): array
{
    return ['countersign' => ['eraser_friendly_name' => 'Countersign outbox', 'callback' => __NAMESPACE__ . '\\erase']] + $erasers;
}

/** @return array{items_removed: bool, items_retained: bool, messages: list<string>, done: bool} */
function erase(string $email, int $page = 1): array
{
    if (($why = closed()) !== null) {
        return ['items_removed' => false, 'items_retained' => true, 'messages' => ["The outbox forgets with the library alone: countersign outbox forget. $why"], 'done' => true];
    }
    $orders = wc_get_orders(['type' => 'shop_order', 'billing_email' => $email, 'orderby' => 'ID', 'order' => 'ASC', 'limit' => 50, 'paged' => $page]);
    $answer = ['items_removed' => false, 'items_retained' => false, 'messages' => [], 'done' => count($orders) < 50];
    foreach ($orders as $order) {
        foreach (rows_of($order) as $row) {
            if ($row->externalId === '') {
                continue; // forgotten before
            }
            if (!in_array($row->state, ENDED, true)) {
                $answer['items_retained'] = true;
                $answer['messages'][] = $row->state === State::Held
                    ? "Order $row->externalId for $row->account waits for your decision, and is kept until then: decide, and erase again."
                    : "Order $row->externalId is on its way to $row->account, and is kept until it has ended: erase again then.";
                continue;
            }
            outbox()->forget($row->externalId, $row->account);
            $answer['items_removed'] = true;
        }
    }
    return $answer;
}
