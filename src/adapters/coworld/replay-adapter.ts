// The page and socket of recorded games. The caller provides the recording: a file named by a query (replay mode of a
// game), or one episode of the server.
import { AppError } from '../../kernel/errors.ts'
import { CLOSE, type SocketConnection } from '../../transport/connection.ts'
import { Inbox } from '../../transport/inbox.ts'
import type { Open } from '../../transport/upgrade-router.ts'
import { type Asset, assetOf, pageOf, readPage } from './pages.ts'
import type { ReplayBudget } from './replay-budget.ts'

/** A recorded game, ready to be shown. */
export interface Recorded {
  /** The message with type `replay`, as text. */
  message(): Promise<string>
  /** The public view after `step` steps, as text; undefined when the recording holds frames only. */
  seek?(step: number): Promise<string>
}

/** The replay page or an asset of it; undefined for other paths. */
export function replayPage(path: string, world: { readonly id: string; readonly title: string }): Asset | undefined {
  return pageOf(path) === 'replay' ? readPage('replay', world) : assetOf(path)
}

export interface ReplayOptions {
  /** Opens the recording; an error that it throws is sent, and closes the connection with 1011. */
  open(): Promise<Recorded>
  /** Shared by all viewers of a server. */
  readonly budget: ReplayBudget
  onFault(error: unknown): void
}

/** Shows a recording: first all of it, then answers to the client's messages, one at a time. */
export function openReplay({ open, budget, onFault }: ReplayOptions): Open {
  return (connection) => {
    const inbox = new Inbox(connection, () => {
      connection.send(formatError(new AppError('QUEUE_FULL', 'Too many messages are waiting; this one was dropped.')))
      return false
    })
    void show(connection, inbox, { open, budget }).catch((error: unknown) => {
      if (!(error instanceof AppError)) onFault(error)
      const known =
        error instanceof AppError ? error : new AppError('FILE_UNREADABLE', 'The recording cannot be shown.')
      connection.send(formatError(known))
      connection.close(CLOSE.failed, known.code)
    })
  }
}

async function show(
  connection: SocketConnection,
  inbox: Inbox,
  { open, budget }: Pick<ReplayOptions, 'open' | 'budget'>,
): Promise<void> {
  const recorded = await open()
  await budget.send(connection, () => recorded.message())
  for (;;) {
    const next = await inbox.next()
    if (!next) return
    await control(connection, recorded, next.text)
  }
}

/** Every message is echoed, as the original does; `{"type": "seek", "step": n}` is also answered with that frame. */
async function control(connection: SocketConnection, recorded: Recorded, text: string): Promise<void> {
  const command = parseOrText(text)
  connection.send(JSON.stringify({ type: 'control', command }))
  if (typeof command !== 'object' || command === null || !('step' in command) || !recorded.seek) return
  const step = Number(command.step)
  if (!Number.isInteger(step) || step < 0) return
  try {
    connection.send(`{"type":"frame","frame":${await recorded.seek(step)}}`)
  } catch (error) {
    const known = error instanceof AppError ? error : new AppError('STEP_OUT_OF_RANGE', `There is no step ${step}.`)
    connection.send(formatError(known))
  }
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const formatError = (error: AppError): string => JSON.stringify({ type: 'error', error: error.toProblem() })
