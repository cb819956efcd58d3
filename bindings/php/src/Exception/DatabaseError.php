<?php
// What a database says about a statement that failed.

declare(strict_types=1);

namespace Countersign\Exception;

/** A statement failed. Whoever implements {@see \Countersign\OutboxConnection} throws it; it reaches no caller of the outbox. */
final class DatabaseError extends \RuntimeException
{
    /**
     * @param int $number the database's own number, such as 1062; 0 if it is not known
     * @param string $sqlState SQLSTATE, such as "23000"; empty if it is not known
     * @param bool $lost the connection broke: the statement may have been done
     */
    public function __construct(
        string $message,
        public readonly int $number = 0,
        public readonly string $sqlState = '',
        public readonly bool $lost = false,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, $number, $previous);
    }
}
