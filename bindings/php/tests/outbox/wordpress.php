<?php
// Loads WordPress as far as its connection, $wpdb, over the database that the environment names.

declare(strict_types=1);

const ROOM = ['DB_HOST', 'DB_USER', 'DB_PASSWORD', 'DB_NAME', 'DB_CHARSET'];

foreach (ROOM as $name) {
    define($name, (string) getenv($name));
}
define('DB_COLLATE', '');
define('ABSPATH', realpath(getenv('COUNTERSIGN_WORDPRESS') ?: '/usr/share/wordpress') . '/');
define('SHORTINIT', true);
define('WP_DEBUG', false);
define('WP_CONTENT_DIR', (string) getenv('WP_CONTENT_DIR'));
$table_prefix = getenv('WP_PREFIX') ?: 'wp_';
// What WordPress of the distribution says about a newer PHP is not ours.
$level = error_reporting(E_ALL & ~E_DEPRECATED);
require ABSPATH . 'wp-settings.php';
error_reporting($level & ~E_DEPRECATED);
add_filter('pre_option_home', static fn() => 'http://shop.test');
