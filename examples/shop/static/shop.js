// What a page of the shop does in the browser: hands a finished design over to the server by its id, and looks again at an order that waits.
// Prices are the server's business: nothing here knows one.
'use strict'

const form = kind => document.querySelector(`form[data-${kind}]`)
const say = (form, text) => { form.querySelector('[role=status]').textContent = text }

/** Puts a design into the cart, which is the next page. */
function add (form, item, quantity = 1) {
  say(form, 'Putting it into your cart …')
  form.elements[0].value = item
  form.elements[1].value = quantity
  form.submit()
}

// Spiff: a window over the page.
window.addEventListener('SpiffApiReady', () => {
  const mug = form('mug')
  const button = mug.querySelector('button')
  const product = new window.Spiff.IntegrationProduct(mug.dataset.mug)
  product.on('ready', () => { button.disabled = false })
  product.on('invalid', () => say(mug, 'This mug cannot be customised at the moment.'))
  product.confirmActive()
  mug.addEventListener('submit', event => {
    event.preventDefault()
    say(mug, '')
    const experience = new window.Spiff.HostedExperience({ product, presentmentCurrency: 'USD' })
    experience.on('complete', result => add(mug, result.transactionId, result.quantity))
    experience.on('quit', () => say(mug, 'You left the designer. Nothing is in your cart.'))
    experience.execute()
  })
})

// Sign Customiser: a part of the page.
document.addEventListener('sign-customiser:product-created', event => add(form('sign'), event.detail.external_id))

// A script of a platform that cannot be loaded.
document.addEventListener('error', ({ target }) => {
  const shown = form('mug') ?? form('sign')
  if (target.tagName === 'SCRIPT' && shown) say(shown, 'The designer cannot be loaded at the moment. Try again later.')
}, true)

/** Asks how far the order is, as long as that may change. */
async function look () {
  const state = document.getElementById('state')
  if (state?.dataset.state !== 'waiting') return
  const page = await fetch(location.href).then(reply => reply.ok ? reply.text() : '', () => '')
  const now = new DOMParser().parseFromString(page, 'text/html').getElementById('state')
  // Where nothing is new, nothing is read out again.
  if (now && now.outerHTML !== state.outerHTML) {
    state.replaceChildren(...now.children)
    state.dataset.state = now.dataset.state
  }
  setTimeout(look, 1000)
}
document.addEventListener('DOMContentLoaded', look)
