// A bot in a process of its own: it connects to the socket that a runner names, answers every observation, and leaves
// after `final`. This is what a bundled player's process runs.
import { WebSocket } from 'ws'
import { unknownName } from '../kernel/closest.ts'
import { AppError } from '../kernel/errors.ts'
import { createRandom, nextUint32 } from '../kernel/random.ts'
import type { Bot, World } from '../kernel/world.ts'

interface PlayOptions {
  readonly url: string
  readonly bot: string
  readonly seed: number
  readonly signal: AbortSignal
  /** Connection attempts before the player gives up; a game may start later than its players. */
  readonly attempts?: number
}

const RETRY_MS = 250
const ATTEMPTS = 240

/**
 * Plays one episode to its end.
 * @throws AppError UNKNOWN_BOT, TOKEN_REFUSED when the game refuses the player, RUN_FAILED when the connection is lost
 * for good
 */
export async function playCoworld(world: World, options: PlayOptions): Promise<void> {
  const maker = world.bots?.find((each) => each.name === options.bot)
  if (!maker) {
    const known = (world.bots ?? []).map((each) => each.name)
    const message = `${world.id} has no bot ${options.bot}; it has ${known.join(', ') || 'none'}`
    throw unknownName('UNKNOWN_BOT', message, { name: options.bot, known })
  }
  const slot = Number(new URL(options.url).searchParams.get('slot') ?? 0)
  const bot = maker.create(nextUint32(createRandom(options.seed, `bot:${slot}`)), slot)
  for (let attempt = 0; attempt < (options.attempts ?? ATTEMPTS); attempt++) {
    if (options.signal.aborted) return
    if ((await playOnce(options.url, bot, options.signal)) === 'final') return
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
  throw new AppError('RUN_FAILED', 'the game could not be reached, or never came to an end')
}

/** One connection. `lost`: worth a retry. */
function playOnce(url: string, bot: Bot, signal: AbortSignal): Promise<'final' | 'lost'> {
  const { promise, resolve, reject } = Promise.withResolvers<'final' | 'lost'>()
  const socket = new WebSocket(url)
  const onAbort = (): void => socket.terminate()
  signal.addEventListener('abort', onAbort, { once: true })
  let hasSeenFinal = false
  socket.on('unexpected-response', (_request, response) => {
    const status = response.statusCode ?? 0
    response.destroy()
    if (status === 401 || status === 403)
      reject(new AppError('TOKEN_REFUSED', `the game refused the player: ${status}`))
    else resolve('lost')
  })
  // What went wrong shows in `close`, which always follows.
  socket.on('error', () => socket.terminate())
  socket.on('message', (bytes) => {
    const message: unknown = JSON.parse(String(bytes))
    if (typeof message !== 'object' || message === null || !('type' in message)) return
    if (message.type === 'final') {
      hasSeenFinal = true
      socket.close()
    } else if (message.type === 'observation') {
      const command = bot.decide(message)
      if (command !== undefined) socket.send(JSON.stringify(command))
    }
  })
  socket.on('close', () => {
    signal.removeEventListener('abort', onAbort)
    resolve(hasSeenFinal ? 'final' : 'lost')
  })
  return promise
}
