// A small shop. What a real one keeps in its database is a Map here.
import { NotPlacedError, OutcomeUnknownError, VerificationFailedError } from 'countersign'

export class Shop {
  orders = new Map()

  constructor ({ spiff, outbox, webhook, callback }) {
    Object.assign(this, { spiff, outbox, webhook, callback })
  }

  /** Places a paid order, while the shopper waits, and says what became of it. */
  async checkout (id, transactionId) {
    const order = { externalId: id, paid: true, orderItems: [{ amountToOrder: 1, transactionId }] }
    const row = { order, state: 'sending', sentAt: Math.floor(Date.now() / 1000) }
    this.orders.set(id, row)
    try {
      const placed = await this.spiff.placeOrder(order)
      Object.assign(row, { state: 'placed', id: placed.id })
    } catch (error) {
      if (error instanceof OutcomeUnknownError) Object.assign(row, { state: 'unknown', sentAt: error.sentAt, firstAbsentAt: null })
      else if (error instanceof NotPlacedError) Object.assign(row, { state: error.retryable ? 'waiting' : 'refused', why: error.message })
      else throw error
    }
    return row.state
  }

  /** Finds out about the orders in doubt: a job of every minute. */
  async settle () {
    for (const row of this.orders.values()) {
      if (row.state !== 'unknown') continue
      const { verdict, againAt, firstAbsentAt } = await this.spiff.settle(row.order, { sentAt: row.sentAt, firstAbsentAt: row.firstAbsentAt })
      row.firstAbsentAt = firstAbsentAt
      if (verdict === 'placed') row.state = 'placed'
      else if (verdict === 'absent') row.state = 'waiting'
      else if (againAt === null) row.state = 'held'
    }
  }

  /** Hears from the payment provider, perhaps twice: the outbox delivers it. */
  async paid (order, account) {
    await this.outbox.enqueue(order, { account })
  }

  /** Answers a delivery of a subscription at Sign Customiser: a status, and a body. */
  async delivered (headers, body) {
    let event
    try {
      event = this.webhook.verify(headers, body)
    } catch (error) {
      if (error instanceof VerificationFailedError) return [401, '{}']
      throw error
    }
    await this.outbox.notify(event)
    return [200, '{"ok":true}']
  }

  /** Answers the product:created callback of Sign Customiser, which is signed with the integration's secret. */
  createProduct (headers, body) {
    try {
      const event = this.callback.verify(headers, body)
      return [200, event.answer(`shop-${event.data.product_id}`)]
    } catch (error) {
      if (error instanceof VerificationFailedError) return [401, '{}']
      throw error
    }
  }
}
