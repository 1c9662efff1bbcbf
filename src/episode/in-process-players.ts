// Players in this process that answer at once: the bots of a world, and recorded players, which replay a recording.
import { unknownName } from '../kernel/closest.ts'
import { createRandom, nextUint32 } from '../kernel/random.ts'
import type { World } from '../kernel/world.ts'
import type { StepLine } from '../protocol/journal.ts'
import type { InProcessPlayer } from './slots.ts'

/**
 * A bot of the world as an in-process player. Its seed follows from the episode's and its slot, so one bot's draws never shift
 * another's.
 * @throws AppError UNKNOWN_BOT
 */
export function createBotPlayer(world: World, name: string, at: { seed: number; slot: number }): InProcessPlayer {
  const maker = world.bots?.find((each) => each.name === name)
  if (!maker) {
    const known = (world.bots ?? []).map((each) => each.name)
    const message = `${world.id} has no bot ${name}; it has ${known.join(', ') || 'none'}`
    throw unknownName('UNKNOWN_BOT', message, { name, known })
  }
  const bot = maker.create(nextUint32(createRandom(at.seed, `bot:${at.slot}`)), at.slot)
  return {
    play(_step, observe, say) {
      const command = bot.decide(observe())
      if (command !== undefined) say(command)
    },
  }
}

/** Replays the commands of a slot from the given lines of a journal, and then sends nothing. */
export function createRecordedPlayer(world: World, lines: readonly StepLine[], slot: number): InProcessPlayer {
  const said = new Map<number, unknown[]>()
  for (const line of lines) {
    for (const [speaker, json] of line.inputs ?? []) {
      if (speaker !== slot) continue
      const command = world.command.safeParse(json)
      if (!command.success) continue
      const known = said.get(line.step)
      if (known) known.push(command.data)
      else said.set(line.step, [command.data])
    }
  }
  return {
    play(step, _observe, say) {
      for (const command of said.get(step) ?? []) say(command)
    },
  }
}
