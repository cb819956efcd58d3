// A stand-in for the script of Sign Customiser in a shop's page, written from its public documents alone: the element holds a
// frame of the sandbox's in which a person designs a sign, and tells the page once the shop has taken it.

class Embed extends HTMLElement {
  static observedAttributes = ['customiser-id', 'integration-id', 'driver']
  #root = this.attachShadow({ mode: 'open' })
  #close = () => {}
  #due = false

  connectedCallback () {
    this.#show()
  }

  disconnectedCallback () {
    this.#close()
  }

  attributeChangedCallback () {
    this.#show()
  }

  /** Once for however many attributes change together. */
  #show () {
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => {
      this.#due = false
      if (this.isConnected) this.#load()
    })
  }

  #load () {
    this.#close()
    this.style.display ||= 'block'
    const [customiser, integration, driver] = Embed.observedAttributes.map(name => this.getAttribute(name))
    if (driver !== 'custom') return void this.#say(`The attribute driver is "custom", not "${driver ?? ''}".`)
    const heard = (word, { height, product }) => {
      if (word === 'height') frame.style.height = `${Number(height)}px`
      if (word === 'complete') {
        this.dispatchEvent(new CustomEvent('sign-customiser:product-created', { bubbles: true, composed: true, detail: product }))
      }
    }
    const missing = () => this.isConnected && this.#say(`The sandbox at ${SANDBOX} does not show its customiser.`)
    const { frame, close } = hold('Design your sign', { customiser, integration, embedded: true }, heard, missing)
    this.#close = close
    this.#root.replaceChildren(frame)
  }

  #say (text) {
    const told = document.createElement('p')
    told.setAttribute('role', 'alert')
    told.textContent = text
    this.#root.replaceChildren(told)
  }
}

if (!customElements.get('sign-customiser-embed')) customElements.define('sign-customiser-embed', Embed)
window.signCustomiserEmbedScript = true
