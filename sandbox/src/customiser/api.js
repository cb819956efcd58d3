// A stand-in for the script of Spiff Commerce in a shop's page, written from its public documents alone: it opens a frame of
// the sandbox's in which a person designs, and tells the page how that ended.

const handlers = new WeakMap()

/** What tells its listeners of events. */
class Speaker {
  constructor () {
    handlers.set(this, new Map())
  }

  on (event, handler) {
    if (typeof handler !== 'function') throw new TypeError(`on('${event}', …) takes a function.`)
    const known = handlers.get(this)
    known.set(event, [...known.get(event) ?? [], handler])
  }
}

/** Tells an event, and whether anyone listened. */
function tell (speaker, event, value) {
  const known = handlers.get(speaker).get(event) ?? []
  for (const handler of known) {
    // One that fails does not keep it from the others.
    try {
      handler(value)
    } catch (error) {
      reportError(error)
    }
  }
  return known.length > 0
}

/** How a frame's address names a product. */
const names = new WeakMap()

class AnyProduct extends Speaker {
  confirmActive () {
    fetch(address('product', names.get(this)))
      .then(reply => reply.json())
      .catch(error => ({ why: `${SANDBOX} does not answer: ${error.message}.` }))
      .then(({ active, why, error }) => {
        if (!active) warn(why ?? error)
        tell(this, active ? 'ready' : 'invalid')
      })
  }
}

class IntegrationProduct extends AnyProduct {
  constructor (id) {
    super()
    names.set(this, { product: id })
  }
}

class Product extends AnyProduct {
  constructor ({ integrationId, productId } = {}) {
    super()
    names.set(this, { integration: integrationId, shop_product: productId })
  }
}

/** What each experience was made with, and those that are open. */
const options = new WeakMap()
const running = new WeakSet()

/** Whether a frame fills the window. */
let filled = false

class Experience extends Speaker {
  constructor (given) {
    super()
    if (!names.has(given?.product)) {
      throw new TypeError(`${new.target.name} takes an object with a product: an IntegrationProduct or a Product.`)
    }
    options.set(this, given)
  }

  execute ({ workflowId } = {}) {
    const { product, presentmentCurrency, applicationKey, portalMode, embedElement } = options.get(this)
    if (running.has(this)) return void warn('It is open already: this execute() is ignored.')
    if (filled && !embedElement) return void warn('Another one fills the window: this execute() is ignored.')
    const parameters = {
      ...names.get(product),
      currency: presentmentCurrency,
      workflow: workflowId,
      key: applicationKey,
      portal: Boolean(portalMode),
      embedded: Boolean(embedElement)
    }
    const heard = (word, { result, height }) => {
      if (word === 'ready' && !embedElement) frame.focus()
      if (word === 'height' && embedElement) frame.style.height = `${Number(height)}px`
      if (word === 'complete') end('complete', this instanceof Transaction ? ofItsTime(result) : result)
      if (word === 'quit') end('quit')
    }
    const { frame, close } = hold('Design your product', parameters, heard, () => end('quit'))
    const whole = embedElement ? frame : overTheWindow(frame, () => end('quit'))
    const end = (event, result) => {
      if (!running.delete(this)) return
      close()
      if (!embedElement) {
        filled = false
        // It gives the focus back.
        whole.close()
      }
      whole.remove()
      // As documented, it is not told where an element was given.
      if (event === 'quit' && embedElement) return
      if (!tell(this, event, result) && event === 'quit') {
        warn("Nobody listens for 'quit'. The vendor's object would stay \"executing\" for good: add a handler, even an empty one.")
      }
    }
    running.add(this)
    if (embedElement) return void embedElement.append(frame)
    filled = true
    const body = document.body ?? document.documentElement
    body.append(whole)
    whole.showModal()
  }
}

class HostedExperience extends Experience {}
class Transaction extends Experience {}

/** What a design came to when there were transactions alone. */
function ofItsTime ({ transactionId, baseCost, optionsCost, exportedData, previewImage }) {
  return { transactionId, baseCost, optionsCost, exportedData, previewImage, designProductId: null, designProductVariantId: null }
}

/** Puts a frame over the window: what is behind it is neither seen nor reached meanwhile. */
function overTheWindow (frame, closed) {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-label', frame.title)
  dialog.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;max-width:none;max-height:none;margin:0;border:0;padding:0;overflow:hidden;background:Canvas'
  dialog.append(frame)
  // Escape while the focus is outside of the frame, or the page itself.
  dialog.addEventListener('close', closed)
  return dialog
}

window.Spiff ??= {
  setRegion (region) {
    if (!['us', 'au', 'ap'].includes(region)) warn(`There is no region ${region}: it is us, au or ap.`)
  },
  IntegrationProduct,
  Product,
  HostedExperience,
  Transaction
}

/** When every script of the page has had its turn to listen. */
const begin = () => window.dispatchEvent(new Event('SpiffApiReady'))
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin)
else setTimeout(begin)
