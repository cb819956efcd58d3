// A first order: TRANSACTION_ID=… node first-order.mjs, with the credentials in the environment.
import { NotPlacedError, OutcomeUnknownError, Spiff } from 'countersign'

const spiff = Spiff.fromEnv() // or: new Spiff({ accessKey, secretKey, region: 'us' })
const order = {
  externalId: '1001',
  paid: true, // no default: say what is true
  orderItems: [{ amountToOrder: 1, transactionId: process.env.TRANSACTION_ID }]
}

try {
  const placed = await spiff.placeOrder(order)
  console.log(`placed: ${placed.id}`)
} catch (error) {
  if (error instanceof OutcomeUnknownError) {
    // It may exist. Store sentAt with the order, and settle it later; never send it again.
    console.log(`unknown: ${error.message} sent at ${error.sentAt}, settle from ${error.settleAfter} on`)
  } else if (error instanceof NotPlacedError) {
    // Certain. Every problem of an order has its path.
    console.log(error.retryable ? `try again later: ${error.message}` : `not placed: ${error.message}`)
  } else {
    throw error
  }
}
