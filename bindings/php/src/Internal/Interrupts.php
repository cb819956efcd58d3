<?php
// Calls whose outcome must reach the caller, also where a signal's handler throws.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;

/** @internal */
final class Interrupts
{
    /**
     * Does the work with handlers of signals (pcntl_async_signals) held back, and runs them when its outcome is known. What a
     * handler throws then is thrown, with that outcome at the end of its previous exceptions: the failure, or for a success
     * what `$lost` makes, because the answer reaches nobody. The same holds for what a destructor throws that PHP's garbage
     * collector ran meanwhile.
     *
     * @template T
     * @param callable(): T $work
     * @param callable(): CountersignException $lost what is known where the answer is lost; a read has no outcome to lose
     * @return T
     */
    public static function held(callable $work, callable $lost): mixed
    {
        $async = function_exists('pcntl_async_signals') && pcntl_async_signals(false);
        $answer = $known = $strike = null;
        try {
            $answer = $work();
        } catch (CountersignException $failure) {
            $known = $failure;
        } catch (\Throwable $fault) {
            $strike = $fault;
        }
        if ($async) {
            try {
                pcntl_async_signals(true);
                pcntl_signal_dispatch();
            } catch (\Throwable $interrupt) {
                pcntl_async_signals(false);
                $strike = $interrupt;
            }
        }
        if ($strike === null) {
            return $known === null ? $answer : throw $known;
        }
        // PHP itself makes what is thrown first a previous exception of what is thrown in `finally`.
        try {
            $lost = $known ?? $lost();
            if ($known !== null || $lost->outcome !== null) {
                throw $lost;
            }
        } finally {
            try {
                throw $strike;
            } finally {
                $async && pcntl_async_signals(true);
            }
        }
    }
}
