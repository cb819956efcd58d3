<?php
// Runs an operation of the outbox step by step over a connection of the host's own.

declare(strict_types=1);

namespace Countersign\Internal;

use Countersign\Exception\CountersignException;
use Countersign\Exception\DatabaseError;
use Countersign\OutboxConnection;

/** @internal */
final class Steps
{
    /** @throws CountersignException */
    public static function run(Handle $outbox, OutboxConnection $connection, string $operation, string $input): mixed
    {
        $library = $outbox->library;
        $task = $library->make('outbox_task', 'countersign_outbox_begin', $outbox->pointer, $operation, $input);
        $answer = '';
        while (true) {
            $text = $library->textOf('countersign_outbox_task_next', $task->pointer, $answer);
            $step = Json::decode($text);
            switch ($step['step']) {
                case 'sql':
                    $step['stop'] && self::signals();
                    $answer = self::execute($connection, $step);
                    break;
                case 'call':
                    $library->run('countersign_outbox_task_perform', $task->pointer);
                    $answer = '';
                    break;
                case 'wait':
                    $until = hrtime(true) + $step['ms'] * 1_000_000;
                    while (($left = $until - hrtime(true)) > 0) {
                        $step['stop'] && self::signals();
                        usleep((int) min($left / 1000, 100_000));
                    }
                    $answer = '';
                    break;
                default:
                    return $step['answer'];
            }
        }
    }

    /** @param array{sql: string, params: list<int|string|null>, rows: bool, commit: bool} $step */
    private static function execute(OutboxConnection $connection, #[\SensitiveParameter] array $step): string
    {
        try {
            $done = $connection->execute($step['sql'], $step['params'], $step['rows']);
            if ($step['commit']) {
                try {
                    $connection->execute('COMMIT', [], false);
                } catch (DatabaseError $error) {
                    // Whether it stands, nobody knows.
                    throw new DatabaseError($error->getMessage(), $error->number, $error->sqlState, true, $error);
                }
            }
        } catch (DatabaseError $error) {
            $told = ['code' => $error->number, 'sqlstate' => $error->sqlState, 'message' => $error->getMessage(), 'lost' => $error->lost];
            return json_encode(['error' => $told], JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR);
        }
        return json_encode($step['rows'] ? ['rows' => $done] : ['count' => $done], JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR);
    }

    /** Lets the handlers of signals run that came meanwhile, where nothing is lost if one ends the work. */
    private static function signals(): void
    {
        if (function_exists('pcntl_signal_dispatch')) {
            pcntl_signal_dispatch();
        }
    }
}
