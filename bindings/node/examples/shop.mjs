// What a shop needs around an order if it has no outbox, whatever its framework: place once, keep the outcome, settle doubt, try again what
// was refused for now, and end where a person must look. `orders` stands for the shop's table; a real one changes a row with
// `UPDATE … WHERE state = 'paid'`, so that two processes cannot both win. States:
//   placing, in doubt   it may have been placed: settled by the job
//   placed, refused     certain
//   try again           certainly not placed: the job tries again, from `next` on
//   look                it may have been placed, and no job can tell: a person looks at Spiff and decides
import { CountersignError, NotPlacedError, OutcomeUnknownError, Spiff } from 'countersign'

export const spiff = Spiff.fromEnv()
export const orders = new Map()

/** Seconds until the next try of what failed for now. After the last a person must look. */
const WAITS = [60, 300, 1800, 7200, 43200]
const seconds = () => Math.floor(Date.now() / 1000)

/** What is left of the lines of a cart after refunds: `refunded` of each is a number of pieces, or not given. */
export function left (items) {
  return items.map(({ refunded = 0, ...item }) => {
    const amountToOrder = item.amountToOrder - refunded
    // Nobody rounds for a shop: a design is ordered in whole numbers.
    if (!Number.isSafeInteger(amountToOrder)) throw new RangeError(`the quantity of design ${item.transactionId} is ${amountToOrder}, which is no whole number`)
    return { ...item, amountToOrder }
  }).filter(item => item.amountToOrder > 0)
}

/** The shopper has paid: called by the payment's webhook, perhaps more than once. */
export async function paid (id, items) {
  if (orders.get(id) !== undefined) return orders.get(id)
  const row = { state: 'paid', items, tries: 0 }
  orders.set(id, row)
  await place(id, row)
  return row
}

async function place (id, row) {
  try {
    // What was refunded since is not ordered.
    row.order = { externalId: id, paid: true, orderItems: left(row.items) }
  } catch (error) {
    return Object.assign(row, { state: 'refused', why: error.message })
  }
  // Kept before it is sent: after a crash, what is 'placing' is in doubt as well. Later than its time limit it is not sent.
  const latest = seconds() + 31
  Object.assign(row, { state: 'placing', sentAt: latest, firstAbsentAt: null, next: latest + 180 })
  try {
    const placed = await spiff.placeOrder(row.order)
    Object.assign(row, { state: 'placed', platformId: placed.id })
  } catch (error) {
    if (error instanceof OutcomeUnknownError) {
      Object.assign(row, { state: 'in doubt', sentAt: error.sentAt, next: error.settleAfter, tries: 0, why: error.message })
    } else if (error instanceof NotPlacedError && error.retryable) {
      later(row, 'try again', 'refused', error, error.retryAfter)
    } else {
      Object.assign(row, { state: 'refused', why: String(error) })
      if (!(error instanceof NotPlacedError)) throw error
    }
  }
}

/** Once more after a while; in the end a person must look. */
function later (row, state, end, error, retryAfter) {
  const wait = WAITS[row.tries++]
  if (wait === undefined) Object.assign(row, { state: end, why: `${error.message} A person must look.` })
  else Object.assign(row, { state, next: seconds() + Math.max(wait, retryAfter ?? 0), why: error.message })
}

/** Settles what is in doubt, and tries again what was certainly not placed: run it every minute. */
export async function settleAll (now = seconds()) {
  for (const [id, row] of orders) {
    if (row.next > now) continue
    if (row.state === 'try again') await place(id, row)
    else if (['placing', 'in doubt'].includes(row.state)) await settle(id, row)
  }
}

async function settle (id, row) {
  if (!Number.isSafeInteger(row.sentAt) || row.sentAt <= 0) {
    // Never taken for 0: an order that was sent long ago is soon called absent, and then placed twice.
    return Object.assign(row, { state: 'look', why: 'It may have been placed, and when it was sent is lost. A person must look.' })
  }
  const { sentAt } = row
  let found
  try {
    found = await spiff.settle(row.order, { sentAt: row.sentAt, firstAbsentAt: row.firstAbsentAt })
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
    return later(row, 'in doubt', 'look', error) // The read failed: as much in doubt as before.
  }
  if (row.sentAt !== sentAt || !['placing', 'in doubt'].includes(row.state)) return // Another run of this job was faster.
  if (found.verdict === 'placed') row.state = 'placed'
  else if (found.verdict === 'absent') Object.assign(row, { state: 'try again', next: 0, tries: 0 })
  else if (found.againAt === null) Object.assign(row, { state: 'look', why: `${found.reason} A person must look.` })
  else Object.assign(row, { state: 'in doubt', next: found.againAt, firstAbsentAt: found.firstAbsentAt, tries: 0, why: found.reason })
}
