// The seats of one episode: who sits where, with which token, and what they have said and not been heard for yet.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { PlayerRef, Refusal } from '../protocol/episode.ts'
import type { SeatChange } from '../protocol/journal.ts'

/** A player that answers at once, in this process: a bot, or a ghost that plays back a recording. */
export interface Pilot {
  /** Says what it wants to say in this step, through `say`. */
  play(step: number, observe: () => unknown, say: (command: unknown) => void): void
}

/** Somebody at the other end of a wire. The host calls it; doors implement it. */
export interface Connection {
  /** Something changed that this slot may see: a step was made, or the episode began or ended. */
  update(): void
  /** The host ends the connection, for instance because another one replaced it. */
  end(reason: 'replaced' | 'handed_over' | 'over' | 'shutdown'): void
}

export type Receipt = { readonly accepted: true; readonly step: number } | ({ readonly accepted: false } & Refusal)

/** A command that waits for its step. `settle` is called when it has been applied or refused, and is durable. */
export interface Waiting {
  readonly command: unknown
  readonly settle: ((receipt: Receipt) => void) | undefined
}

export interface Seat {
  readonly slot: number
  readonly token: string
  player: PlayerRef
  pilot: Pilot | undefined
  connection: Connection | undefined
  /** Whether anybody has ever taken this seat: pilots have from the start. */
  hasBeenTaken: boolean
  readonly waiting: Waiting[]
  readonly observe: () => unknown
  readonly say: (command: unknown) => void
}

/** How many commands of one slot may wait at once. */
export const MAX_WAITING = 64

/** Lets a command wait for its step, unless it is none or too many wait already. */
export function queueCommand(world: World, seat: Seat, said: Waiting): Refusal | undefined {
  if (seat.waiting.length >= MAX_WAITING) {
    return {
      code: 'QUEUE_FULL',
      reason: `${MAX_WAITING} commands of this slot wait already; wait for the next step.`,
    }
  }
  const parsed = world.command.safeParse(said.command)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const where = issue?.path.join('.') || 'command'
    return { code: 'INVALID_COMMAND', reason: `${where}: ${issue?.message ?? 'invalid'}` }
  }
  seat.waiting.push({ command: parsed.data, settle: said.settle })
  return undefined
}

/** What a command that comes too late is told. */
export const ENDED: Refusal = { code: 'EPISODE_OVER', reason: 'The episode has ended.' }

/** Why a command of a connection cannot wait for its step any more; undefined: it can. */
export function staleReason(
  seat: Seat,
  connection: Connection,
  step: { readonly meant: number | undefined; readonly now: number },
): Refusal | undefined {
  if (seat.connection !== connection) return { code: 'SEAT_LOST', reason: 'Another player has this seat now.' }
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

/** Compares in constant time, whatever the lengths. */
export function isSameToken(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}

export class Seats {
  readonly all: readonly Seat[]
  readonly #onFull: 'replace' | 'refuse'
  #changes: [number, SeatChange][] = []

  /** @param onFull what happens to a second connection to one seat: it replaces the first, or is refused */
  constructor(all: readonly Seat[], onFull: 'replace' | 'refuse') {
    this.all = all
    this.#onFull = onFull
  }

  /** Whether everybody who is expected has been there. */
  get haveAllBeenTaken(): boolean {
    return this.all.every((seat) => seat.hasBeenTaken)
  }

  /** @throws AppError SLOT_INVALID */
  at(slot: number): Seat {
    const seat = Number.isInteger(slot) ? this.all[slot] : undefined
    if (seat) return seat
    throw new AppError('SLOT_INVALID', `there is no slot ${slot}; slots are 0 to ${this.all.length - 1}`)
  }

  /** @throws AppError SLOT_INVALID or TOKEN_REFUSED */
  admit(slot: number, token: string): Seat {
    const seat = this.at(slot)
    if (isSameToken(token, seat.token)) return seat
    throw new AppError('TOKEN_REFUSED', `the token is not the one of slot ${slot}`)
  }

  /** Whether another connection may come to this seat now. */
  isOpen(seat: Seat): boolean {
    return seat.connection === undefined || this.#onFull === 'replace'
  }

  /** Connects a player to an open seat, or back to it. */
  join(seat: Seat, player: PlayerRef, connection: Connection): void {
    const previous = seat.connection
    seat.connection = connection
    seat.hasBeenTaken = true
    seat.player = player
    seat.pilot = undefined
    previous?.end('replaced')
    this.#changes.push([seat.slot, { event: 'joined', player }])
  }

  /** A connection has gone. One that was replaced before is no longer anybody's. */
  leave(seat: Seat, connection: Connection): void {
    if (seat.connection !== connection) return
    seat.connection = undefined
    this.#changes.push([seat.slot, { event: 'left', player: seat.player }])
  }

  /** Gives the seat to another player in mid-episode; a connected one loses it. */
  handOver(seat: Seat, player: PlayerRef, pilot: Pilot | undefined): void {
    const previous = seat.connection
    seat.connection = undefined
    seat.player = player
    seat.pilot = pilot
    if (pilot) seat.hasBeenTaken = true
    previous?.end('handed_over')
    this.#changes.push([seat.slot, { event: 'handed_over', player }])
  }

  /** The changes since the last call, for the journal. */
  takeChanges(): readonly [number, SeatChange][] {
    if (this.#changes.length === 0) return NO_CHANGES
    const changes = this.#changes
    this.#changes = []
    return changes
  }
}

const NO_CHANGES: readonly [number, SeatChange][] = []
