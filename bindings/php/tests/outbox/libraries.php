<?php
// Loads Doctrine DBAL and Laravel's connection as the distribution has them, unpacked by `make`.

declare(strict_types=1);

// What they say about a newer PHP is not ours.
error_reporting(error_reporting() & ~E_DEPRECATED & ~E_USER_DEPRECATED);

spl_autoload_register(static function (string $class): void {
    $root = (getenv('COUNTERSIGN_PHP_LIBRARIES') ?: __DIR__ . '/../../../../build/php-libraries/usr/share/php') . '/';
    $places = preg_match('/^(Doctrine|Illuminate|Psr|Carbon)\\\\/', $class) === 1 ? [strtr($class, '\\', '/')] : [];
    // Packages of Laravel's that have a name of another.
    foreach (['Collections', 'Macroable'] as $package) {
        $places[] = strtr($class, ['Illuminate\\Support\\' => "Illuminate/$package/", '\\' => '/']);
    }
    foreach ($places as $place) {
        if (is_file("$root$place.php")) {
            if (str_starts_with($class, 'Illuminate\\')) {
                require_once $root . 'Illuminate/Collections/helpers.php';
                require_once $root . 'Illuminate/Support/helpers.php';
            }
            require_once "$root$place.php";
            return;
        }
    }
});
