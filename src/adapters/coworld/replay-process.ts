// Replay mode of a game (contract section 3): a page and a socket that show the recording named by `?uri=`, if the
// operator allows it.
import { AppError } from '../../kernel/errors.ts'
import type { World } from '../../kernel/world.ts'
import { type AccessOptions, Transport } from '../../transport/transport.ts'
import { readSource } from './read-source.ts'
import { openRecording } from './recorded.ts'
import { openReplay, type Recorded, replayPage } from './replay-adapter.ts'
import { ReplayBudget } from './replay-budget.ts'
import { serveSite } from './site.ts'
import { resolveSource, type UriPolicy } from './uri-policy.ts'

export interface ReplayProcessOptions {
  readonly host: string
  readonly port: number
  /** The recording to show if the query names none. */
  readonly uri?: string | undefined
  /** The recordings that a query may name. */
  readonly policy: UriPolicy
  readonly access?: AccessOptions | undefined
  /** Whether a runner started it: then pages of its proxy may connect, whatever their origin. */
  readonly isHosted: boolean
  readonly signal: AbortSignal
  onListening(port: number): void
  /** Receives the full reason when a recording cannot be shown; clients get a general one. */
  onFault(error: unknown): void
}

/**
 * Serves recordings until the signal.
 * @throws AppError PORT_IN_USE, USAGE
 */
export async function serveReplays(world: World, options: ReplayProcessOptions): Promise<void> {
  const { signal, onFault, policy } = options
  const transport = new Transport({ ...options.access, onFault })
  const budget = new ReplayBudget()
  const server = await serveSite(
    transport,
    {
      page: ({ path }) => replayPage(path, world),
      sockets: [
        {
          pattern: '/replay',
          origins: options.isHosted ? 'any' : 'allowed',
          authorize({ query }) {
            const uri = query.get('uri') ?? options.uri
            if (uri) return openReplay({ open: () => openAllowed(uri, { world, policy, onFault }), budget, onFault })
            throw new AppError('SOURCE_REFUSED', 'The query names no recording.', {
              hint: 'Add ?uri= with the address of a recording.',
            })
          },
        },
      ],
    },
    options,
  )
  options.onListening(server.port)
  if (!signal.aborted) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  await server.close()
}

interface Allowed {
  readonly world: World
  readonly policy: UriPolicy
  onFault(error: unknown): void
}

/** Opens a recording for an untrusted client: errors keep their code, but lose everything that could reveal content. */
async function openAllowed(uri: string, { world, policy, onFault }: Allowed): Promise<Recorded> {
  try {
    const source = await resolveSource(uri, policy)
    return await openRecording({ name: uri, bytes: await readSource(source) }, world)
  } catch (error) {
    onFault(error)
    const code = error instanceof AppError ? error.code : 'FILE_UNREADABLE'
    const message = code === 'SOURCE_REFUSED' ? 'This server may not open that recording.' : CANNOT_SHOW
    throw new AppError(code, message, { hint: 'Name a recording of this game that the operator allows.' })
  }
}

const CANNOT_SHOW = 'The recording cannot be shown: it is missing, too large, or not a recording of this game.'
