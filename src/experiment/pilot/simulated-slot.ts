// A simulated participant in a world: a bot of the world plays the slot over its socket, like a person's page.
import { createClient } from '../../client/client.ts'
import { createBotPlayer } from '../../episode/in-process-players.ts'
import type { InProcessPlayer } from '../../episode/slots.ts'
import type { WorldRegistry } from '../../host/world-registry.ts'
import { AppError } from '../../kernel/errors.ts'
import { JsonObject } from '../../protocol/json.ts'
import type { StudySlot } from '../../protocol/study-worlds.ts'
import type { Twister } from '../strategy/twister.ts'

interface SlotOptions {
  readonly url: string
  readonly key: string
  readonly worlds: WorldRegistry
  readonly signal: AbortSignal
}

const SEEDS = 0x7fff_ffff

/**
 * Plays a slot until the episode ends.
 * @returns the duration in milliseconds
 * @throws AppError RUN_FAILED when the slot cannot be played to the end; INTERRUPTED
 */
export async function playSlot(
  { url, key, worlds, signal }: SlotOptions,
  playing: StudySlot,
  draw: Twister,
): Promise<number> {
  const bot = await botOf(worlds, playing, draw)
  const ended = Promise.withResolvers<undefined>()
  const began = performance.now()
  let step = 0
  const client = createClient({ url, key, signal })
  const play = client.episodes.play(playing.episode_id, playing.slot, playing.token, {
    observation(seen, isFinal) {
      if (isFinal) return ended.resolve(undefined)
      if (seen.started !== true) return
      bot?.play(
        step++,
        () => seen,
        (command) => {
          const said = JsonObject.safeParse(command)
          if (said.success) play.send(said.data)
        },
      )
    },
    refused: () => undefined,
    lost: () => undefined,
    closed(why) {
      if (why === 'over') ended.resolve(undefined)
      else ended.reject(new AppError('RUN_FAILED', `the slot of episode ${playing.episode_id} is ${why}`))
    },
  })
  const stop = (): void => ended.reject(new AppError('INTERRUPTED', 'the pilot was stopped'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    await ended.promise
    return performance.now() - began
  } finally {
    signal.removeEventListener('abort', stop)
    play.leave()
  }
}

/** A random bot for the participant; undefined: the world has none, and the participant only watches. */
async function botOf(
  worlds: WorldRegistry,
  { world: id, slot }: StudySlot,
  draw: Twister,
): Promise<InProcessPlayer | undefined> {
  const world = await worlds.load(id)
  const bot = draw.choice(world.bots ?? [])
  return bot && createBotPlayer(world, bot.name, { seed: draw.below(SEEDS), slot })
}
