<?php
// Magento, as far as the module uses it. It cannot be had here: this was written by what its sources and documents say. Orders, flags,
// comments and locks are in a real MariaDB, in real transactions of PDO. What the module uses:
//
//   ComponentRegistrar: register, MODULE
//   ResourceConnection: getConnection('sales', 'default', 'checkout'), getTablePrefix
//   the adapter: getConnection (its PDO), getTransactionLevel
//   FlagManager: getFlagData, saveFlag; LockManagerInterface: lock, unlock
//   Sales\Model\Order: getId, getIncrementId, getState, getCreatedAt, getBaseTotalDue, getAllVisibleItems, getAllStatusHistory,
//     addCommentToStatusHistory; a comment: getComment; OrderStatusHistoryRepositoryInterface: save
//   an order's item: getQtyOrdered, getQtyRefunded, getQtyCanceled, getProductOptionByCode('info_buyRequest')
//   the collection of orders: addFieldToFilter (a value, gt, gteq, in), setOrder, setPageSize, getItems, getFirstItem
//   ObserverInterface, Observer: getEvent()->getOrder(); the event sales_order_save_commit_after; crontab.xml
//   DataPatchInterface, NonTransactionableInterface
//   Psr\Log\LoggerInterface; Symfony's Command, InputInterface, InputArgument, OutputInterface
//
// The rest is for the tests: Stub\Magento is a shop; its save() is that of an order's resource model: a transaction, and the event
// after the outermost commit.

declare(strict_types=1);

namespace {
    require_once __DIR__ . '/../psr.php'; // LoggerInterface
}

namespace Magento\Framework\Component {
    class ComponentRegistrar
    {
        public const MODULE = 'module';
        public static array $modules = [];
        public static function register(string $type, string $name, string $path): void
        {
            self::$modules[$name] = [$type, $path];
        }
    }
}

namespace Magento\Framework\App {
    class ResourceConnection
    {
        /** @param array<string, \Stub\Adapter> $connections by the name of the resource; all others are the default one */
        public function __construct(public array $connections)
        {
        }
        public function getConnection(string $resource = 'default'): \Stub\Adapter
        {
            return $this->connections[$resource] ?? $this->connections['default'];
        }
        public function getTablePrefix(): string
        {
            return 'm2_';
        }
    }
}

namespace Magento\Framework {
    class FlagManager
    {
        public function __construct(private App\ResourceConnection $resource)
        {
        }
        public function getFlagData(string $code): mixed
        {
            $found = $this->resource->getConnection()->getConnection()->query("SELECT flag_data FROM flag WHERE flag_code = '$code'")->fetchColumn();
            return $found === false ? null : json_decode($found, true);
        }
        public function saveFlag(string $code, mixed $value): bool
        {
            return $this->resource->getConnection()->getConnection()->prepare('REPLACE INTO flag VALUES (?, ?)')->execute([$code, json_encode($value)]);
        }
    }
}

namespace Magento\Framework\Lock {
    interface LockManagerInterface
    {
        public function lock(string $name, int $timeout = -1): bool;
        public function unlock(string $name): bool;
    }
}

namespace Magento\Framework\Event {
    interface ObserverInterface
    {
        public function execute(Observer $observer);
    }
    class Observer
    {
        public function __construct(private \Magento\Sales\Model\Order $order)
        {
        }
        public function getEvent(): self
        {
            return $this;
        }
        public function getOrder(): \Magento\Sales\Model\Order
        {
            return $this->order;
        }
    }
}

namespace Magento\Framework\Setup\Patch {
    interface DataPatchInterface
    {
        public static function getDependencies();
        public function getAliases();
        public function apply();
    }
    interface NonTransactionableInterface
    {
    }
}

namespace Magento\Sales\Api {
    interface OrderStatusHistoryRepositoryInterface
    {
        public function save(object $comment);
    }
}

namespace Magento\Sales\Model {
    class Order
    {
        /** @param array<string, mixed> $data a row of sales_order; the items are JSON in it */
        public function __construct(public array $data, private \PDO $pdo)
        {
        }
        public function getId(): mixed
        {
            return $this->data['entity_id'] ?? null;
        }
        public function getIncrementId(): ?string
        {
            return $this->data['increment_id'];
        }
        public function getState(): ?string
        {
            return $this->data['state'];
        }
        public function getCreatedAt(): string
        {
            return $this->data['created_at'];
        }
        public function getBaseTotalDue(): float
        {
            return max($this->data['base_grand_total'] - $this->data['base_total_paid'], 0.0);
        }
        public function getAllVisibleItems(): array
        {
            return array_map(static fn($item) => new \Stub\Item($item), json_decode($this->data['items'], true, 512, JSON_THROW_ON_ERROR));
        }
        public function getAllStatusHistory(): array
        {
            $found = $this->pdo->query("SELECT comment FROM sales_order_status_history WHERE parent_id = {$this->getId()} ORDER BY entity_id DESC");
            return array_map(fn($text) => new \Stub\Comment((int) $this->getId(), $text), $found->fetchAll(\PDO::FETCH_COLUMN));
        }
        public function addCommentToStatusHistory(string $comment): \Stub\Comment
        {
            return new \Stub\Comment((int) $this->getId(), $comment);
        }
    }
}

namespace Magento\Sales\Model\ResourceModel\Order {
    class CollectionFactory
    {
        public function __construct(private \Magento\Framework\App\ResourceConnection $resource)
        {
        }
        public function create(): Collection
        {
            return new Collection($this->resource->getConnection('sales')->getConnection());
        }
    }
    class Collection
    {
        private array $where = ['1'];
        private string $tail = '';
        public function __construct(private \PDO $pdo)
        {
        }
        public function addFieldToFilter(string $field, mixed $condition): self
        {
            $quote = fn($value) => $this->pdo->quote((string) $value);
            [$operator, $value] = is_array($condition) ? [array_key_first($condition), current($condition)] : ['eq', $condition];
            $value = is_array($value) ? '(' . implode(',', array_map($quote, $value)) . ')' : $quote($value);
            $this->where[] = "$field " . ['eq' => '=', 'gt' => '>', 'gteq' => '>=', 'in' => 'IN'][$operator] . " $value";
            return $this;
        }
        public function setOrder(string $field, string $direction): self
        {
            $this->tail = " ORDER BY $field $direction$this->tail";
            return $this;
        }
        public function setPageSize(int $size): self
        {
            $this->tail .= " LIMIT $size";
            return $this;
        }
        public function getItems(): array
        {
            $rows = $this->pdo->query('SELECT * FROM sales_order WHERE ' . implode(' AND ', $this->where) . $this->tail)->fetchAll(\PDO::FETCH_ASSOC);
            return array_map(fn($row) => new \Magento\Sales\Model\Order($row, $this->pdo), $rows);
        }
        public function getFirstItem(): \Magento\Sales\Model\Order
        {
            return $this->getItems()[0] ?? new \Magento\Sales\Model\Order([], $this->pdo);
        }
    }
}

namespace Symfony\Component\Console\Input {
    interface InputInterface
    {
        public function getArgument(string $name);
    }
    class InputArgument
    {
        public const REQUIRED = 1;
        public const OPTIONAL = 2;
    }
}

namespace Symfony\Component\Console\Output {
    interface OutputInterface
    {
        public function writeln(string $message);
    }
}

namespace Symfony\Component\Console\Command {
    class Command
    {
        public string $name = '';
        public array $arguments = [];
        public function __construct()
        {
            $this->configure();
        }
        protected function configure()
        {
        }
        public function setName(string $name): static
        {
            $this->name = $name;
            return $this;
        }
        public function setDescription(string $text): static
        {
            return $this;
        }
        public function addArgument(string $name, ?int $mode = null, string $description = '', mixed $default = null): static
        {
            $this->arguments[$name] = [$mode, $default];
            return $this;
        }
    }
}

namespace Stub {
    use Symfony\Component\Console;

    /** An adapter: transactions are nested by counting, and what waits for the commit runs after the outermost one. */
    final class Adapter
    {
        public array $afterCommit = [];
        private ?\PDO $pdo = null;
        private int $level = 0;
        public function __construct(private \Closure $connect)
        {
        }
        public function getConnection(): \PDO
        {
            return $this->pdo ??= ($this->connect)();
        }
        public function closeConnection(): void
        {
            $this->pdo = null;
        }
        public function getTransactionLevel(): int
        {
            return $this->level;
        }
        public function beginTransaction(): void
        {
            $this->level++ === 0 && $this->getConnection()->beginTransaction();
        }
        public function commit(): void
        {
            if (--$this->level === 0) {
                $this->getConnection()->commit();
                [$waiting, $this->afterCommit] = [$this->afterCommit, []];
                array_map(static fn($call) => $call(), $waiting);
            }
        }
        /** @param bool $forgets older versions forget what waits only where a resource model rolls back */
        public function rollBack(bool $forgets = true): void
        {
            $this->level = 0;
            $this->getConnection()->rollBack();
            $this->afterCommit = $forgets ? [] : $this->afterCommit;
        }
    }

    final class Item
    {
        public function __construct(private array $data)
        {
        }
        public function getQtyOrdered(): ?string
        {
            return $this->data['ordered'];
        }
        public function getQtyRefunded(): ?string
        {
            return $this->data['refunded'] ?? null;
        }
        public function getQtyCanceled(): ?string
        {
            return $this->data['cancelled'] ?? null;
        }
        public function getProductOptionByCode(string $code): ?array
        {
            return $code === 'info_buyRequest' ? $this->data['request'] ?? null : null;
        }
    }

    final class Comment
    {
        public function __construct(public int $order, private string $comment)
        {
        }
        public function getComment(): string
        {
            return $this->comment;
        }
    }

    final class Comments implements \Magento\Sales\Api\OrderStatusHistoryRepositoryInterface
    {
        public function __construct(private \Magento\Framework\App\ResourceConnection $resource)
        {
        }
        public function save(object $comment): void
        {
            $insert = $this->resource->getConnection('sales')->getConnection()->prepare('INSERT INTO sales_order_status_history (parent_id, comment) VALUES (?, ?)');
            $insert->execute([$comment->order, $comment->getComment()]);
        }
    }

    final class Locks implements \Magento\Framework\Lock\LockManagerInterface
    {
        public function __construct(private \Magento\Framework\App\ResourceConnection $resource)
        {
        }
        public function lock(string $name, int $timeout = -1): bool
        {
            return (bool) $this->resource->getConnection()->getConnection()->query("SELECT GET_LOCK(CONCAT(DATABASE(), '.$name'), $timeout)")->fetchColumn();
        }
        public function unlock(string $name): bool
        {
            return (bool) $this->resource->getConnection()->getConnection()->query("SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.$name'))")->fetchColumn();
        }
    }

    final class ShopLog implements \Psr\Log\LoggerInterface
    {
        /** @var list<string> */
        public array $errors = [];
        public function log($level, string|\Stringable $message, array $context = []): void
        {
        }
        public function error(string|\Stringable $message, array $context = []): void
        {
            $this->errors[] = (string) $message;
        }
    }

    /** A shop: what its processes share is in the database; each object is a process of its own. */
    final class Magento
    {
        public readonly \Magento\Framework\App\ResourceConnection $resource;
        public readonly ShopLog $log;
        /** @var array<string, object> */
        private array $made;

        /**
         * @param \Closure(): \PDO $connect
         * @param bool $split quotes and everything else have another connection than orders
         */
        public function __construct(\Closure $connect, private string $module, bool $split = false)
        {
            $adapters = ['default' => new Adapter($connect)] + ($split ? ['sales' => new Adapter($connect)] : []);
            $this->resource = new \Magento\Framework\App\ResourceConnection($adapters);
            $this->log = new ShopLog();
            $this->made = [
                \Magento\Framework\App\ResourceConnection::class => $this->resource,
                \Psr\Log\LoggerInterface::class => $this->log,
                \Magento\Framework\Lock\LockManagerInterface::class => new Locks($this->resource),
                \Magento\Sales\Api\OrderStatusHistoryRepositoryInterface::class => new Comments($this->resource),
            ];
        }

        /** The object of a class, made of what its constructor asks for. */
        public function get(string $class): object
        {
            $parameters = (new \ReflectionClass($class))->getConstructor()?->getParameters() ?? [];
            return $this->made[$class] ??= new $class(...array_map(fn($parameter) => $this->get((string) $parameter->getType()), $parameters));
        }

        /**
         * The elements with a name in a file of the module's etc/, wherever they are. PHP may have no reader of XML; Python does.
         *
         * @return list<array<string, string>> attributes, and the text as ""
         */
        public function config(string $file, string $element): array
        {
            static $read = [];
            $code = 'import sys, json, xml.etree.ElementTree as tree;'
                . 'print(json.dumps([[e.tag, {**e.attrib, "": (e.text or "").strip()}] for e in tree.parse(sys.argv[1]).iter()]))';
            $read[$file] ??= json_decode(\run(['python3', '-c', $code, "$this->module/etc/$file.xml"])[1], true, 512, JSON_THROW_ON_ERROR);
            return array_column(array_filter($read[$file], static fn($found) => $found[0] === $element), 1);
        }

        public static function tables(\PDO $pdo): void
        {
            $pdo->exec('CREATE TABLE flag (flag_code VARCHAR(255) PRIMARY KEY, flag_data TEXT) ENGINE=InnoDB');
            $pdo->exec('CREATE TABLE sales_order_status_history (entity_id INT AUTO_INCREMENT PRIMARY KEY, parent_id INT, comment TEXT) ENGINE=InnoDB');
            $pdo->exec('CREATE TABLE sales_order (entity_id INT AUTO_INCREMENT PRIMARY KEY, increment_id VARCHAR(50) UNIQUE, state VARCHAR(32), base_grand_total DECIMAL(20,4), base_total_paid DECIMAL(20,4), items TEXT, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP) ENGINE=InnoDB');
        }

        /**
         * Saves an order as its resource model does.
         *
         * @param array<string, mixed> $data columns of a new order, or those of one that change
         * @return int its id
         */
        public function save(array $data, ?int $id = null): int
        {
            $adapter = $this->resource->getConnection('sales');
            $adapter->beginTransaction();
            $pdo = $adapter->getConnection();
            $set = implode(', ', array_map(static fn($name) => "$name = ?", array_keys($data)));
            $pdo->prepare($id === null ? "INSERT INTO sales_order SET $set" : "UPDATE sales_order SET $set WHERE entity_id = $id")->execute(array_values($data));
            $id ??= (int) $pdo->lastInsertId();
            $saved = new \Magento\Sales\Model\Order($pdo->query("SELECT * FROM sales_order WHERE entity_id = $id")->fetch(\PDO::FETCH_ASSOC), $pdo);
            $adapter->afterCommit[] = fn() => $this->dispatch('sales_order_save_commit_after', $saved);
            $adapter->commit();
            return $id;
        }

        public function dispatch(string $event, \Magento\Sales\Model\Order $order): void
        {
            \same(array_column($this->config('events', 'event'), 'name'), [$event], 'the module hears of one event');
            foreach ($this->config('events', 'observer') as $observer) {
                $this->get($observer['instance'])->execute(new \Magento\Framework\Event\Observer($order));
            }
        }

        /** Applies a data patch: in a transaction, unless it says that it cannot be. */
        public function patch(string $class): void
        {
            $patch = $this->get($class);
            $adapter = $this->resource->getConnection();
            $whole = !$patch instanceof \Magento\Framework\Setup\Patch\NonTransactionableInterface;
            $whole && $adapter->beginTransaction();
            $patch->apply();
            $whole && $adapter->commit();
        }

        public function cron(string $name): void
        {
            foreach ($this->config('crontab', 'job') as $job) {
                $job['name'] === $name && $this->get($job['instance'])->{$job['method']}();
            }
        }

        /** @return array{int, list<string>} exit code and lines of bin/magento NAME ARGUMENT… */
        public function console(string $name, string ...$given): array
        {
            foreach ($this->config('di', 'item') as $item) {
                $command = $this->get($item['']);
                if ($command->name !== $name) {
                    continue;
                }
                $arguments = [];
                foreach ($command->arguments as $argument => [$mode, $default]) {
                    $arguments[$argument] = array_shift($given) ?? $default;
                }
                $input = new class ($arguments) implements Console\Input\InputInterface {
                    public function __construct(private array $arguments)
                    {
                    }
                    public function getArgument(string $name): mixed
                    {
                        return $this->arguments[$name];
                    }
                };
                $output = new class implements Console\Output\OutputInterface {
                    public array $lines = [];
                    public function writeln(string $message): void
                    {
                        $this->lines[] = $message;
                    }
                };
                return [(new \ReflectionMethod($command, 'execute'))->invoke($command, $input, $output), $output->lines];
            }
            throw new \Failure("no command $name");
        }
    }
}
