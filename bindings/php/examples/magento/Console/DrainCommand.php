<?php
// The command bin/magento countersign:drain

declare(strict_types=1);

namespace Shop\Countersign\Console;

use Shop\Countersign\Model\Worker;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

class DrainCommand extends Command
{
    public function __construct(private readonly Worker $worker)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->setName('countersign:drain')
            ->setDescription('Takes up paid orders that were missed, and sends what waits')
            ->addArgument('seconds', InputArgument::OPTIONAL, 'how long it may take', '50');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $seconds = (float) $input->getArgument('seconds');
        $this->worker->sweep(seconds: $seconds / 2);
        $output->writeln($this->worker->drain(seconds: $seconds / 2) . ' orders changed.');
        return 0;
    }
}
