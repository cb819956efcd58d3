<?php
// Signing beside PHP's own functions, in one run: php bindings/php/bench/sign.php
//
// Prints the time of one signature (median of rounds, candidates in turns) and how many times faster ours is. Says which
// target is missed; exits 0 all the same. COUNTERSIGN_LIBRARY names the library. Pin it to a core for steady numbers.

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

const KEY_ID = 'access-key';
const SECRET = 'secret-key';
const DATE = 'Wed, 01 Jan 2020 00:00:00 GMT';
const PATH = '/api/v2/orders';

/** As plugins do it: the HMAC in hexadecimal, turned into base64 digit by digit. */
function customary(string $digest, string $body): string
{
    $text = 'POST' . "\n" . hash($digest, $body) . "\n" . 'application/json' . "\n" . DATE . "\n" . PATH;
    $bytes = '';
    foreach (str_split(hash_hmac('sha1', $text, SECRET), 2) as $pair) {
        $bytes .= chr((int) hexdec($pair));
    }
    return 'SOA ' . KEY_ID . ':' . base64_encode($bytes);
}

/** The best of the hash extension: the HMAC as raw bytes. */
function best_hash(string $digest, string $body): string
{
    return 'SOA ' . KEY_ID . ':' . base64_encode(hash_hmac('sha1', "POST\n" . hash($digest, $body) . "\napplication/json\n" . DATE . "\n" . PATH, SECRET, true));
}

/** The same with OpenSSL's digest, which is faster for long bodies. */
function best_openssl(string $digest, string $body): string
{
    return 'SOA ' . KEY_ID . ':' . base64_encode(hash_hmac('sha1', "POST\n" . openssl_digest($body, $digest) . "\napplication/json\n" . DATE . "\n" . PATH, SECRET, true));
}

/** @param array<string, callable(string): string> $candidates @return array<string, float> nanoseconds, median of rounds */
function measure(array $candidates, string $body, int $rounds): array
{
    $calls = max(10, (int) (1_500_000 / (1_000 + strlen($body) * 3)));
    $samples = [];
    for ($round = -2; $round < $rounds; $round++) {
        foreach ($candidates as $name => $sign) {
            $began = hrtime(true);
            for ($i = 0; $i < $calls; $i++) {
                $sign($body);
            }
            if ($round >= 0) {
                $samples[$name][] = (hrtime(true) - $began) / $calls;
            }
        }
    }
    return array_map(static function (array $times): float {
        sort($times);
        return $times[intdiv(count($times), 2)];
    }, $samples);
}

$missed = [];
printf("PHP %s, library %s\n\n%-7s %-7s %12s %12s %12s %12s %14s %10s\n", PHP_VERSION, Countersign\Host::state()['version'] ?? '?', 'digest', 'body', 'customary', 'best hash', 'best openssl', 'countersign', 'x customary', 'x best');
foreach (['sha512', 'md5'] as $digest) {
    $signer = new Countersign\Signer(KEY_ID, SECRET, digest: $digest);
    $candidates = [
        'customary' => static fn(string $body): string => customary($digest, $body),
        'best hash' => static fn(string $body): string => best_hash($digest, $body),
        'best openssl' => static fn(string $body): string => best_openssl($digest, $body),
        'countersign' => static fn(string $body): string => $signer->authorization('POST', PATH, $body, 'application/json', DATE),
    ];
    if (!function_exists('openssl_digest')) {
        unset($candidates['best openssl']);
    }
    foreach (['150 B' => 150, '1 KB' => 1024, '64 KB' => 65_536] as $label => $size) {
        $body = substr(str_repeat('{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"e3ac7f3a"}]}', 1 + intdiv($size, 90)), 0, $size);
        $answers = array_map(static fn(callable $sign): string => $sign($body), $candidates);
        if (count(array_unique($answers)) !== 1) {
            fwrite(STDERR, "The candidates do not agree.\n");
            exit(1);
        }
        $times = measure($candidates, $body, $size > 10_000 ? 41 : 101);
        $best = min($times['best hash'], $times['best openssl'] ?? INF);
        [$overCustomary, $overBest] = [$times['customary'] / $times['countersign'], $best / $times['countersign']];
        printf("%-7s %-7s %9.0f ns %9.0f ns %9.0f ns %9.0f ns %14.2f %10.2f\n", $digest, $label, $times['customary'], $times['best hash'], $times['best openssl'] ?? NAN, $times['countersign'], $overCustomary, $overBest);
        if ($digest === 'sha512' && $size === 150) {
            foreach (['customary' => [$overCustomary, 2.8], 'best' => [$overBest, 1.7]] as $name => [$ratio, $target]) {
                if ($ratio < $target) {
                    $missed[] = sprintf('%.2f times %s PHP at 150 B, target %.1f', $ratio, $name, $target);
                }
            }
        }
    }
}
echo "\ntargets (sha512, 150 B): at least 2.8 times customary PHP, at least 1.7 times the best PHP: ", $missed === [] ? 'met' : 'MISSED: ' . implode('; ', $missed), "\n";
exit(0);
