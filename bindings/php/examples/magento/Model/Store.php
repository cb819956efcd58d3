<?php
// The outbox in Magento's own database, over the connection on which orders are saved, and what this module keeps beside it.

declare(strict_types=1);

namespace Shop\Countersign\Model;

use Countersign\Outbox;
use Countersign\Spiff;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\FlagManager;
use Psr\Log\LoggerInterface;

class Store
{
    /** Part of every order's key: never rename it. */
    public const ACCOUNT = 'spiff';

    private ?Outbox $outbox = null;
    private ?\PDO $pdo = null;

    public function __construct(
        private readonly ResourceConnection $resource,
        private readonly FlagManager $flags,
        private readonly LoggerInterface $logger,
    ) {
    }

    public function outbox(): Outbox
    {
        $adapter = $this->resource->getConnection('sales');
        // The adapter connects anew where the server went away: an outbox of before would have the dead connection.
        $pdo = $adapter->getConnection();
        if ($this->outbox === null || $this->pdo !== $pdo) {
            $this->outbox = new Outbox(
                $pdo,
                accounts: [self::ACCOUNT => Spiff::fromEnv(['appInfo' => 'magento-example/1.0'], logger: $this->logger)],
                prefix: $this->resource->getTablePrefix(),
                // Where quotes or everything else have a database of their own, their transaction is not the one of the order.
                host: fn(): bool => $this->isOpenElsewhere($adapter),
                logger: $this->logger,
            );
            $this->pdo = $pdo;
        }
        return $this->outbox;
    }

    /** Makes the tables, and writes down from when on paid orders are this module's. */
    public function install(): void
    {
        // Without accounts: a machine that only deploys has no credentials.
        $pdo = $this->resource->getConnection('sales')->getConnection();
        (new Outbox($pdo, accounts: [], prefix: $this->resource->getTablePrefix()))->install();
        if ($this->installedAt() === null) {
            $this->flags->saveFlag('countersign_installed', time());
        }
    }

    public function installedAt(): ?int
    {
        return $this->flags->getFlagData('countersign_installed');
    }

    private function isOpenElsewhere(object $ours): bool
    {
        foreach (['default', 'checkout'] as $name) {
            $adapter = $this->resource->getConnection($name);
            if ($adapter !== $ours && $adapter->getTransactionLevel() > 0) {
                return true;
            }
        }
        return false;
    }
}
