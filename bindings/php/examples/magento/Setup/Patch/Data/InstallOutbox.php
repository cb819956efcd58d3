<?php
// Makes the outbox's tables at setup:upgrade. A db_schema.xml cannot: it knows no charset of a column, and later versions of the
// library add to the tables themselves.

declare(strict_types=1);

namespace Shop\Countersign\Setup\Patch\Data;

use Magento\Framework\Setup\Patch\DataPatchInterface;
use Magento\Framework\Setup\Patch\NonTransactionableInterface;
use Shop\Countersign\Model\Store;

/** Not in a transaction: MySQL would commit it with the first table. */
class InstallOutbox implements DataPatchInterface, NonTransactionableInterface
{
    public function __construct(private readonly Store $store)
    {
    }

    public function apply(): self
    {
        $this->store->install();
        return $this;
    }

    public static function getDependencies(): array
    {
        return [];
    }

    public function getAliases(): array
    {
        return [];
    }
}
