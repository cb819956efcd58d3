<?php
// A persistent object cache: each value a file, and what this process has read is not read again, as with real ones.

declare(strict_types=1);

final class FileCache
{
    /** @var array<string, mixed> */
    public array $seen = [];
    /** @var array<string, true> */
    public array $fleeting = [];
    /** @var array<string, true> */
    public array $global = [];
    public int $site = 1;

    public function path(int|string $key, string $group): string
    {
        return WP_CONTENT_DIR . '/cache/' . sha1((isset($this->global[$group]) ? '' : "$this->site:") . "$group:$key");
    }

    public function get(int|string $key, string $group, bool $force, ?bool &$found): mixed
    {
        $path = $this->path($key, $group);
        if (($force || !array_key_exists($path, $this->seen)) && is_file($path) && ($text = @file_get_contents($path)) !== false) {
            $this->seen[$path] = unserialize($text);
        }
        $found = array_key_exists($path, $this->seen);
        $value = $this->seen[$path] ?? false;
        return is_object($value) ? clone $value : $value;
    }

    public function set(int|string $key, mixed $value, string $group): bool
    {
        $path = $this->path($key, $group);
        $this->seen[$path] = is_object($value) ? clone $value : $value;
        if (!isset($this->fleeting[$group])) {
            file_put_contents("$path." . getmypid(), serialize($value));
            rename("$path." . getmypid(), $path);
        }
        return true;
    }

    public function delete(int|string $key, string $group): bool
    {
        $path = $this->path($key, $group);
        unset($this->seen[$path]);
        return @unlink($path);
    }
}

function wp_cache_init(): void
{
    is_dir(WP_CONTENT_DIR . '/cache') || mkdir(WP_CONTENT_DIR . '/cache');
    $GLOBALS['wp_object_cache'] = new FileCache();
}

function wp_cache_get($key, $group = '', $force = false, &$found = null)
{
    return $GLOBALS['wp_object_cache']->get($key, (string) $group, (bool) $force, $found);
}

function wp_cache_set($key, $value, $group = '', $expire = 0)
{
    return $GLOBALS['wp_object_cache']->set($key, $value, (string) $group);
}

function wp_cache_add($key, $value, $group = '', $expire = 0)
{
    wp_cache_get($key, $group, false, $found);
    return !$found && wp_cache_set($key, $value, $group);
}

function wp_cache_replace($key, $value, $group = '', $expire = 0)
{
    wp_cache_get($key, $group, false, $found);
    return $found && wp_cache_set($key, $value, $group);
}

function wp_cache_delete($key, $group = '')
{
    return $GLOBALS['wp_object_cache']->delete($key, (string) $group);
}

function wp_cache_incr($key, $offset = 1, $group = '')
{
    $value = max(0, (int) wp_cache_get($key, $group) + $offset);
    wp_cache_set($key, $value, $group);
    return $value;
}

function wp_cache_decr($key, $offset = 1, $group = '')
{
    return wp_cache_incr($key, -$offset, $group);
}

function wp_cache_flush()
{
    $GLOBALS['wp_object_cache']->seen = [];
    array_map('unlink', glob(WP_CONTENT_DIR . '/cache/*') ?: []);
    return true;
}

function wp_cache_close()
{
    return true;
}

function wp_cache_add_global_groups($groups)
{
    $GLOBALS['wp_object_cache']->global += array_fill_keys((array) $groups, true);
}

function wp_cache_add_non_persistent_groups($groups)
{
    $GLOBALS['wp_object_cache']->fleeting += array_fill_keys((array) $groups, true);
}

function wp_cache_switch_to_blog($site)
{
    $GLOBALS['wp_object_cache']->site = (int) $site;
}
