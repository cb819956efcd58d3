<?php
// The command bin/magento countersign:enqueue: a paid order that a person chose, such as one from before this module was there.

declare(strict_types=1);

namespace Shop\Countersign\Console;

use Shop\Countersign\Model\Orders;
use Shop\Countersign\Model\Store;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

class EnqueueCommand extends Command
{
    public function __construct(private readonly Store $store, private readonly Orders $orders)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->setName('countersign:enqueue')
            ->setDescription('Enqueues a paid order that is not placed yet')
            ->addArgument('order', InputArgument::REQUIRED, 'its number, such as 000000123');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $id = (string) $input->getArgument('order');
        $order = $this->orders->find('increment_id', $id);
        $order === null || $this->orders->align($order, chosen: true);
        $row = $this->store->outbox()->get($id);
        $output->writeln($row === null ? "Order $id is not in the outbox: is it there, paid, and has designs?" : "Order $id: {$row->state->value}.");
        return $row === null ? 1 : 0;
    }
}
