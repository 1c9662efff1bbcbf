// `paracosm/server`: the server inside a program: its pages, its API and its sockets, with the program's own worlds.
import { createWorldRegistry } from '../host/world-registry.ts'
import type { World } from '../kernel/world.ts'
import { readVersion } from '../lib/version.ts'
import { startServer } from '../server/app.ts'

/** How a server runs. */
export interface CreateServerOptions {
  /** The data folder: episodes, players and logs. It is created when it is missing; one server at a time uses it. */
  readonly folder: string
  /** Worlds beside the built-in ones: values, paths of modules, or installed packages. Only these can be named over HTTP. */
  readonly worlds?: readonly (string | World)[] | undefined
  /** Address to listen on. Default: '127.0.0.1'. */
  readonly host?: string | undefined
  /** Port, 0 to 65535; 0, the default, picks any free one. */
  readonly port?: number | undefined
  /** A postgres:// URL for the store; default: a file in the folder. */
  readonly databaseUrl?: string | undefined
  /** Whether the server plays matches of bots for visitors to watch. Default: false. */
  readonly hasShowcase?: boolean | undefined
  /** Log level; the log is JSON lines on standard error. Default: 'silent'. */
  readonly log?: 'debug' | 'info' | 'warn' | 'error' | 'silent' | undefined
  /** Origins of other pages that may use the API and the sockets. Default: none. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Host names of the server. IP addresses and localhost need no entry. Default: none. */
  readonly allowedHosts?: readonly string[] | undefined
  /** Proxies whose forwarded headers are trusted: addresses, networks, or 'loopback'. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined
  /** The key for administration routes, and for local routes from other machines. Default: none. */
  readonly adminKey?: string | undefined
}

/** A running server. */
export interface ParacosmServer extends AsyncDisposable {
  /** Its URL: 'http://127.0.0.1:8080'. */
  readonly url: string
  /** Unfinished episodes of an earlier run that it resumed. */
  readonly resumed: number
  /**
   * Finishes the current step of every episode, saves, and closes. A second call waits for the same end.
   * @returns ids of the unfinished episodes, which the next start resumes
   */
  close(): Promise<readonly string[]>
}

/**
 * Starts a server.
 *
 * @throws AppError (as a rejection) PORT_IN_USE, DATA_IN_USE, FILE_UNWRITABLE, UNKNOWN_WORLD, WORLD_INVALID, and the
 * STORE_… codes
 *
 * @example
 * import { createServer } from 'paracosm/server'
 *
 * await using server = await createServer({ folder: './data', worlds: ['./harvest.ts'] })
 * const worlds = await fetch(`${server.url}/api/worlds`)
 * console.log(worlds.status)
 */
export async function createServer(options: CreateServerOptions): Promise<ParacosmServer> {
  const given = options.worlds ?? []
  const worlds = await createWorldRegistry({
    worlds: given.filter((each) => typeof each !== 'string'),
    modules: given.filter((each) => typeof each === 'string'),
  })
  const { databaseUrl, adminKey, allowedOrigins = [], allowedHosts = [], trustedProxies } = options
  const server = await startServer({
    dataDir: options.folder,
    worlds,
    ...(databaseUrl === undefined ? {} : { store: { kind: 'postgres', url: databaseUrl } }),
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    otherPorts: 0,
    hasShowcase: options.hasShowcase ?? false,
    logLevel: options.log ?? 'silent',
    version: readVersion(),
    sessions: { adminKey },
    access: { adminKey, allowedOrigins, allowedHosts, trustedProxies },
  })
  let closing: Promise<readonly string[]> | undefined
  const close = (): Promise<readonly string[]> => {
    closing ??= server.close()
    return closing
  }
  return {
    url: server.url,
    resumed: server.resumed,
    close,
    async [Symbol.asyncDispose]() {
      await close()
    },
  }
}
