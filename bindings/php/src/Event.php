<?php
// A verified delivery of Sign Customiser.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;
use Countersign\Internal\Guarded;
use Countersign\Internal\Handle;
use Countersign\Internal\Json;

/** A delivery whose signature is right. Answer topics other than product:created with status 200 and {"ok":true}. */
final class Event
{
    use Guarded;

    /** "product:created", "order:created" or "form:submitted". */
    public readonly string $topic;

    /** What stands under "product", "order" or "form_submission", with objects as arrays. */
    public readonly mixed $data;

    /** When the platform stamped the delivery, in seconds since 1970. */
    public readonly int $timestamp;

    /**
     * The same text for every delivery of one happening, such as "product:17": answer a repeated one as the first. Keep
     * it for twice the tolerance.
     */
    public readonly string $dedupKey;

    /** Which of the secrets verified it, from 0. */
    public readonly int $secretIndex;

    /** @internal */
    public function __construct(private readonly Handle $handle)
    {
        $this->topic = (string) $handle->text('countersign_event_topic');
        $this->data = Json::decode((string) $handle->text('countersign_event_data'));
        $this->dedupKey = (string) $handle->text('countersign_event_dedup_key');
        $this->timestamp = $handle->library->plain('countersign_event_timestamp', $handle->pointer);
        $this->secretIndex = $handle->library->plain('countersign_event_secret_index', $handle->pointer);
    }

    /**
     * The data as the platform wrote it.
     *
     * @internal
     */
    public function json(): string
    {
        return (string) $this->handle->text('countersign_event_data');
    }

    /**
     * The JSON body to answer the product:created callback with, status 200.
     *
     * @param string $externalId the shop's id of the product; the same product must always get the same id
     * @throws CountersignException unsupported for another topic, invalid_argument for an empty id
     */
    public function answer(string $externalId): string
    {
        return $this->handle->library->textOf('countersign_event_answer', $this->handle->pointer, $externalId);
    }
}
