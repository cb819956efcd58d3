<?php
// The harness and the helpers of the tests: no framework, because none is needed.

declare(strict_types=1);

require_once __DIR__ . '/../autoload.php';

const ROOT = __DIR__ . '/../../..';

/** Counts, and prints each failure as it happens. */
final class Tally
{
    public static int $passed = 0;
    public static int $failed = 0;
    public static string $current = '';

    public static function fail(string $message): void
    {
        self::$failed++;
        fwrite(STDOUT, 'FAILED ' . self::$current . ": $message\n");
    }
}

final class Failure extends Exception
{
}

/** Runs one test. It fails by what it throws. */
function test(string $name, callable $body): void
{
    $only = getenv('COUNTERSIGN_TEST');
    if ($only !== false && $only !== '' && !str_contains($name, $only)) {
        return;
    }
    Tally::$current = $name;
    try {
        $body();
        Tally::$passed++;
    } catch (Failure $failure) {
        Tally::fail($failure->getMessage());
    } catch (Throwable $fault) {
        Tally::fail(get_class($fault) . ': ' . $fault->getMessage() . ' at ' . $fault->getFile() . ':' . $fault->getLine());
    }
}

function same(mixed $got, mixed $due, string $what = ''): void
{
    if ($got !== $due) {
        throw new Failure("$what: " . difference($got, $due));
    }
}

/** Two values that are not the same: whole, or of long ones the line and the letters around the first difference. */
function difference(mixed $got, mixed $due): string
{
    $texts = is_string($got) && is_string($due) ? [$got, $due] : [show($got), show($due)];
    if (max(array_map(strlen(...), $texts)) <= 300) {
        return 'got ' . show($got) . ', due is ' . show($due);
    }
    $at = strspn($texts[0] ^ $texts[1], "\0");
    $line = substr_count($texts[0], "\n", 0, $at) + 1;
    [$one, $other] = array_map(static fn(string $text): string => show(substr($text, max(0, $at - 70), 140)), $texts);
    return "first difference at byte $at, in line $line: got … $one …, due is … $other …";
}

function holds(bool $condition, string $what): void
{
    if (!$condition) {
        throw new Failure($what);
    }
}

function contains(string $text, string $part): void
{
    holds(str_contains($text, $part), 'no ' . show($part) . ' in ' . show(substr($text, 0, 600)) . (strlen($text) > 600 ? ' …' : ''));
}

function show(mixed $value): string
{
    return (string) json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRESERVE_ZERO_FRACTION);
}

/**
 * What a call throws.
 *
 * @template T of Throwable
 * @param class-string<T> $class
 * @return T
 */
function raises(string $class, callable $call, ?string $kind = null): Throwable
{
    try {
        $value = $call();
    } catch (Throwable $fault) {
        holds($fault instanceof $class, get_class($fault) . " instead of $class: " . $fault->getMessage() . ' at ' . $fault->getFile() . ':' . $fault->getLine());
        if ($kind !== null) {
            same($fault->kind?->value, $kind, 'kind of "' . $fault->getMessage() . '"');
        }
        return $fault;
    }
    throw new Failure("no $class, but " . substr(show($value), 0, 600));
}

/** @return list<array<string, mixed>> */
function vectors(string $file): array
{
    return json_decode((string) file_get_contents(ROOT . "/tests/vectors/$file"), true, 512, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
}

/** Bytes of a row: text, or base64. */
function bytes(array $row, string $name): string
{
    return isset($row["{$name}_base64"]) ? base64_decode($row["{$name}_base64"], true) : (string) ($row[$name] ?? '');
}

/** Options of a row, by the names of the constructors. */
function camel(array $options): array
{
    $named = [];
    foreach ($options as $name => $value) {
        $named[lcfirst(str_replace('_', '', ucwords($name, '_')))] = $value;
    }
    return $named;
}

function library(): string
{
    return (string) getenv('COUNTERSIGN_LIBRARY');
}

/** A folder of its own for a test, removed when the run ends. */
function scratch(string $name): string
{
    static $root = null;
    if ($root === null) {
        $root = sys_get_temp_dir() . '/countersign-php-' . getmypid();
        mkdir($root, 0755, true);
        register_shutdown_function(static function () use ($root): void {
            $files = new RecursiveIteratorIterator(
                new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS),
                RecursiveIteratorIterator::CHILD_FIRST,
            );
            foreach ($files as $file) {
                $file->isDir() && !$file->isLink() ? rmdir($file->getPathname()) : unlink($file->getPathname());
            }
            rmdir($root);
        });
    }
    is_dir("$root/$name") || mkdir("$root/$name", 0755, true);
    return "$root/$name";
}

/**
 * Runs a program to its end.
 *
 * @param list<string> $command
 * @param array<string, string|null> $env on top of this process's; null takes a variable away
 * @return array{int, string, string} exit code, standard output, standard error
 */
function run(array $command, array $env = [], string $input = ''): array
{
    $all = array_filter([...getenv(), ...$env], static fn($value) => $value !== null);
    [$out, $err] = [tmpfile(), tmpfile()];
    $process = proc_open($command, [['pipe', 'r'], $out, $err], $pipes, null, $all);
    fwrite($pipes[0], $input);
    fclose($pipes[0]);
    $code = proc_close($process);
    rewind($out);
    rewind($err);
    return [$code, stream_get_contents($out), stream_get_contents($err)];
}

/** Runs PHP code in a process of its own; the package is there. */
function child(string $code, array $flags = [], array $env = []): array
{
    $file = scratch('child') . '/' . md5($code) . '.php';
    file_put_contents($file, "<?php require '" . realpath(__DIR__ . '/../autoload.php') . "';\n" . $code);
    return run([PHP_BINARY, ...$flags, $file], $env);
}

/** Code that signs once and says with which library, or why it cannot. */
const TRY_IT = 'try { echo (new Countersign\Signer("k", "s"))->authorization("GET", "/"), "\n", Countersign\Host::state()["library"]; }'
    . ' catch (Countersign\Exception\LibraryUnavailable $e) { echo $e->reason, "|", $e->kind->value, "|", $e->getMessage(); }';

/** A shared library with these functions alone. */
function stub(string $name, string $code): string
{
    $file = scratch('stubs') . "/$name";
    file_put_contents("$file.c", $code);
    [$exit, , $err] = run(['cc', '-shared', '-fPIC', '-o', "$file.so", "$file.c"]);
    same($exit, 0, $err);
    return "$file.so";
}

/** The package, copied, with countersign/library beside it or not. */
function package(string $name, bool $bundle = false): string
{
    $to = scratch($name) . '/countersign';
    $from = dirname(__DIR__);
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($from, FilesystemIterator::SKIP_DOTS)) as $file) {
        $relative = substr($file->getPathname(), strlen($from) + 1);
        if (preg_match('#^(src|include|bin)/|^(autoload|preload)\.php$|^composer\.json$#', $relative)) {
            is_dir(dirname("$to/$relative")) || mkdir(dirname("$to/$relative"), 0755, true);
            copy($file->getPathname(), "$to/$relative");
            chmod("$to/$relative", str_starts_with($relative, 'bin/') ? 0755 : 0644);
        }
    }
    if ($bundle) {
        $place = dirname($to) . substr(Countersign\Internal\Library::bundled(), strlen(dirname($from)));
        mkdir(dirname($place), 0755, true);
        copy(library(), $place);
        chmod($place, 0644);
    }
    return $to;
}

/** The header for ffi.preload, as the command writes it. */
function header_for(string $library): string
{
    [$code, $out, $err] = run([PHP_BINARY, dirname(__DIR__) . '/bin/countersign', 'header', '--library', $library]);
    same($code, 0, $err);
    $file = scratch('headers') . '/' . md5($library) . '.h';
    file_put_contents($file, $out);
    return $file;
}

/** A library with numbers and nothing else: the ABI number and the version are filled in. */
const NUMBERS = 'unsigned countersign_abi_version(void) { return %d; } const char *countersign_version(void) { return "%s"; }';

/** The sandbox of the test tools, one for all tests, as these speak to it. */
final class Sandbox
{
    private static ?self $one = null;

    /** @param array<string, mixed> $ready */
    private function __construct(private readonly Countersign\Testing\Sandbox $tools, public readonly array $ready)
    {
    }

    public static function get(): self
    {
        $tools = Countersign\Testing\Sandbox::shared();
        return self::$one ??= new self($tools, $tools->ready);
    }

    public function control(string $method, string $path, mixed $body = null): mixed
    {
        return $this->tools->control($method, $path, $body);
    }

    public function fault(array $fault): void
    {
        $this->control('POST', 'faults', $fault);
    }

    public function transaction(): string
    {
        return $this->tools->transaction()['transactionId'];
    }

    /** @return array{externalId: string, paid: bool, orderItems: list<array<string, mixed>>} */
    public function order(string $externalId): array
    {
        return $this->tools->order($externalId, amount: 2);
    }

    /** @return list<array<string, mixed>> accepted orders with this id */
    public function accepted(string $externalId): array
    {
        return $this->tools->orders($externalId);
    }

    public function spiff(mixed ...$options): Countersign\Spiff
    {
        return $this->tools->spiff(...$options);
    }

    public function signs(mixed ...$options): Countersign\SignCustomiser
    {
        return $this->tools->signCustomiser(...$options);
    }

    public static function signsOrder(string $externalId): array
    {
        return self::get()->tools->signOrder($externalId);
    }
}

/** A platform that answers every request with success, and first sends this process a signal. Gone when it is let go of. */
final class Signalling
{
    private const SERVER = <<<'PHP'
        $server = stream_socket_server('tcp://127.0.0.1:0');
        echo stream_socket_get_name($server, false), "\n";
        $body = '{"data":{"orderCreate":{"id":"o-1","internalId":null,"externalId":"1001"},"transactionApprove":{"id":"t-1"},"transactions":[{"id":"t-1","isOrdered":false}]}}';
        while ($peer = @stream_socket_accept($server, 60)) {
            for ($length = 0; ($line = fgets($peer)) !== false && rtrim($line) !== '';) {
                $length = stripos($line, 'content-length:') === 0 ? (int) substr($line, 15) : $length;
            }
            for ($read = 0; $read < $length; $read += strlen(fread($peer, $length - $read)));
            posix_kill(posix_getppid(), SIGUSR1);
            usleep(50_000);
            fwrite($peer, "HTTP/1.1 $argv[1]\r\nContent-Type: application/json\r\nContent-Length: " . strlen($body) . "\r\nConnection: close\r\n\r\n$body");
            fclose($peer);
        }
        PHP;

    public readonly string $url;
    /** @var resource */
    private $process;

    public function __construct(string $status = '200 OK')
    {
        $this->process = proc_open([PHP_BINARY, '-r', self::SERVER, $status], [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes);
        $this->url = 'http://' . trim((string) fgets($pipes[1]));
    }

    /** What is thrown where the handler of that signal throws in the middle of a call. */
    public function interrupted(callable $call): Throwable
    {
        pcntl_signal(SIGUSR1, static fn() => throw new RuntimeException('the worker must end'));
        $before = pcntl_async_signals(true);
        try {
            $value = $call(new Countersign\Spiff(applicationKey: 'k', baseUrl: $this->url, readRetries: 0));
        } catch (RuntimeException $interrupt) {
            same(pcntl_async_signals(), true, 'handlers run again');
            same($interrupt->getMessage(), 'the worker must end', get_class($interrupt));
            return $interrupt;
        } finally {
            pcntl_async_signals($before);
            pcntl_signal(SIGUSR1, SIG_DFL);
        }
        throw new Failure('no interrupt, but ' . show($value));
    }

    public function __destruct()
    {
        proc_terminate($this->process);
    }
}
