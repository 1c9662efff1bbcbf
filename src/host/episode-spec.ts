// The specification of a new episode: a world, a configuration, and the player of each slot.
import type { Clock } from '../episode/clock.ts'
import type { EffectLimits, EffectWorker } from '../episode/effects.ts'
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { createBotPlayer } from '../episode/in-process-players.ts'
import type { LineSink } from '../episode/sink.ts'
import { createToken, type InProcessPlayer } from '../episode/slots.ts'
import type { SlotPlan } from '../episode/start.ts'
import { AppError } from '../kernel/errors.ts'
import { type Configured, configureWorld, type World } from '../kernel/world.ts'
import type { PlayerRef } from '../protocol/episode.ts'
import type { Pacing } from '../protocol/journal.ts'
import type { JsonObject } from '../protocol/json.ts'

/**
 * The player of a slot: a bot of the world by name, null for an open slot that a player joins with its token, or a
 * plan.
 */
export type SlotSpec = string | null | SlotPlan

export interface EpisodeSpec {
  /** Id, path or package of a world, or the world itself. */
  readonly world: string | World
  readonly variant?: string | undefined
  /** Overrides keys of the variant. */
  readonly config?: JsonObject | undefined
  /** A parsed configuration; `variant` and `config` are then ignored. */
  readonly configured?: Configured | undefined
  readonly seed: number
  /** One per slot. */
  readonly slots: readonly SlotSpec[]
  readonly pacing: Pacing
  /**
   * Origin of the episode: 'api', 'showcase', 'perception', 'session', 'run', … The id starts with it, unless `id` is
   * given.
   */
  readonly kind: string
  readonly id?: string | undefined
  /** Milliseconds to wait for players of open slots; default 180,000, or 0 when no slot is open. */
  readonly gatherMs?: number | undefined
  /** Milliseconds between the last player joining and the first step. Default 0. */
  readonly leadMs?: number | undefined
  readonly maxSteps?: number | undefined
  /** Starts paused. */
  readonly startsPaused?: boolean | undefined
  readonly workers?: Readonly<Record<string, EffectWorker>> | undefined
  readonly effectLimits?: Partial<EffectLimits> | undefined
  readonly stateEvery?: number | undefined
  /** Default: the clock of this machine. */
  readonly clock?: Clock | undefined
  /**
   * Stores the journal outside the service's data folder: the service neither indexes nor resumes such an episode.
   */
  readonly sink?: LineSink | undefined
  /** Called when the journal is complete and before the end is announced; it may deliver results. */
  readonly onEnd?: ((end: EpisodeEnd) => Promise<void>) | undefined
}

/** Milliseconds that an episode waits for the players of its open slots. */
export const GATHER_MS = 180_000

export interface PlannedEpisode {
  readonly configured: Configured
  readonly slots: readonly (SlotPlan & { readonly token: string })[]
  readonly gatherMs: number
}

/** @throws AppError UNKNOWN_VARIANT, CONFIG_INVALID, UNKNOWN_BOT */
export function planEpisode(world: World, spec: EpisodeSpec): PlannedEpisode {
  const configured = spec.configured ?? configureWorld(world, spec.variant, spec.config)
  const count = world.slots(configured.config)
  if (spec.slots.length !== count) {
    throw new AppError('CONFIG_INVALID', `this configuration has ${count} slots, not ${spec.slots.length}`, {
      hint: `Name ${count} players, one per slot.`,
    })
  }
  const slots = spec.slots.map((slot, index) => planSlot(world, slot, { seed: spec.seed, slot: index }))
  const isComplete = slots.every((slot) => slot.inProcess !== undefined)
  return { configured, slots, gatherMs: spec.gatherMs ?? (isComplete ? 0 : GATHER_MS) }
}

function planSlot(world: World, slot: SlotSpec, at: { seed: number; slot: number }): SlotPlan & { token: string } {
  if (slot === null) return { player: { kind: 'empty', name: `Player ${at.slot + 1}` }, token: createToken() }
  if (typeof slot === 'string') return { ...planBot(world, slot, at), token: createToken() }
  return { ...slot, token: slot.token ?? createToken() }
}

/** @throws AppError UNKNOWN_BOT */
export function planBot(world: World, name: string, at: { seed: number; slot: number }): SlotPlan {
  return { player: { kind: 'bot', name }, inProcess: createBotPlayer(world, name, at) }
}

/** The in-process player for a recorded `player`; undefined for remote players. */
export function inProcessFor(
  world: World,
  seed: number,
): (player: PlayerRef, slot: number) => InProcessPlayer | undefined {
  return (player, slot) => (player.kind === 'bot' ? createBotPlayer(world, player.name, { seed, slot }) : undefined)
}
