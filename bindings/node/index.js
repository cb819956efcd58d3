// The package for CommonJS. The names stand literally, so that Node finds them for `import` too.
'use strict'

require('./lib/versions.js')
const { CountersignError, InvalidOrderError, NotPlacedError, OutcomeUnknownError, VerificationFailedError } = require('./lib/errors.js')
const { Signer } = require('./lib/signer.js')
const { Webhook, WebhookEvent, minorUnits } = require('./lib/webhook.js')
const { PreparedCall } = require('./lib/call.js')
const { Settlement, SignCustomiser, Spiff } = require('./lib/client.js')
const { Outbox } = require('./lib/outbox.js')

module.exports = {
  CountersignError,
  InvalidOrderError,
  NotPlacedError,
  Outbox,
  OutcomeUnknownError,
  PreparedCall,
  Settlement,
  SignCustomiser,
  Signer,
  Spiff,
  VerificationFailedError,
  Webhook,
  WebhookEvent,
  minorUnits
}
