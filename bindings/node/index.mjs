// The package for ES modules: the same objects as for CommonJS.
export {
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
} from './index.js'
