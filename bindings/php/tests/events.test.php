<?php
// Events of tests/vectors/events.json: what is said of a call that something struck.

declare(strict_types=1);

use Countersign\Exception\CountersignException;
use Countersign\Spiff;

/** The input of a row, with a number that is none where null stands. */
function unserialisable(mixed $value): mixed
{
    return is_array($value) ? array_map(unserialisable(...), $value) : $value ?? NAN;
}

// Nobody listens there: whoever sends something is told so.
$spiff = new Spiff(applicationKey: 'k', baseUrl: 'http://127.0.0.1:9');
$panics = ['order' => '__panic', 'change' => '__panic_change', 'read' => '__panic_read'];
$strike = [
    'panic' => static fn(array $row) => $spiff->run($panics[$row['effect']]),
    'reply_without_body' => static fn(array $row) => $spiff->prepare($row['operation'], $row['input'])->read(200, [], null),
    'interrupted_after_success' => static function (array $row): void {
        $interrupt = (new Signalling())->interrupted(static fn(Spiff $spiff) => $spiff->run($row['operation'], $row['input']));
        same(count($interrupt->getPrevious()?->attempts ?? []), 1, 'attempts');
        throw $interrupt->getPrevious();
    },
    'bad_input' => static fn(array $row) => $spiff->run($row['operation'], $row['input']),
    'unserialisable' => static fn(array $row) => $spiff->run($row['operation'], unserialisable($row['input'])),
];
// PHP waits in its own thread: there is nothing that waits for its turn, nothing that ends a call, nothing to close.
$elsewhere = ['aborted_waiting', 'expired_waiting', 'busy', 'aborted_under_way', 'closed_client'];

test('events.json: every event is known, or is none of PHP', static function () use ($strike, $elsewhere): void {
    $events = array_values(array_unique(array_column(vectors('events.json'), 'event')));
    $known = [...array_keys($strike), ...$elsewhere];
    sort($events);
    sort($known);
    same($known, $events, 'events');
});

foreach (vectors('events.json') as $row) {
    if (in_array($row['event'], $elsewhere, true)) {
        continue;
    }
    test("events.json {$row['id']}", static function () use ($strike, $row): void {
        $due = $row['error'];
        $before = time();
        $error = raises(CountersignException::class, static fn() => $strike[$row['event']]($row), $due['kind']);
        same($error->outcome?->value, $due['outcome'], 'outcome');
        same([$error->retryable, $error->nextStep], [$due['retryable'], $due['next_step']], 'what to do');
        if ($due['sent_at'] === null) {
            same([$error->sentAt, $error->settleAfter], [null, null], 'times');
        } else {
            holds($error->sentAt >= $before && $error->sentAt <= time(), "sent at $error->sentAt, not $before");
            same($error->settleAfter, $error->sentAt + $due['settle_after'], 'settle after');
        }
        $paths = array_column($error->problems, 'path');
        sort($paths);
        sort($due['problems']);
        same($paths, $due['problems'], 'paths of "' . $error->getMessage() . '"');
    });
}
