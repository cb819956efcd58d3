// What the methods of operations.js are made of: an operation with its options, and feeds that are read page by page.
'use strict'

/** Runs an operation; `select` travels with its input. */
function run (client, operation, input, given) {
  const { select, ...options } = given ?? {}
  return client.run(operation, select === undefined ? input : { ...input, select }, options)
}

/** The items of a feed, page by page. */
async function * pages (client, operation, input, given) {
  const { pageSize, ...options } = given ?? {}
  let page = { next: undefined }
  do {
    const members = { ...input }
    if (pageSize !== undefined) members.limit = pageSize
    if (page.next !== undefined) Object.assign(members, { offset: page.next, mark: page.mark })
    page = await run(client, operation, members, options)
    yield * page.items
  } while (page.next !== null)
}

module.exports = { run, pages }
