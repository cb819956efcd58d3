// Signs and verifies requests with one key pair.
'use strict'

const native = require('./native.js')
const { ask, failed } = require('./errors.js')
const { argument, headers: pairs, known, seconds } = require('./input.js')

const JSON_TYPE = 'application/json'

class Signer {
  #signer
  #authorize

  constructor (accessKey, secretKey, options) {
    const { scheme = 'SOA', digest, exactSecret = false } = known(options, ['scheme', 'digest', 'exactSecret'], 'The options')
    this.#signer = ask(native.signer(accessKey, secretKey, scheme, digest, exactSecret === true))
    this.#authorize = ask(this.#signer.authorizer())
  }

  // The hot call: nothing stands in its way that it can do without.
  authorization (method, path, body = '', options = undefined) {
    if (options !== undefined && typeof options !== 'object') throw argument('The options are no object: give { contentType }, { date }.')
    const answer = options === undefined || options === null
      ? this.#authorize(method, path, JSON_TYPE, undefined, body)
      : this.#authorize(method, path, options.contentType ?? JSON_TYPE, options.date, body)
    if (typeof answer === 'string') return answer
    throw failed(answer)
  }

  headers (method, path, body = '', options = undefined) {
    const { contentType, date, now } = known(options, ['contentType', 'date', 'now'], 'The options')
    const [authorization, dated, type] = ask(this.#signer.headers(method, path, contentType, date, body, seconds(now, 'now'))).split('\n')
    return type === undefined ? { Authorization: authorization, Date: dated } : { Authorization: authorization, Date: dated, 'Content-Type': type }
  }

  stringToSign (method, path, body = '', options = undefined) {
    const { contentType, date } = known(options, ['contentType', 'date'], 'The options')
    return ask(this.#signer.stringToSign(method, path, contentType ?? JSON_TYPE, date, body))
  }

  verify (method, path, body, headers, options) {
    const { now, window, others = [] } = known(options, ['now', 'window', 'others'], 'The options')
    const signers = Array.from(others, other => {
      if (!(#signer in Object(other))) throw argument('others holds something that is no Signer.')
      return other.#signer
    })
    const judged = window === null ? -1 : window
    return ask(this.#signer.verify(signers, method, path, body, pairs(headers), seconds(now, 'now'), judged))
  }

  explain (method, path, body, headers) {
    return JSON.parse(ask(this.#signer.explain(method, path, body, pairs(headers))))
  }
}

module.exports = { Signer }
