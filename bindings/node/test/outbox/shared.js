// Servers that tests of one process share, started when they are first asked for, and what is to be ended before them.
'use strict'

const { Server } = require('./servers.js')

const ends = []
const [postgresql, mariadb] = [Server.start('postgresql', '--pgbouncer'), Server.start('mariadb')]

async function end () {
  for (const one of ends.reverse()) await one()
  await Promise.all([postgresql, mariadb].map(async server => (await server).stop()))
}

module.exports = { end, ends, mariadb, postgresql }
