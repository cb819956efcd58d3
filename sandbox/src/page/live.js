// Keeps the page as it would be if it were loaded now. It asks for it again and takes over what differs, and leaves alone
// what the reader has: the place, what is open, what is focused, selected or typed.
'use strict'

const PAUSE = 1000
// After a form that was refused, the page itself stands elsewhere.
const address = location.pathname === '/' ? location.pathname + location.search : '/'
let known = ''
let paused = false

/** Makes a node like a new one, with as little change as possible. */
function follow (old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue
    return
  }
  // Whether details are open belongs to the reader; so does what stands in a field that was touched, in every browser.
  for (const { name } of [...old.attributes]) {
    if (name !== 'open' && !fresh.hasAttribute(name)) old.removeAttribute(name)
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value)
  }
  const ids = new Set([...fresh.children].map(child => child.id))
  const kept = new Map([...old.children].filter(child => child.id).map(child => [child.id, child]))
  for (const [id, child] of kept) {
    if (!ids.has(id)) child.remove()
  }
  let at = old.firstChild
  for (const next of [...fresh.childNodes]) {
    const same = next.id ? kept.get(next.id) : at && !at.id && at.nodeName === next.nodeName ? at : null
    if (!same) {
      old.insertBefore(document.importNode(next, true), at)
      continue
    }
    if (same === at) at = at.nextSibling
    else old.insertBefore(same, at)
    follow(same, next)
  }
  while (at) {
    const next = at.nextSibling
    at.remove()
    at = next
  }
}

/** What the reader looks at: what is focused, or what stands at the upper edge. */
function anchor () {
  const seen = element => {
    const { top, bottom } = element.getBoundingClientRect()
    return bottom > 0 && top < innerHeight
  }
  const focused = document.activeElement
  if (focused && focused !== document.body && seen(focused)) return focused
  const at = document.elementFromPoint(innerWidth / 4, 1)
  return at && at.closest('[id]:not(main)')
}

function take (html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html')
  const [focused, place] = [document.activeElement, scrollY > 0 ? anchor() : null]
  const before = place && place.getBoundingClientRect().top
  for (const old of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(old.id)
    if (next) follow(old, next)
  }
  if (address !== '/' || location.pathname === '/') document.title = fresh.title
  fit()
  // What is moved loses the focus.
  if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true })
  if (place && place.isConnected) scrollBy({ top: place.getBoundingClientRect().top - before, behavior: 'instant' })
}

async function look () {
  try {
    const reply = await fetch(address, { headers: known ? { 'If-None-Match': known } : {}, cache: 'no-store' })
    if (reply.ok) {
      const html = await reply.text()
      if (paused) return
      known = reply.headers.get('etag') || ''
      take(html)
    }
    say('')
  } catch {
    say('The sandbox does not answer; this is what it last said.')
  }
}

/** Shows of a fault's parameters those that it has. */
function fit () {
  const fault = document.getElementById('fault-fault')
  if (!fault) return
  for (const field of document.querySelectorAll('[data-only]')) {
    const other = !field.dataset.only.split(' ').includes(fault.value)
    // One that is wrong is to be seen.
    const apart = other && !field.querySelector('[aria-invalid]')
    if (field.hidden !== apart) field.hidden = apart
    for (const control of field.querySelectorAll('input')) control.disabled = apart
  }
}

const button = document.createElement('button')
const trouble = document.createElement('span')
trouble.setAttribute('role', 'status')

function say (text) {
  if (trouble.textContent !== text) trouble.textContent = text
}

function name () {
  button.textContent = paused ? 'Go on' : 'Pause'
  button.title = paused ? 'The page is not kept up to date' : 'The page is kept up to date'
}

button.type = 'button'
button.addEventListener('click', () => {
  paused = !paused
  name()
})
name()
document.getElementById('live').append(button, ' ', trouble)
document.addEventListener('change', event => event.target.id === 'fault-fault' && fit())
fit()

/** A link to a request leads into it. */
function unfold () {
  const target = location.hash && document.getElementById(location.hash.slice(1))
  const details = target && target.querySelector(':scope > details')
  if (details) details.open = true
}
addEventListener('hashchange', unfold)
unfold()

async function watch () {
  if (!paused && !document.hidden) await look()
  setTimeout(watch, PAUSE)
}
setTimeout(watch, PAUSE)
