// What both scripts have in common: a frame of the sandbox's in a shop's page, and the words that come from it.

/** Where this script comes from; the frame comes from there too. */
const SANDBOX = new URL(document.currentScript.src).origin

/** How long a frame may take to come up, in milliseconds; and once it is loaded. */
const PATIENCE = 10_000
const LOADED = 1_000

function warn (text) {
  console.warn(`Countersign sandbox: ${text}`)
}

/** An address of the sandbox's, with those of the parameters that are there. */
function address (path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== false)
  return `${SANDBOX}/_/customiser/${path}?${new URLSearchParams(given)}`
}

/**
 * Makes a frame, which works once it stands in the page. `heard` is told each word from it, and `gone` if the page takes it
 * away or it does not come up; nothing is told after `close()`.
 */
function hold (title, parameters, heard, gone) {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.src = address('frame', { from: location.origin, ...parameters })
  frame.style.cssText = 'display:block;width:100%;height:100%;border:0'
  let up = false
  let latest = Date.now() + PATIENCE
  const listen = event => {
    // Whoever else sends messages to this page is not meant.
    if (event.origin !== SANDBOX || !event.source || event.source !== frame.contentWindow) return
    if (event.data?.countersign === 'ready') up = true
    heard(event.data?.countersign, event.data)
  }
  const close = () => {
    clearInterval(watch)
    removeEventListener('message', listen)
  }
  const watch = setInterval(() => {
    if (frame.isConnected && (up || Date.now() < latest)) return
    close()
    if (frame.isConnected) warn(`The frame of ${SANDBOX} does not come up. Is the sandbox running, and may this page use it?`)
    gone()
  }, 200)
  // A browser says of its own page about what went wrong that it was loaded.
  frame.addEventListener('load', () => { latest = Math.min(latest, Date.now() + LOADED) })
  addEventListener('message', listen)
  return { frame, close }
}
