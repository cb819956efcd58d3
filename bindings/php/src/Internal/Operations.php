<?php
// What the generated methods of SpiffOperations are made of: members that are given, and feeds that are read page by page.

declare(strict_types=1);

namespace Countersign\Internal;

/**
 * @internal
 * @phpstan-require-implements \Countersign\ClientInterface
 */
trait Operations
{
    /**
     * Runs an operation; null is not given.
     *
     * @param array<string, mixed> $input
     */
    private function operation(string $name, array $input): mixed
    {
        return $this->run($name, (object) array_filter($input, static fn($value) => $value !== null));
    }

    /**
     * The items of a feed, page by page.
     *
     * @param array<string, mixed> $input
     */
    private function feed(string $name, array $input): \Generator
    {
        do {
            $page = $this->operation($name, $input);
            foreach ($page['items'] as $item) {
                yield $item;
            }
            $input['offset'] = $page['next'];
            $input['mark'] = $page['mark'] ?? null;
        } while ($page['next'] !== null);
    }
}
