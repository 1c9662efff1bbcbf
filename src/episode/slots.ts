// The slots of one episode: players, tokens, connections, and commands that wait for their step.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'
import { describeIssue } from '../kernel/parse.ts'
import type { World } from '../kernel/world.ts'
import type { PlayerRef, Refusal } from '../protocol/episode.ts'
import type { SlotChange } from '../protocol/journal.ts'

/** A player in this process that answers at once: a bot, or a recorded player, which replays a recording. */
export interface InProcessPlayer {
  /** Sends its commands for this step through `say`. */
  play(step: number, observe: () => unknown, say: (command: unknown) => void): void
}

/** A remote player. The host calls it; adapters implement it. */
export interface Connection {
  /** Something changed that this slot may see: a step was made, or the episode began or ended. */
  update(): void
  /** The host ends the connection, for instance because another one replaced it. */
  end(reason: 'replaced' | 'handed_over' | 'over' | 'failed' | 'shutdown'): void
}

export type Receipt = { readonly accepted: true; readonly step: number } | ({ readonly accepted: false } & Refusal)

/** A command that waits for its step. `settle` is called when it has been applied or refused, and is durable. */
export interface Waiting {
  readonly command: unknown
  readonly settle: ((receipt: Receipt) => void) | undefined
}

export interface SlotState {
  readonly slot: number
  readonly token: string
  player: PlayerRef
  inProcess: InProcessPlayer | undefined
  connection: Connection | undefined
  /** Whether anybody has ever taken this slot: in-process players have from the start. */
  hasBeenTaken: boolean
  readonly waiting: Waiting[]
  readonly observe: () => unknown
  readonly say: (command: unknown) => void
}

/** Maximum number of waiting commands per slot. */
export const MAX_WAITING = 64

/** Queues a command for the next step. Refuses invalid commands, and more than MAX_WAITING. */
export function queueCommand(world: World, slotState: SlotState, said: Waiting): Refusal | undefined {
  if (slotState.waiting.length >= MAX_WAITING) {
    return {
      code: 'QUEUE_FULL',
      reason: `${MAX_WAITING} commands of this slot are already waiting; wait for the next step.`,
    }
  }
  const parsed = world.command.safeParse(said.command)
  if (!parsed.success) {
    return { code: 'INVALID_COMMAND', reason: describeIssue(parsed.error, 'command') }
  }
  slotState.waiting.push({ command: parsed.data, settle: said.settle })
  return undefined
}

/** Refuses the waiting commands of a slot, so that its next player does not inherit them. */
export function refuseWaiting(slotState: SlotState, refusal: Refusal): void {
  for (const { settle } of slotState.waiting.splice(0)) settle?.({ accepted: false, ...refusal })
}

const LOST: Refusal = { code: 'SLOT_LOST', reason: 'Another player has taken over this slot.' }

/** The refusal of a command that arrives after the end. */
export const ENDED: Refusal = { code: 'EPISODE_OVER', reason: 'The episode has ended.' }

/** Why a closed episode refuses commands. Stopping a server is not the end of an episode: it resumes afterwards. */
export const CLOSED: Readonly<Record<'over' | 'failed' | 'stopped', Refusal>> = {
  over: ENDED,
  failed: { code: 'EPISODE_FAILED', reason: 'The episode has failed.' },
  stopped: { code: 'INTERRUPTED', reason: 'The server is stopping; the episode resumes when it is back.' },
}

/** Why a queued command of a connection is no longer valid; undefined: it is. */
export function staleReason(
  slotState: SlotState,
  connection: Connection,
  step: { readonly meant: number | undefined; readonly now: number },
): Refusal | undefined {
  if (slotState.connection !== connection) return LOST
  if (step.meant === undefined || step.meant === step.now) return undefined
  return {
    code: 'STALE_COMMAND',
    reason: `The command was meant for step ${step.meant}; it is step ${step.now} now.`,
  }
}

/** 16 random bytes, URL-safe: 22 characters. */
export function createToken(): string {
  return randomBytes(16).toString('base64url')
}

/** Compares in constant time, for any lengths. */
export function isSameToken(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}

export class Slots {
  readonly all: readonly SlotState[]
  readonly #onFull: 'replace' | 'refuse'
  #changes: [number, SlotChange][] = []

  /** @param onFull what happens to a second connection to one slot: it replaces the first, or is refused */
  constructor(all: readonly SlotState[], onFull: 'replace' | 'refuse') {
    this.all = all
    this.#onFull = onFull
  }

  /** Whether every expected player has joined once. */
  get areAllTaken(): boolean {
    return this.all.every((slotState) => slotState.hasBeenTaken)
  }

  /** @throws AppError SLOT_INVALID */
  at(slot: number): SlotState {
    const slotState = Number.isInteger(slot) ? this.all[slot] : undefined
    if (slotState) return slotState
    throw new AppError('SLOT_INVALID', `there is no slot ${slot}; slots are 0 to ${this.all.length - 1}`)
  }

  /** Why a player could not join a slot now; undefined: it could. */
  refusal(slot: number, token: string): AppError | undefined {
    try {
      return this.isOpen(this.admit(slot, token))
        ? undefined
        : new AppError('SLOT_TAKEN', `slot ${slot} is already connected`)
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
  }

  /** @throws AppError SLOT_INVALID or TOKEN_REFUSED */
  admit(slot: number, token: string): SlotState {
    const slotState = this.at(slot)
    if (isSameToken(token, slotState.token)) return slotState
    throw new AppError('TOKEN_REFUSED', `the token does not match slot ${slot}`)
  }

  /** Whether another connection may join this slot now. */
  isOpen(slotState: SlotState): boolean {
    return slotState.connection === undefined || this.#onFull === 'replace'
  }

  /** Connects a player to an open slot, or back to it. */
  join(slotState: SlotState, player: PlayerRef, connection: Connection): void {
    const previous = slotState.connection
    if (previous) refuseWaiting(slotState, LOST)
    slotState.connection = connection
    slotState.hasBeenTaken = true
    slotState.player = player
    slotState.inProcess = undefined
    previous?.end('replaced')
    this.#changes.push([slotState.slot, { event: 'joined', player }])
  }

  /** A connection has ended. A replaced connection no longer owns a slot. */
  leave(slotState: SlotState, connection: Connection): void {
    if (slotState.connection !== connection) return
    slotState.connection = undefined
    this.#changes.push([slotState.slot, { event: 'left', player: slotState.player }])
  }

  /** Gives the slot to another player during the episode; a connected player loses it. */
  handOver(slotState: SlotState, player: PlayerRef, inProcess: InProcessPlayer | undefined): void {
    refuseWaiting(slotState, LOST)
    const previous = slotState.connection
    slotState.connection = undefined
    slotState.player = player
    slotState.inProcess = inProcess
    if (inProcess) slotState.hasBeenTaken = true
    previous?.end('handed_over')
    this.#changes.push([slotState.slot, { event: 'handed_over', player }])
  }

  /** The changes since the last call, for the journal. */
  takeChanges(): readonly [number, SlotChange][] {
    if (this.#changes.length === 0) return NO_CHANGES
    const changes = this.#changes
    this.#changes = []
    return changes
  }
}

const NO_CHANGES: readonly [number, SlotChange][] = []
