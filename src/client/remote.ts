// A server that was deployed from elsewhere: seeded once, looked at, saved.
import { BOOTSTRAP_HEADERS, Bootstrapped, type RemoteStatus } from '../protocol/remote.ts'
import { ClientError, codeOfStatus } from './client-error.ts'
import { ask, type Credentials, download, hostOf } from './http.ts'

interface RemoteOptions {
  /** Of the server. */
  readonly url: string
  /** Of the remote admin. */
  readonly key?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** A seed on its way. */
interface Seed {
  readonly fileName: string
  readonly body: ReadableStream<Uint8Array>
  readonly token: string
  /** The key that the administrator is to have; absent: the server makes one. */
  readonly adminKey?: string | undefined
  /** Milliseconds for the whole of it. */
  readonly timeoutMs: number
}

/** Milliseconds for a status. */
const STATUS_MS = 15_000

/**
 * The client of a server's remote routes.
 *
 * @example
 * import { createRemoteClient } from 'paracosm/client'
 *
 * const remote = createRemoteClient({ url: 'http://127.0.0.1:8080' })
 * console.log(typeof remote.status) // function
 */
export function createRemoteClient({ url, key, signal }: RemoteOptions) {
  const caller: Credentials = { url: url.replace(/\/+$/, ''), key, signal }
  return {
    status: (): Promise<RemoteStatus> =>
      ask(caller, (s) => s.RemoteStatus, '/api/remote/status', { timeoutMs: STATUS_MS }),
    /** The store as an archive of a dump. */
    save: (format: 'tar.gz' | 'zip'): Promise<ReadableStream<Uint8Array>> =>
      download(caller, `/api/remote/db-export?format=${format}`),
    /** Sends the seed. @throws ClientError with the server's sentence */
    bootstrap: (seed: Seed): Promise<Bootstrapped> => bootstrap(caller, seed),
  }
}

async function bootstrap(
  { url, signal }: Credentials,
  { fileName, body, token, adminKey, timeoutMs }: Seed,
): Promise<Bootstrapped> {
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    [BOOTSTRAP_HEADERS.token]: token,
    [BOOTSTRAP_HEADERS.fileName]: fileName,
  }
  if (adminKey !== undefined) headers[BOOTSTRAP_HEADERS.adminKey] = adminKey
  const signals = [signal, AbortSignal.timeout(timeoutMs)].filter((each) => each !== undefined)
  const request = { method: 'POST', headers, body, duplex: 'half', signal: AbortSignal.any(signals) } as const
  const answer = await fetch(`${url}/api/remote/bootstrap`, request).catch((cause: unknown) => {
    throw new ClientError('UNREACHABLE', `no answer from ${hostOf(url)}`, { cause })
  })
  const told: unknown = await answer.json().catch(() => undefined)
  const parsed = Bootstrapped.safeParse(told)
  if (answer.ok && parsed.success) return parsed.data
  const detail =
    typeof told === 'object' && told !== null && 'detail' in told ? String(told.detail) : `status ${answer.status}`
  throw new ClientError(codeOfStatus(answer.status), `the server refused the seed: ${detail}`, {
    status: answer.status,
  })
}
