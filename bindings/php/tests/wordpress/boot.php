<?php
// Loads WordPress and runs PHP code in it: php boot.php FOLDER < CODE. What the code returns is printed as JSON in the last line.
//
// FOLDER has WordPress's files, and site.php with its constants. Mails are collected instead of sent, pages that WordPress ends with
// wp_die() and redirects are exceptions, so that the code goes on.

declare(strict_types=1);

final class Died extends Exception
{
}

final class Redirected extends Exception
{
}

// Warnings of the plugin are failures, those of WordPress are not ours.
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if (error_reporting() & $level && !str_contains($file, '/wp-includes/') && !str_contains($file, '/wp-admin/')) {
        throw new ErrorException($message, 0, $level, $file, $line);
    }
    return true;
});

pcntl_alarm(120); // nothing here waits for ever
$mails = [];
$code = (string) stream_get_contents(STDIN);
define('ABSPATH', "$argv[1]/");
define('WP_USE_THEMES', false);
require ABSPATH . 'site.php';
eval((string) getenv('BEFORE'));
$_SERVER += ['HTTP_HOST' => 'shop.test', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'SERVER_NAME' => 'shop.test'];
require ABSPATH . 'wp-includes/plugin.php';
add_filter('pre_wp_mail', static function ($null, array $mail): bool {
    $GLOBALS['mails'][] = $mail;
    return true;
}, 10, 2);
add_filter('wp_die_handler', static fn() => static function ($message, $title, $args): void {
    throw new Died(is_string($message) ? strip_tags($message) : 'wp_die', (int) ($args['response'] ?? 0));
});
add_filter('wp_redirect', static fn(string $to) => throw new Redirected($to));
require ABSPATH . 'wp-settings.php';
$answer = eval($code);
echo "\n", json_encode($answer, JSON_THROW_ON_ERROR | JSON_PARTIAL_OUTPUT_ON_ERROR);
