<?php
// The command bin/magento countersign:list: the orders that a person must look at. Exit code 1 if there is one, or anything else is wrong.

declare(strict_types=1);

namespace Shop\Countersign\Console;

use Shop\Countersign\Model\Store;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

class ListCommand extends Command
{
    public function __construct(private readonly Store $store)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->setName('countersign:list')
            ->setDescription('Lists the orders that a person must look at, or those in a state')
            ->addArgument('state', InputArgument::OPTIONAL, 'pending, sending, unknown, held, placed, rejected or cancelled');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $outbox = $this->store->outbox();
        $state = $input->getArgument('state');
        $after = null;
        do {
            $list = $outbox->list(state: $state, alerts: $state === null, after: $after);
            foreach ($list->rows as $row) {
                $output->writeln(implode(' ', array_filter([$row->externalId, $row->state->value, $row->reason, ...$row->flags])));
            }
        } while (($after = $list->next) !== null);
        $checked = $outbox->check();
        foreach ([...$checked->problems, ...$checked->warnings] as $sentence) {
            $output->writeln("! $sentence");
        }
        return $checked->ok ? 0 : 1;
    }
}
