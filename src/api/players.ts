// Players that a program brings to an episode: functions, sync or async, beside the bots of the world.
import type { Episode } from '../episode/episode.ts'
import type { SlotHandle } from '../episode/episode-parts.ts'
import type { SlotPlan } from '../episode/start.ts'
import { AppError } from '../kernel/errors.ts'
import type { Refusal } from '../protocol/episode.ts'

/** The context of a decision, besides the observation. */
export interface Turn {
  /** Its slot, from 0. */
  readonly slot: number
  /** Steps that were made. */
  readonly step: number
  /** Why the world refused the previous command; undefined: it did not. Only async players are asked again. */
  readonly refusal?: Refusal | undefined
}

/** A player that answers at once. Called in every step; undefined: no command. */
export interface SyncPlayer<Observation = unknown, Command = unknown> {
  /** Shown in results and journals, 1 to 200 characters. */
  readonly name: string
  decide(observation: Observation, turn: Turn): Command | undefined
}

/**
 * A player that takes its time: a model, a person, another process. The episode waits for it in every step that awaits
 * its slot, and it must then return a command. After a refusal it is asked again, up to 10 times.
 */
export interface AsyncPlayer<Observation = unknown, Command = unknown> {
  /** Shown in results and journals, 1 to 200 characters. */
  readonly name: string
  decideAsync(observation: Observation, turn: Turn): Promise<Command>
}

/** The player of a slot: the name of a bot of the world, or a program. */
export type Player<Observation = unknown, Command = unknown> =
  | string
  | SyncPlayer<Observation, Command>
  | AsyncPlayer<Observation, Command>

/** Maximum refusals of a player in one step. */
const MAX_REFUSALS = 10

export const isAsync = (player: Player): player is AsyncPlayer => typeof player !== 'string' && 'decideAsync' in player

/** Translates a player for the episode service. */
export function planOf(player: Player, slot: number): string | SlotPlan {
  if (typeof player === 'string') return player
  const ref = { kind: 'process', name: player.name } as const
  if (isAsync(player)) return { player: ref }
  return {
    player: ref,
    inProcess: {
      play(step, observe, say) {
        const command = player.decide(observe(), { slot, step })
        if (command !== undefined) say(command)
      },
    },
  }
}

/** Brings an async player to its slot; `onFailure` is called once if the player throws or returns no command. */
export function joinAsync(
  episode: Episode,
  at: { readonly slot: number; readonly player: AsyncPlayer },
  onFailure: (error: unknown) => void,
): void {
  const joined = episode.slots[at.slot]
  if (!joined) throw new AppError('SLOT_INVALID', `there is no slot ${at.slot}`)
  let isAsked = false
  let handle: SlotHandle | undefined
  const update = (): void => {
    if (isAsked || !handle || episode.status !== 'running' || !episode.isAwaited(at.slot)) return
    isAsked = true
    answer(episode, handle, at.player).then(
      () => {
        isAsked = false
        update()
      },
      (error: unknown) => {
        if (!episode.isClosed) onFailure(error)
      },
    )
  }
  const { token } = joined
  handle = episode.join(
    { slot: at.slot, token },
    { kind: 'process', name: at.player.name },
    { update, end: () => undefined },
  )
  episode.watch(update)
  // The last player to join starts the episode, before `join` returns.
  update()
}

/** One step of an async player: asks it for a command, and again after refusals. */
async function answer(episode: Episode, handle: SlotHandle, player: AsyncPlayer): Promise<void> {
  const { slot } = handle
  let refusal: Refusal | undefined
  for (let tries = 0; tries < MAX_REFUSALS; tries++) {
    const { step } = episode
    const command: unknown = await player.decideAsync(episode.observe(slot), { slot, step, refusal })
    if (command === undefined) {
      throw new AppError('USAGE', `player ${player.name} sent no command in step ${step}, which waits for one`, {
        hint: 'Return a command of the world, or play the slot with `decide`, which may return undefined.',
      })
    }
    const receipt = await handle.submit(command)
    if (receipt.accepted || episode.isClosed) return
    refusal = { code: receipt.code, reason: receipt.reason }
  }
  throw new AppError('USAGE', `player ${player.name} was refused ${MAX_REFUSALS} times: ${refusal?.reason ?? ''}`, {
    hint: 'Read `turn.refusal`, and return another command.',
  })
}
