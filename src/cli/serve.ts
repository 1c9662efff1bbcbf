// `paracosm serve`: the server, with something to watch.
import { Command } from 'commander'
import { startServer } from '../server/app.ts'
import { type Io, printJson } from './io.ts'
import { parsePort } from './options.ts'
import { storeTarget } from './store.ts'
import { readVersion } from './version.ts'

interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly exhibition: boolean
  readonly log: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly json?: boolean
}

/** How many ports after the wanted one are tried. */
const OTHER_PORTS = 50

export function createCommand(io: Io): Command {
  return new Command('serve')
    .description('Start the server: pages, API, sockets, and a match of bots to watch.')
    .option('--host <host>', 'address to listen on', io.config.PARACOSM_HOST)
    .option('--port <port>', 'port, or the next free one; 0 takes any', parsePort, io.config.PARACOSM_PORT)
    .option('--data <folder>', 'where episodes are kept', io.config.PARACOSM_DATA)
    .option('--no-exhibition', 'do not play matches of bots')
    .option('--log <level>', 'debug, info, warn, error or silent', 'warn')
    .option('--json', 'print one line of JSON when ready')
    .addHelpText(
      'after',
      `
Examples:
  paracosm serve
  paracosm serve --port 9000 --data /tmp/paracosm --no-exhibition

An interrupt (Ctrl-C) ends it in order: every step is finished and saved, and the next start goes on from there.`,
    )
    .action((options: ServeOptions) => serve(io, options))
}

async function serve(io: Io, options: ServeOptions): Promise<void> {
  const server = await startServer({
    dataDir: options.data,
    store: storeTarget(io, options.data, { mode: 'create', runs: 'thread' }),
    host: options.host,
    port: options.port,
    otherPorts: options.port === 0 ? 0 : OTHER_PORTS,
    hasExhibition: options.exhibition,
    logLevel: options.log,
    version: readVersion(),
  })
  if (options.json) io.out(JSON.stringify({ ok: true, url: server.url, resumed: server.resumed }))
  else {
    io.out(`Paracosm is at ${server.url}`)
    if (server.resumed > 0)
      io.out(`Went on with ${server.resumed} unfinished episode${server.resumed === 1 ? '' : 's'}.`)
    io.out('Ctrl-C stops it.')
  }
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  const left = await server.close()
  if (options.json) printJson(io, { ok: true, unfinished: left })
  else io.out(left.length === 0 ? 'Stopped.' : `Stopped. The next start goes on with: ${left.join(', ')}`)
}
