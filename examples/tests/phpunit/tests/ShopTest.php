<?php
// What the shop makes of a good day and of a bad one.

declare(strict_types=1);

namespace Shop\Tests;

use Countersign\Outbox;
use Countersign\State;
use Countersign\Testing\UsesSandbox;
use PHPUnit\Framework\TestCase;
use Shop\Shop;

final class ShopTest extends TestCase
{
    use UsesSandbox;

    private Shop $shop;
    private Outbox $outbox;
    private string $design;

    protected function setUp(): void
    {
        $sandbox = self::sandbox();
        // A call gives up after half a second, and what is in doubt need not rest before it is settled.
        $spiff = $sandbox->spiff(timeout: 0.5, settleDelay: 0, settleGap: 0);
        $this->outbox = $sandbox->outbox();
        $this->shop = new Shop($spiff, $this->outbox, $sandbox->webhook(), $sandbox->callback());
        $this->design = $sandbox->transaction()['transactionId'];
    }

    public function testCheckoutPlacesTheOrder(): void
    {
        self::assertSame('placed', $this->shop->checkout('1001', $this->design));
        [$order] = self::sandbox()->orders('1001');
        self::assertSame([$this->shop->orders['1001']['id'], true], [$order['id'], $order['paid']]);
    }

    public function testSilenceIsSettledAndNothingIsSentTwice(): void
    {
        self::sandbox()->fault('accept_then_hang');
        self::assertSame('unknown', $this->shop->checkout('1001', $this->design));
        $this->shop->settle();
        self::assertSame('placed', $this->shop->orders['1001']['state']);
        self::assertCount(1, self::sandbox()->orders('1001'));
    }

    public function testWhatNeverArrivedMayBePlacedAgain(): void
    {
        self::sandbox()->fault('hang');
        self::assertSame('unknown', $this->shop->checkout('1001', $this->design));
        $this->shop->settle();
        self::assertSame('waiting', $this->shop->orders['1001']['state']);
        self::assertSame('placed', $this->shop->checkout('1001', $this->design));
        self::assertCount(1, self::sandbox()->orders('1001'));
    }

    public function testWrongKeysAreNoDoubt(): void
    {
        self::sandbox()->fault('401');
        self::assertSame('refused', $this->shop->checkout('1001', $this->design));
        self::assertSame([], self::sandbox()->orders());
    }

    public function testTheOutboxDeliversOnceAlthoughThePlatformHangs(): void
    {
        $order = self::sandbox()->order('1001');
        self::sandbox()->fault('accept_then_hang');
        $this->shop->paid($order, 'shop');
        $this->shop->paid($order, 'shop');   // payment providers repeat themselves
        $drained = $this->outbox->drain(seconds: 20);
        self::assertSame([1, 1], [$drained->unknown, $drained->placed]);
        self::assertCount(1, self::sandbox()->orders('1001'));
    }

    public function testASignedWebhookSettlesAnOrderInDoubt(): void
    {
        self::sandbox()->fault('cut_reply');
        $this->shop->paid(self::sandbox()->signOrder('2001'), 'signs');
        self::assertSame(1, $this->outbox->drain(max: 1)->unknown);
        [$order] = self::sandbox()->orders('2001');
        $body = json_encode(['order' => ['order_id' => $order['id'], 'external_id' => '2001']]);
        self::assertSame([200, '{"ok":true}'], $this->shop->delivered(self::sandbox()->webhook()->sign($body), $body));
        self::assertSame(State::Placed, $this->outbox->get('2001', account: 'signs')?->state);
    }

    public function testAForgedWebhookIsRefused(): void
    {
        $body = '{"product":{"product_id":17}}';
        $headers = self::sandbox()->callback()->sign($body);
        self::assertSame([200, '{"external_id":"shop-17"}'], $this->shop->createProduct($headers, $body));
        self::assertSame([401, '{}'], $this->shop->createProduct($headers, str_replace('17', '18', $body)));
        // Each address has its own secret.
        self::assertSame([401, '{}'], $this->shop->delivered($headers, $body));
        self::assertSame([401, '{}'], $this->shop->createProduct(self::sandbox()->webhook()->sign($body), $body));
    }
}
