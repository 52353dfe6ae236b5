// A real Bluesky network on loopback, in two processes so that the PDS can be killed alone:
// "view" runs the directory of DIDs (PLC) and the app view, "pds" the personal data server. A third,
// "jetstream", hands the real firehose on as a Jetstream does: the real one is a Go program.
'use strict'
const net = require('node:net')
const { createRequire } = require('node:module')

const options = JSON.parse(process.env.OPTIONS)
const load = createRequire(options.modules + '/')

// The servers listen on every interface; these listen on loopback.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' && typeof args[1] !== 'string') args.splice(1, 0, '127.0.0.1')
  else if (args[0]?.port !== undefined && !args[0].host) args[0] = { ...args[0], host: '127.0.0.1' }
  return listen.apply(this, args)
}

// The embedded PostgreSQL has no pg_trgm, which only the search for people uses.
const pg = load('pg')
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (asked, ...rest) {
  const text = typeof asked === 'string' ? asked : asked?.text
  if (/pg_trgm|_trgm_ops/.test(text ?? '')) {
    if (typeof asked === 'string') asked = 'select 1'
    else Object.assign(asked, { text: 'select 1', values: [] })
  }
  return query.call(this, asked, ...rest)
}

const { TestPlc, TestPds, TestBsky, mockNetworkUtilities } = load('@atproto/dev-env')
const at = (port) => `http://localhost:${port}`

async function view() {
  const plc = await TestPlc.create({ port: options.plc })
  const bsky = await TestBsky.create({
    port: options.view,
    plcUrl: plc.url,
    pdsPort: options.pds,
    repoProvider: `ws://localhost:${options.pds}`,
    dbPostgresSchema: 'appview',
    dbPostgresUrl: options.database,
    publicUrl: at(options.view),
  })
  // Handles end in .test and are asked of the PDS, which lives in the other process.
  const service = { publicUrl: at(options.pds) }
  const identity = { serviceHandleDomains: ['.test'] }
  const ctx = { idResolver: bsky.ctx.idResolver, cfg: { service, identity } }
  mockNetworkUtilities({ url: at(options.pds), port: options.pds, ctx }, bsky)
  return bsky.ctx.cfg.serverDid
}

async function pds() {
  const server = await TestPds.create({
    port: options.pds,
    hostname: 'localhost',
    didPlcUrl: at(options.plc),
    enableDidDocWithSession: true,
    bskyAppViewUrl: at(options.view),
    bskyAppViewDid: options.viewDid,
    dataDirectory: options.folder,
    blobstoreDiskLocation: `${options.folder}/blobs`,
    plcRotationKeyK256PrivateKeyHex: options.rotationKey,
    jwtSecret: options.jwtSecret,
    rateLimitsEnabled: true,
  })
  mockNetworkUtilities(server)
  return ''
}

async function jetstream() {
  const { Firehose } = load('@atproto/sync')
  const { WebSocketServer } = load('ws')
  const server = new WebSocketServer({ port: options.jetstream })
  await new Promise((resolve) => server.on('listening', resolve))
  const firehose = new Firehose({
    service: `ws://localhost:${options.pds}`,
    unauthenticatedCommits: true,
    unauthenticatedHandles: true,
    onError: (error) => console.error(String(error)),
    handleEvent: (event) => {
      if (!['create', 'update', 'delete'].includes(event.event)) return
      const { collection, rkey, rev } = event
      const commit = { rev, operation: event.event, collection, rkey }
      if (event.record) Object.assign(commit, { record: event.record, cid: String(event.cid) })
      const line = { did: event.did, time_us: Date.now() * 1000, kind: 'commit', commit }
      for (const client of server.clients) client.send(JSON.stringify(line))
    },
  })
  firehose.start()
  return ''
}

const role = { view, pds, jetstream }[process.argv[2]]
role().then(
  (told) => console.log(`READY ${told}`),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
