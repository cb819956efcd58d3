// What a shop needs around an order, whatever its framework: place once, keep the outcome, settle doubt. `orders` stands for
// the shop's table; a real one changes a row with `UPDATE … WHERE state = 'paid'`, so that two processes cannot both win.
import { CountersignError, NotPlacedError, OutcomeUnknownError, Spiff } from 'countersign'

export const spiff = Spiff.fromEnv()
export const orders = new Map()

/** The shopper has paid: called by the payment's webhook, perhaps more than once. */
export async function paid (id, items) {
  if (orders.get(id) !== undefined && orders.get(id).state !== 'try again') return orders.get(id)
  const order = { externalId: id, paid: true, orderItems: items }
  // Kept before it is sent: after a crash, what is 'placing' is in doubt as well. Later than its time limit it is not sent.
  const latest = Math.ceil(Date.now() / 1000) + 30
  const row = { state: 'placing', order, sentAt: latest, settleFrom: latest + 180 }
  orders.set(id, row)
  try {
    const placed = await spiff.placeOrder(order)
    Object.assign(row, { state: 'placed', platformId: placed.id })
  } catch (error) {
    if (error instanceof OutcomeUnknownError) {
      Object.assign(row, { state: 'in doubt', sentAt: error.sentAt, settleFrom: error.settleAfter })
    } else if (error instanceof NotPlacedError) {
      Object.assign(row, { state: error.retryable ? 'try again' : 'refused', why: error.message })
    } else {
      Object.assign(row, { state: 'refused', why: String(error) })
      throw error
    }
  }
  return row
}

/** Settles what is in doubt: run it every minute. */
export async function settleAll (now = Math.floor(Date.now() / 1000)) {
  for (const row of orders.values()) {
    if (!['placing', 'in doubt'].includes(row.state) || row.settleFrom > now) continue
    try {
      const found = await spiff.settle(row.order, { sentAt: row.sentAt, firstAbsentAt: row.firstAbsentAt })
      if (found.verdict === 'placed') row.state = 'placed'
      if (found.verdict === 'absent') row.state = 'try again'
      if (found.verdict === 'unclear') {
        // Without a time to look again, a person must decide.
        Object.assign(row, { settleFrom: found.againAt ?? Infinity, firstAbsentAt: found.firstAbsentAt, why: found.reason })
      }
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error
      row.why = error.message // The read failed: as much in doubt as before.
    }
  }
}
