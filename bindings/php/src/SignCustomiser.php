<?php
// The client of Sign Customiser.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Internal\Client;
use Countersign\Internal\SignCustomiserConstructor;
use Countersign\Internal\Library;

/**
 * Places orders at Sign Customiser and keeps its webhook subscriptions. Make it once per request or worker and keep it.
 * {@see SignCustomiserInterface} has the manual.
 */
final class SignCustomiser extends Client implements SignCustomiserInterface
{
    use SignCustomiserConstructor;

    protected const PLATFORM = 'sign_customiser';

    /**
     * There is nothing to read back at this platform: it always throws, and says what there is instead.
     *
     * @param array<string, mixed>|object|string $order the order that was placed
     * @throws CountersignException kind unsupported
     */
    public function settle(array|object|string $order): never
    {
        $this->run('settle');
        throw new \LogicException('Settling is not supported at this platform.');
    }

    public function webhooks(): Webhooks
    {
        return new Webhooks($this);
    }

    public function request(string $method, string $path, ?array $body = null): mixed
    {
        $input = ['method' => $method, 'path' => $path];
        return $this->run('request', $body === null ? $input : $input + ['body' => $body]);
    }

    /**
     * A decimal price as an integer of minor units: ("29.99", "USD") gives 2999, ("500", "JPY") gives 500.
     *
     * @param string $amount plain decimal text; never a float
     * @throws CountersignException kind invalid_argument: no plain decimal, or more places than the currency has
     */
    public static function minorUnits(string $amount, string $currency): int
    {
        return Library::get()->numberOf('int64_t', 'countersign_minor_units', $amount, $currency);
    }
}
