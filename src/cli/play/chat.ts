// Plays a session at the terminal or from a script, or watches one.
import type { PlayedTurn } from '../../client/play-event.ts'
import type { PlaySession } from '../../client/play-session.ts'
import type { Io } from '../io.ts'
import { Screen } from './screen.ts'
import type { Terminal } from './terminal.ts'

/** How a chat ended: `over` for good, or the session waits for its player. */
export type ChatEnd = 'over' | 'left'

/** Shows events in the background; `shown` resolves at the end. */
function follow(session: PlaySession, show: (event: Parameters<Screen['show']>[0]) => void) {
  const firstTurn = Promise.withResolvers<void>()
  const shown = (async (): Promise<ChatEnd> => {
    let end: ChatEnd = 'left'
    for await (const event of session) {
      show(event)
      if (event.kind === 'closed') end = event.reason === 'left' ? 'left' : 'over'
      // The opening, or the replay of a resumed session, is complete.
      if (event.kind === 'connection' && event.state === 'open') firstTurn.resolve()
    }
    return end
  })()
  shown.then(
    () => firstTurn.resolve(),
    () => firstTurn.resolve(),
  )
  return { shown, begun: firstTurn.promise }
}

/** Chats until the game is over or the person leaves. */
export async function chat(io: Io, session: PlaySession, terminal: Terminal): Promise<ChatEnd> {
  const { width } = terminal
  const screen = new Screen({ width, write: terminal.write, note: (line) => io.err(line), showsInputs: false })
  const { shown, begun } = follow(session, (event) => screen.show(event))
  const leave = (): void => session.leave()
  io.signal.addEventListener('abort', leave, { once: true })
  try {
    await begun
    while (!session.isOver && !io.signal.aborted) {
      const line = await terminal.ask(`${screen.player} (you): `)
      if (line === undefined) break
      if (line.trim() === '') continue
      terminal.write('\n')
      const turn = await session.say(line).catch((error: unknown) => toError(error))
      // A permanent failure also ends the iteration, which reports it.
      if (turn instanceof Error) {
        if (!session.isOver) io.err(turn.message)
      } else if (isUnanswered(turn)) terminal.write('(The game has no answer to that.)\n\n')
    }
  } finally {
    io.signal.removeEventListener('abort', leave)
    session.leave()
  }
  return shown
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const isUnanswered = ({ events, exited }: PlayedTurn): boolean => events.length === 0 && !exited

export interface ScriptOptions {
  readonly lines: AsyncIterable<string>
  /** Whether events are printed as they are, one JSON a line. */
  readonly isJson: boolean
}

/** Plays line by line; the transcript, or every event, goes to standard output. */
export async function playScript(io: Io, session: PlaySession, options: ScriptOptions): Promise<ChatEnd> {
  const { isJson, lines } = options
  const screen = createPrinter(io, !isJson)
  const { shown, begun } = follow(session, (event) => (isJson ? io.out(JSON.stringify(event)) : screen.show(event)))
  const leave = (): void => session.leave()
  io.signal.addEventListener('abort', leave, { once: true })
  try {
    await begun
    if (!session.isOver && !io.signal.aborted) {
      for await (const line of lines) {
        if (line.trim() === '') continue
        if (isJson) io.out(JSON.stringify({ kind: 'input', content: line }))
        else screen.input(line)
        const turn = await session.say(line)
        if (turn.exited || io.signal.aborted) break
      }
    }
  } catch (error) {
    // The iteration reports endings and interruptions. Everything else is reported here.
    if (!session.isOver) throw error
  } finally {
    io.signal.removeEventListener('abort', leave)
    session.leave()
  }
  return shown
}

/** Shows a session that others play, until it is over. */
export async function watch(io: Io, session: PlaySession, isJson: boolean): Promise<ChatEnd> {
  const screen = createPrinter(io, true)
  const { shown } = follow(session, (event) => (isJson ? io.out(JSON.stringify(event)) : screen.show(event)))
  const leave = (): void => session.leave()
  io.signal.addEventListener('abort', leave, { once: true })
  return shown.finally(() => io.signal.removeEventListener('abort', leave))
}

/** Columns of a transcript that nobody reads on a terminal. */
const PAGE_WIDTH = 100

/** A screen on standard output, line by line. */
function createPrinter(io: Io, showsInputs: boolean): Screen {
  let held = ''
  const write = (text: string): void => {
    const lines = (held + text).split('\n')
    held = lines.pop() ?? ''
    for (const line of lines) io.out(line)
  }
  return new Screen({ width: PAGE_WIDTH, write, note: (line) => io.err(line), showsInputs })
}
