// The same from CommonJS.
import countersign = require('countersign')
import testing = require('countersign/testing')

const signer: countersign.Signer = new countersign.Signer('key', 'secret')
export const authorization: string = signer.authorization('GET', '/')
export const place = (order: countersign.SpiffOrder): Promise<countersign.PlacedOrder> => countersign.Spiff.fromEnv().placeOrder(order)
export const doubt = (error: unknown): number | undefined => error instanceof countersign.OutcomeUnknownError ? error.sentAt : undefined
export const started = (): Promise<testing.Sandbox> => testing.sandbox()
