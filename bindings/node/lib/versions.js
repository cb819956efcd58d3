// Refuses a Node that would load all of the package, and fail later at whatever it lacks.
'use strict'

if (parseInt(process.versions.node) < 20) {
  throw new Error(`countersign needs Node 20 or newer, and this is Node ${process.versions.node}: install a newer one, also in the image or the service that starts this program.`)
}
