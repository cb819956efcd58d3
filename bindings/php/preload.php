<?php
// Preloads the classes of this package, so that php-fpm permits them FFI under ffi.enable=preload, the default.
//
// In php.ini: opcache.preload=…/countersign/countersign/preload.php and opcache.preload_user=<the pool's user>. An
// application with a preload file of its own requires this one in it. It makes no handle and loads no library: workers
// are forked afterwards, and each opens the library at its first use.

declare(strict_types=1);

(static function (): void {
    // Traits, interfaces and parents first: a class is linked when it is read.
    $first = [
        'Internal/Guarded', 'Internal/Hosted', 'OutboxConnection', 'Internal/Operations', 'Internal/SpiffConstructor', 'Internal/SignCustomiserConstructor',
        'SpiffOperations', 'ClientInterface', 'SpiffOperationsInterface', 'SpiffInterface', 'SignCustomiserInterface', 'Internal/Client', 'Exception/CountersignException', 'Exception/NotPlaced',
    ];
    foreach ($first as $name) {
        require_once __DIR__ . "/src/$name.php";
    }
    foreach (['', 'Exception/', 'Internal/'] as $folder) {
        foreach (glob(__DIR__ . "/src/$folder*.php") ?: [] as $file) {
            require_once $file;
        }
    }
})();
