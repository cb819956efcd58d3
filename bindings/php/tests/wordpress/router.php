<?php
// A shop for PHP's own web server: php -S … router.php, with the folder in the environment. It answers REST requests.

declare(strict_types=1);

define('ABSPATH', getenv('WORDPRESS') . '/');
require ABSPATH . 'site.php';
require ABSPATH . 'wp-settings.php';
wp();
