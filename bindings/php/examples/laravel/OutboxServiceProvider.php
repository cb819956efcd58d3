<?php
// The outbox of a Laravel shop, over the connection on which payments are written down.
//
// config/services.php:    'spiff' => ['accessKey' => env('SPIFF_ACCESS_KEY'), 'secretKey' => env('SPIFF_SECRET_KEY'), 'region' => 'us']
// routes/console.php:     Schedule::job(new DrainOutbox())->everyMinute();
// a migration's up():     public $withinTransaction = false;  …  app(Outbox::class)->install();

declare(strict_types=1);

namespace App;

use Countersign\Outbox;
use Countersign\Spiff;
use Illuminate\Contracts\Container\Container;
use Illuminate\Support\ServiceProvider;

final class OutboxServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->app->singleton(Outbox::class, static function (Container $app): Outbox {
            $settings = $app['config'];
            return new Outbox(
                $app['db']->connection(), // with replicas, too: it is written and read on the primary alone
                accounts: ['shop' => new Spiff(...$settings['services.spiff'])], // part of every order's key: never rename it
                site: (string) parse_url((string) $settings['app.url'], PHP_URL_HOST),
            );
        });
    }
}
