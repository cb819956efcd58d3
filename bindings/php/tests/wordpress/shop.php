<?php
// A shop of the tests: the distribution's WordPress over a real MariaDB, with the plugin and the stubs of WooCommerce. Every piece of
// code runs in a process of its own, as requests do.

declare(strict_types=1);

require_once __DIR__ . '/../servers.php';

final class WordPress
{
    private const PLUGIN = __DIR__ . '/../../examples/woocommerce';

    public readonly string $folder;

    /** @param array<string, mixed> $constants for wp-config.php */
    public function __construct(public readonly string $name, array $constants = [], bool $network = false)
    {
        $this->folder = scratch("wordpress-$name");
        mkdir("$this->folder/wp-content/plugins/woocommerce", 0755, true);
        $files = realpath(getenv('COUNTERSIGN_WORDPRESS') ?: '/usr/share/wordpress');
        holds($files !== false, 'WordPress is missing: install the package, or let COUNTERSIGN_WORDPRESS name its folder.');
        foreach (['wp-admin', 'wp-includes', 'wp-settings.php', 'wp-cron.php'] as $part) {
            symlink("$files/$part", "$this->folder/$part");
        }
        copy(__DIR__ . '/woocommerce.php', "$this->folder/wp-content/plugins/woocommerce/woocommerce.php");
        $this->copy_plugin();

        ['spiff' => $spiff, 'sign_customiser' => $signs] = Sandbox::get()->ready;
        ['host' => $host, 'port' => $port, 'user' => $user, 'password' => $password] = MariaDb::get()->ready;
        $constants += [
            'DB_NAME' => MariaDb::get()->database("wordpress_$name"),
            'DB_USER' => $user,
            'DB_PASSWORD' => $password,
            'DB_HOST' => "$host:$port",
            'DB_CHARSET' => 'utf8mb4',
            'DB_COLLATE' => '',
            'WP_CONTENT_DIR' => "$this->folder/wp-content",
            'WP_DEBUG' => true,
            'WP_DEBUG_DISPLAY' => false,
            'DISABLE_WP_CRON' => true, // the tests run it
            'WP_HTTP_BLOCK_EXTERNAL' => true,
            'WP_ACCESSIBLE_HOSTS' => '127.0.0.1',
            'COUNTERSIGN_SPIFF_ACCESS_KEY' => $spiff['access_key'],
            'COUNTERSIGN_SPIFF_SECRET_KEY' => $spiff['secret_key'],
            'COUNTERSIGN_SPIFF_BASE_URL' => $spiff['url'],
            'COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN' => $signs['api_token'],
            'COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL' => $signs['url'],
            'COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET' => $signs['webhook_secret'],
            'COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_ID' => 1,
        ];
        foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $key) {
            $constants += ["{$key}_KEY" => "$key of the tests", "{$key}_SALT" => 'salt'];
        }
        $this->write($constants);
        $upgrade = 'require ABSPATH . "wp-admin/includes/upgrade.php"; ';
        $this->php($upgrade . 'wp_install("Shop", "admin", "shop@example.com", true, "", "admin");', 'define("WP_INSTALLING", true);');
        if ($network) {
            $this->php($upgrade . <<<'PHP'
                foreach ($wpdb->tables('ms_global') as $table => $name) {
                    $wpdb->$table = $name;
                }
                install_network();
                populate_network(1, 'shop.test', 'admin@example.com', 'Network', '/');
                PHP, 'define("WP_INSTALLING_NETWORK", true);');
            $this->write($constants + [
                'MULTISITE' => true, 'SUBDOMAIN_INSTALL' => false, 'DOMAIN_CURRENT_SITE' => 'shop.test', 'PATH_CURRENT_SITE' => '/',
                'SITE_ID_CURRENT_SITE' => 1, 'BLOG_ID_CURRENT_SITE' => 1,
            ]);
        }
        $all = $network ? 'true' : 'false';
        foreach (['woocommerce/woocommerce.php', 'countersign-orders/countersign-orders.php'] as $plugin) {
            $activate = "require ABSPATH . 'wp-admin/includes/plugin.php'; wp_set_current_user(1); return activate_plugin('$plugin', '', $all);";
            same($this->php($activate), null, "activation of $plugin");
        }
    }

    private function copy_plugin(): void
    {
        $to = "$this->folder/wp-content/plugins/countersign-orders";
        mkdir("$to/vendor", 0755, true);
        foreach (glob(self::PLUGIN . '/*.*') as $file) {
            copy($file, "$to/" . basename($file));
        }
        // As Composer would write it.
        file_put_contents("$to/vendor/autoload.php", '<?php require_once ' . var_export(realpath(__DIR__ . '/../../autoload.php'), true) . ';');
    }

    private function write(array $constants): void
    {
        $lines = ['<?php', '$table_prefix = "wp_";'];
        foreach ($constants as $name => $value) {
            $lines[] = 'defined(' . var_export($name, true) . ') || define(' . var_export($name, true) . ', ' . var_export($value, true) . ');';
        }
        file_put_contents("$this->folder/site.php", implode("\n", $lines));
    }

    /**
     * Starts code in a process of its own.
     *
     * @param string $before runs before WordPress is loaded
     * @param array<string, string> $env
     * @param list<string> $flags of PHP
     * @return callable(): array{int, string, string} waits for its end: exit code, standard output, standard error
     */
    public function start(string $code, string $before = '', array $env = [], array $flags = []): callable
    {
        [$out, $err] = [tmpfile(), tmpfile()];
        $all = [...getenv(), ...$env, 'BEFORE' => $before];
        // WordPress is compiled once.
        $cache = ['-d', 'opcache.enable_cli=1', '-d', 'opcache.file_cache=' . scratch('opcache'), '-d', 'opcache.file_cache_only=1'];
        $process = proc_open([PHP_BINARY, ...$cache, ...$flags, __DIR__ . '/boot.php', $this->folder], [['pipe', 'r'], $out, $err], $pipes, null, $all);
        fwrite($pipes[0], self::HELP . $code);
        fclose($pipes[0]);
        return static function () use ($process, $out, $err): array {
            $exit = proc_close($process);
            rewind($out);
            rewind($err);
            return [$exit, stream_get_contents($out), stream_get_contents($err)];
        };
    }

    /** Runs it to its end, and is what it returned. */
    public function php(string $code, string $before = '', array $env = [], array $flags = []): mixed
    {
        return self::answer($this->start($code, $before, $env, $flags)());
    }

    /** @param array{int, string, string} $ended */
    public static function answer(array $ended): mixed
    {
        [$exit, $out, $err] = $ended;
        same($exit, 0, substr("$err\n$out", -1500));
        return json_decode(substr($out, (int) strrpos($out, "\n") + 1), true, 512, JSON_THROW_ON_ERROR);
    }

    /** Shorthand for the code that runs in WordPress. */
    private const HELP = <<<'PHP'
        function status(int $id, string ...$statuses): void {
            foreach ($statuses as $status) { wc_get_order($id)->set_status($status)->save(); }
        }
        /** It is paid at this time, or belongs to this address. */
        function change(int $id, array $data): void {
            $order = wc_get_order($id); $order->data = $data + $order->data; $order->save();
        }
        /** The status is saved, and no hook ran: as a killed request leaves it. */
        function unheard(int $id, string $status, ?int $modified = null): void {
            $post = ['post_status' => "wc-$status"] + ($modified === null ? [] : ['post_modified_gmt' => gmdate('Y-m-d H:i:s', $modified)]);
            $GLOBALS['wpdb']->update($GLOBALS['wpdb']->posts, $post, ['ID' => $id]);
            clean_post_cache($id);
        }
        function row(int|string $id, string $account = 'spiff'): ?string {
            return CountersignOrders\outbox()->get((string) $id, $account)?->state->value;
        }
        /** Runs while the store fails. */
        function failing(callable $call): mixed {
            $GLOBALS['wpdb']->query('RENAME TABLE wp_countersign_outbox TO hidden');
            try { return $call(); } finally { $GLOBALS['wpdb']->query('RENAME TABLE hidden TO wp_countersign_outbox'); }
        }
        function shown(callable $call, mixed ...$arguments): string {
            ob_start();
            try { $call(...$arguments); } finally { $html = ob_get_clean(); }
            return $html;
        }
        /** What comes of a form that is sent. */
        function form(string $action, string $nonce, array $post = []): string {
            [$_POST, $_REQUEST['_wpnonce']] = [$post, $nonce];
            try { do_action("admin_post_countersign_$action"); }
            catch (Redirected) { return 'redirected: ' . get_transient('countersign_said_' . get_current_user_id()); }
            catch (Died $died) { return "died {$died->getCode()}"; }
            return 'went on';
        }
        PHP . "\n";

    /** What was written into WooCommerce's log since the last look. */
    public function log(): string
    {
        $log = (string) @file_get_contents("$this->folder/wp-content/log");
        @unlink("$this->folder/wp-content/log");
        return $log;
    }

    /** A web server of PHP's own before this shop, until the answer is let go of. */
    public function serve(): WebServer
    {
        return new WebServer($this->folder);
    }
}

final class WebServer
{
    public readonly string $url;
    /** @var resource */
    private $process;

    public function __construct(string $folder)
    {
        $probe = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($probe, false);
        fclose($probe);
        $this->process = proc_open(
            // It ends with the tests, also if they are killed.
            ['setpriv', '--pdeathsig', 'KILL', PHP_BINARY, '-d', 'ffi.enable=1', '-S', $address, __DIR__ . '/router.php'],
            [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
            $pipes,
            null,
            [...getenv(), 'WORDPRESS' => $folder],
        );
        for ($tries = 0; !($peer = @stream_socket_client("tcp://$address")); $tries++) {
            holds($tries < 200, 'the web server does not start');
            usleep(20_000);
        }
        fclose($peer);
        $this->url = "http://$address";
    }

    public function __destruct()
    {
        proc_terminate($this->process, SIGKILL);
        proc_close($this->process);
    }
}
