// What edge runtimes and browsers get in the place of the package: a sentence that says why it cannot work there.
throw new Error(
  'countersign is for the Node runtime only: it has a native module, and secrets do not belong in a browser. In Next.js, ' +
    "write `export const runtime = 'nodejs'` in the route; elsewhere, let a service of yours that runs in Node place the orders."
)
