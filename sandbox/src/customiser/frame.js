// The frame in which a person chooses: every price, picture and judgement comes from the sandbox. It speaks to the page that
// holds it and to no other, and listens to none.
'use strict'

const { from, embedded } = document.body.dataset
const form = document.getElementById('design')
const part = id => document.getElementById(id)
/** Changes are told together. */
const PAUSE = 150

function tell (word, more = {}) {
  parent.postMessage({ countersign: word, ...more }, from)
}

part('quit')?.addEventListener('click', () => tell('quit'))
if (!embedded) document.addEventListener('keydown', event => event.key === 'Escape' && tell('quit'))

/** What is chosen, as a form is sent. */
function chosen (more = {}) {
  const fields = new URLSearchParams(new FormData(form))
  for (const [name, value] of Object.entries(more)) fields.set(name, value)
  return fields
}

let looks = 0

/** Shows what is chosen, and what it costs. */
async function look () {
  const mine = ++looks
  const fields = chosen()
  fields.delete('token')
  part('preview').src = `/_/customiser/preview.svg?${fields}`
  const told = await fetch(`/_/customiser/price?${fields}`).then(reply => reply.json()).catch(() => null)
  // What was asked later may be answered first.
  if (mine !== looks) return
  if (!told) return say('The sandbox does not answer.')
  part('preview').alt = told.shows
  part('price').textContent = `Price: ${told.price}`
}

let waiting
function changed () {
  clearTimeout(waiting)
  waiting = setTimeout(look, PAUSE)
}

function say (text) {
  part('wrong').textContent = text
  part('wrong').hidden = text === ''
}

/** Says of each field what is wrong with it, and leads to the first. */
function refuse (wrong) {
  let first = null
  for (const told of form.querySelectorAll('[data-wrong]')) {
    const why = wrong[told.dataset.wrong] ?? ''
    const field = form.elements[told.dataset.wrong]
    told.textContent = why
    told.hidden = why === ''
    if (!(field instanceof Element)) continue
    const described = (field.getAttribute('aria-describedby') ?? '').split(' ').filter(id => id && id !== told.id)
    if (why) {
      first ??= field
      described.unshift(told.id)
      field.setAttribute('aria-invalid', 'true')
    } else field.removeAttribute('aria-invalid')
    if (described.length > 0) field.setAttribute('aria-describedby', described.join(' '))
    else field.removeAttribute('aria-describedby')
  }
  const others = Object.values(wrong)
  say(wrong[''] ?? (others.length > 0 && !first ? others[0] : ''))
  first?.focus()
}

let busy = false

/** Sends what is chosen; answers what the sandbox made of it, or nothing if it has to be changed or sent again. */
async function send (action) {
  if (busy) return
  busy = true
  form.setAttribute('aria-busy', 'true')
  refuse({})
  part('done').textContent = part('done').dataset.meanwhile
  try {
    const reply = await fetch('/_/customiser/finish', { method: 'POST', body: chosen({ action }) })
    const told = await reply.json()
    // A repetition is the same sign.
    if (told.product_id && form.elements.product_id) form.elements.product_id.value = told.product_id
    part('done').textContent = ''
    if (reply.ok) return told
    refuse(told.wrong ?? { '': told.error })
  } catch {
    part('done').textContent = ''
    say('The sandbox does not answer. Nothing is lost: try again.')
  } finally {
    busy = false
    form.removeAttribute('aria-busy')
  }
}

/** Begins anew, after something was made. */
function anew (said) {
  part('text').value = ''
  part('done').textContent = said
  part('title').focus()
  return look()
}

async function finish (action) {
  const told = await send(action)
  if (!told) return
  if (told.product) {
    form.elements.product_id.value = ''
    tell('complete', { product: told.product })
    return anew(told.said)
  }
  if (action !== 'add') return tell('complete', { result: told.result })
  form.elements.bundle.value = `${form.elements.bundle.value} ${told.result.transactionId}`.trim()
  part('finish').value = 'bundle'
  part('finish').textContent = 'Finish the bundle'
  part('add').textContent = 'Add to the bundle'
  return anew(told.said)
}

if (form) {
  form.addEventListener('input', changed)
  form.addEventListener('submit', event => {
    event.preventDefault()
    // Enter in a field finishes what stands there.
    finish(event.submitter?.value ?? part('finish').value)
  })
}

if (embedded) {
  const high = () => tell('height', { height: Math.ceil(document.body.getBoundingClientRect().height) })
  // Nothing is observed in a frame that is not seen yet.
  high()
  new ResizeObserver(high).observe(document.body)
} else part('title').focus()
tell('ready')
