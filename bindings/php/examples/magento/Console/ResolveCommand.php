<?php
// The command bin/magento countersign:resolve: what a person decides about an order that no rule can.

declare(strict_types=1);

namespace Shop\Countersign\Console;

use Countersign\Exception\CountersignException;
use Shop\Countersign\Model\Store;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

class ResolveCommand extends Command
{
    public function __construct(private readonly Store $store)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->setName('countersign:resolve')
            ->setDescription('Decides about an order, after a look at the platform')
            ->addArgument('order', InputArgument::REQUIRED, 'its number')
            ->addArgument('decision', InputArgument::REQUIRED, 'placed: the platform has it. retry: try it again. drop: give it up')
            ->addArgument('who', InputArgument::REQUIRED, 'who decides')
            ->addArgument('why', InputArgument::REQUIRED, 'why, for those who look later');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        [$id, $decision, $who, $why] = array_map(static fn($name) => (string) $input->getArgument($name), ['order', 'decision', 'who', 'why']);
        try {
            $row = $this->store->outbox()->resolve($id, $decision, $who, $why);
        } catch (CountersignException $refused) {
            $output->writeln($refused->getMessage());
            return 1;
        }
        $output->writeln("Order $id: {$row->state->value}.");
        return 0;
    }
}
