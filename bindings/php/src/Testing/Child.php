<?php
// The command while it runs as a child of this process, and how it ended.

declare(strict_types=1);

namespace Countersign\Testing;

use Countersign\Internal\Command;
use Countersign\Internal\Library;

/** @internal */
final class Child
{
    /** Seconds that it may take to end when it is told to. */
    private const END = 5;

    /** @var resource */
    private $process;

    /** @var resource it ends when this closes; no other child of this process has it */
    private $input;

    /** @var resource */
    private $output;

    /** @var resource what it says on standard error: to be read once it has ended */
    private $said;

    /** A process that was forked has all this too, and it is none of its business. */
    private readonly int $owner;

    private ?string $end = null;

    /** @param list<string> $arguments */
    public function __construct(private readonly string $command, array $arguments)
    {
        if (!is_file($command) || !is_executable($command)) {
            throw new SandboxError("The sandbox is the command countersign, and $command cannot be run. " . Command::INSTALL);
        }
        $this->owner = (int) getmypid();
        $this->said = tmpfile();
        $process = @proc_open([$command, ...$arguments], [['pipe', 'r'], ['pipe', 'w'], $this->said], $pipes);
        if ($process === false) {
            throw new SandboxError("The sandbox could not be started: $command cannot be run. " . Command::INSTALL);
        }
        [$this->process, $this->input, $this->output] = [$process, ...$pipes];
    }

    /**
     * What its ready line says.
     *
     * @param float $patience in seconds
     * @return array<string, mixed>
     * @throws SandboxError that says why there is none
     */
    public function ready(float $patience): array
    {
        $line = $this->line($patience);
        $told = json_decode($line, true);
        if (($told['ready'] ?? false) === true) {
            $version = $told['version'] ?? 'without a version';
            return $version === Library::VERSION ? $told : throw new SandboxError(
                "{$this->command} is countersign $version, and this package is " . Library::VERSION . ': both must be the same. ' . Command::INSTALL,
            );
        }
        if (isset($told['error']['message'])) {
            throw new SandboxError($told['error']['message']);
        }
        // What closed its standard output is about to end.
        $end = $this->ended($line === '' && feof($this->output) ? 1 : 0);
        $this->stop();
        $how = $line === '' ? $end ?? "it printed nothing for $patience s" : 'it printed ' . json_encode(substr($line, 0, 200), JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE);
        throw new SandboxError(
            "The sandbox did not come up: {$this->command}, $how. {$this->words()} It must be the command countersign " . Library::VERSION . '. ' . Command::INSTALL,
        );
    }

    /** Its first line, or what there is of it in time. */
    private function line(float $patience): string
    {
        stream_set_blocking($this->output, false);
        $line = '';
        $until = hrtime(true) / 1e9 + $patience;
        while (!str_contains($line, "\n") && !feof($this->output) && ($left = $until - hrtime(true) / 1e9) > 0) {
            [$readable, $none] = [[$this->output], null];
            // A signal may interrupt it.
            if (@stream_select($readable, $none, $none, (int) $left, (int) (fmod($left, 1) * 1e6)) !== false) {
                $line .= (string) fread($this->output, 65536);
            }
        }
        return $line;
    }

    /** How it ended, if it does within so many seconds. */
    public function ended(float $patience = 0): ?string
    {
        $until = hrtime(true) / 1e9 + $patience;
        while ($this->end === null && $this->owner === getmypid()) {
            $state = proc_get_status($this->process);
            if (!$state['running']) {
                $this->end = $state['signaled'] ? "killed by signal {$state['termsig']}" : "exit code {$state['exitcode']}";
            } elseif (hrtime(true) / 1e9 >= $until) {
                break;
            } else {
                usleep(1000);
            }
        }
        return $this->end;
    }

    /** The last that it said, once it has ended. */
    public function words(): string
    {
        rewind($this->said);
        $words = trim(substr((string) stream_get_contents($this->said), -4096));
        return $words === '' ? 'It said nothing on standard error.' : 'It said: ' . preg_replace('/\w$/', '$0.', $words);
    }

    /** Ends it: by its input, or else by force. */
    public function stop(): void
    {
        if ($this->owner !== getmypid() || !is_resource($this->input)) {
            return;
        }
        fclose($this->input);
        if ($this->ended(self::END) === null) {
            proc_terminate($this->process, 9);
            $this->ended(self::END);
        }
    }

    public function __destruct()
    {
        isset($this->input) && $this->stop();
    }
}
