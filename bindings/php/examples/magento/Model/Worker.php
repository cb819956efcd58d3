<?php
// The work in the background: sends what waits, and tells what became of it.

declare(strict_types=1);

namespace Shop\Countersign\Model;

use Countersign\Row;
use Countersign\State;
use Magento\Framework\FlagManager;
use Magento\Framework\Lock\LockManagerInterface;

class Worker
{
    public function __construct(
        private readonly Store $store,
        private readonly Orders $orders,
        private readonly FlagManager $flags,
        private readonly LockManagerInterface $locks,
    ) {
    }

    /**
     * Sends and reads back what is due, one order after the other. Safe to overlap. A call that is under way ends first.
     *
     * @return int how many orders changed
     */
    public function drain(float $seconds): int
    {
        $until = microtime(true) + $seconds;
        $changed = 0;
        do {
            $drained = $this->store->outbox()->drain(seconds: 1, max: 1);
            $changed += count($drained->changed);
        } while (microtime(true) < $until && $drained->nextDue !== null && $drained->nextDue <= time());
        $this->one('countersign_tell', fn() => $this->tell($until + 10));
        return $changed;
    }

    public function sweep(float $seconds): void
    {
        $this->one('countersign_sweep', fn() => $this->orders->sweep(microtime(true) + $seconds));
    }

    /** Comments the orders that changed, whoever changed them. */
    private function tell(float $until): void
    {
        $outbox = $this->store->outbox();
        do {
            $changes = $outbox->changes($this->flags->getFlagData('countersign_cursor'), 20);
            foreach ($changes->rows as $row) {
                $order = $row->externalId === '' ? null : $this->orders->find('increment_id', $row->externalId);
                // A list has no history.
                $text = $this->inWords($outbox->get($row->externalId, $row->account) ?? $row);
                if ($order !== null && $text !== '') {
                    $this->orders->say($order, $text);
                }
            }
            // The comments come first: one that is there is not written again.
            $changes->rows === [] || $this->flags->saveFlag('countersign_cursor', $changes->cursor);
        } while ($changes->rows !== [] && microtime(true) < $until);
    }

    private function inWords(Row $row): string
    {
        $why = $row->history ? rtrim(' ' . ($row->history[array_key_last($row->history)]['why'] ?? '')) : '';
        $words = match ($row->state) {
            State::Placed => $row->remoteId === null ? 'placed.' : "placed as $row->remoteId.",
            State::Unknown => "it may have arrived. It is read back before it is sent again.$why",
            State::Held => "held ($row->reason): a person must look, and decide by bin/magento countersign:resolve.$why",
            State::Rejected => "refused by the platform.$why",
            State::Cancelled => 'cancelled, and not at the platform.',
            default => '',
        };
        // What the platform has, and should not, or not so.
        $alerts = array_intersect($row->flags, ['possible_duplicate', 'cancel_at_platform', 'placed_after_its_end', 'conflict']);
        return $words === '' || $alerts === [] ? $words : "$words A person must look: " . implode(', ', $alerts) . '.';
    }

    /** @param callable(): void $work of which no two run at once */
    private function one(string $name, callable $work): void
    {
        if (!$this->locks->lock($name, 0)) {
            return;
        }
        try {
            $work();
        } finally {
            $this->locks->unlock($name);
        }
    }
}
