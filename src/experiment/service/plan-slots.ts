// Plans an episode of an arm: seed, players by slot, pace and limits.
import { createHash, randomInt } from 'node:crypto'
import { createToken } from '../../episode/slots.ts'
import { createEpisodeId } from '../../episode/start.ts'
import type { EpisodeSpec, SlotSpec } from '../../host/episode-spec.ts'
import { participantSlots, type StudyArm } from '../../protocol/study-worlds.ts'
import type { PlannedSlots } from '../../store/studies/waiting-rooms.ts'

/** Milliseconds that an episode waits for its participants' pages, before the first step. */
const GATHER_MS = 30_000
const LEAD_MS = 3_000
/** Milliseconds that an episode may exceed its time limit before it is ended from outside. */
const SLACK_MS = 10_000
const SEEDS = 0x1_0000_0000

export const EPISODE_KIND = 'study'

function seedOf(arm: StudyArm, study: string, name: string): number {
  if (typeof arm.seed === 'number') return arm.seed
  if (arm.seed === 'each') return randomInt(SEEDS)
  return createHash('sha256').update(`${study}\0${name}`).digest().readUInt32BE(0)
}

/** Gives members random slots, and bots the slots that are left. */
export function planSlots(
  { study, name, arm }: { readonly study: string; readonly name: string; readonly arm: StudyArm },
  members: number,
): PlannedSlots {
  const now = Date.now()
  const taken = shuffle(participantSlots(arm)).slice(0, members)
  const players = arm.players.map((player, slot) => {
    if (player !== 'participant') return 'bot' in player ? player.bot : player.model
    return taken.includes(slot) ? 'participant' : (arm.wait.bot ?? 'participant')
  })
  return {
    episode: `${EPISODE_KIND}-${createEpisodeId(now)}`,
    world: arm.world,
    variant: arm.variant,
    seed: seedOf(arm, study, name),
    players,
    endsBy: now + GATHER_MS + LEAD_MS + arm.time_limit_seconds * 1000 + SLACK_MS,
    taken: taken.map((slot) => ({ slot, token: createToken() })),
  }
}

export function specOf(arm: StudyArm, planned: PlannedSlots): EpisodeSpec {
  const { steps_per_second: stepsPerSecond, turn_seconds, time_limit_seconds } = arm
  const tokens = new Map(planned.taken.map(({ slot, token }) => [slot, token]))
  const slots = planned.players.map((player, slot): SlotSpec => {
    const token = tokens.get(slot)
    const given = arm.players[slot]
    if (typeof given === 'object' && 'model' in given) return { player: { kind: 'model', name: player } }
    if (token === undefined) return player === 'participant' ? null : player
    return { player: { kind: 'empty', name: `Participant ${slot + 1}` }, token }
  })
  const isTimed = turn_seconds === null
  return {
    id: planned.episode,
    kind: EPISODE_KIND,
    world: arm.world,
    variant: arm.variant ?? undefined,
    seed: planned.seed,
    slots,
    pacing: isTimed
      ? { mode: 'rate', stepsPerSecond }
      : { mode: 'lockstep', deadlineMs: Math.round(turn_seconds * 1000) },
    gatherMs: GATHER_MS,
    leadMs: LEAD_MS,
    maxSteps: isTimed ? Math.ceil(time_limit_seconds * stepsPerSecond) : undefined,
  }
}

function shuffle(slots: readonly number[]): number[] {
  const left = [...slots]
  const drawn: number[] = []
  while (left.length > 0) drawn.push(...left.splice(randomInt(left.length), 1))
  return drawn
}
