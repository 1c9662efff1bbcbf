// The bridge to one of our worlds. Worlds that use the protocol's commands (frontier) get them unchanged and report
// progress by events; the others translate them, step by step, into their own commands.
import type { Clock } from '../../episode/clock.ts'
import type { Episode } from '../../episode/episode.ts'
import type { SlotHandle } from '../../episode/episode-parts.ts'
import type { Receipt } from '../../episode/slots.ts'
import { AppError } from '../../kernel/errors.ts'
import type { CommandProgress, World, WorldEvent } from '../../kernel/world.ts'
import { PERCEPTION_PROTOCOL_VERSION, type Perception } from '../../protocol/perception.ts'
import type { BridgeStatus } from '../../protocol/perception-adapter.ts'
import { AgentCommand } from '../../protocol/perception-command.ts'
import {
  agentIdOf,
  type Bridge,
  type BridgeCommand,
  type BridgeListener,
  type CommandChange,
  type EncodedPerception,
  type PerceptionAgent,
  REFUSAL_CODES,
  type Taken,
} from './bridge.ts'

/**
 * Milliseconds that a command waits for the world's answer before it counts as accepted: a paused world does not
 * answer.
 */
const DECISION_MS = 2000

const STOPPED = 'The server stopped while the command was running.'

/** A command that the world is executing. */
interface InFlight {
  readonly word: string
  /** Undefined: resumed after a restart; the world already has the command. */
  readonly command: AgentCommand | undefined
  readonly onChange: BridgeCommand['onChange']
  /** The world's number for it, once known. */
  number: unknown
  calls: number
  last: CommandProgress['last']
}

/** Whether a world supports the perception adapter: it must have perceptions and accept the protocol's commands. */
export function isPerceived(world: World): boolean {
  return world.perception !== undefined && (world.perception.translate !== undefined || isNative(world))
}

const isNative = (world: World): boolean => world.command === AgentCommand

export class WorldBridge implements Bridge {
  readonly engine: string
  readonly episode: string
  readonly world: string
  readonly agents: readonly PerceptionAgent[]
  readonly #episode: Episode
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #slots = new Map<number, SlotHandle>()
  readonly #inFlight = new Map<number, InFlight>()
  readonly #perceptions = new Map<number, EncodedPerception>()
  readonly #listeners = new Set<BridgeListener>()
  readonly #stops: readonly (() => void)[]
  #lastAt: string | null = null

  /**
   * @param agentIds one per slot; undefined: `agent-0`, `agent-1`, …
   * @throws AppError NOT_PERCEIVED
   */
  constructor(episode: Episode, clock: Clock, agentIds?: readonly string[]) {
    const { world } = episode
    if (!isPerceived(world)) {
      throw new AppError('NOT_PERCEIVED', `${world.id} does not support the perception protocol`)
    }
    this.#episode = episode
    this.#clock = clock
    this.#startedAt = clock.now()
    this.engine = world.id
    this.world = world.id
    this.episode = episode.header.episode
    this.agents = episode.slots.map(({ slot, token }) => ({ id: agentIds?.[slot] ?? agentIdOf(slot), slot, token }))
    this.#stops = [episode.watch(() => this.#changed()), episode.listen((events) => this.#hear(events))]
  }

  /** A first request counts as joining, unless the slot is already connected or belongs to a bot. */
  attend(agent: PerceptionAgent): void {
    const slot = this.#episode.slots[agent.slot]
    if (slot && !slot.connection && slot.player.kind !== 'bot' && !this.#isClosed) this.#sit(agent)
  }

  perceive(agent: PerceptionAgent): EncodedPerception {
    // No perceptions after the end: an agent could only answer them with a refused command.
    if (this.#episode.isOver) throw new AppError('EPISODE_OVER', 'The episode has ended.')
    this.attend(agent)
    const known = this.#perceptions.get(agent.slot)
    if (known) return known
    const body = this.#episode.perceive(agent.slot)
    if (!body) throw new AppError('BRIDGE_UNAVAILABLE', 'this world does not support perceptions')
    const timestamp = new Date(this.#clock.wall()).toISOString()
    const perception: Perception = {
      protocol_version: PERCEPTION_PROTOCOL_VERSION,
      timestamp,
      agent_id: agent.id,
      ...body,
    }
    const encoded = { perception, bytes: Buffer.from(JSON.stringify(perception)) }
    this.#perceptions.set(agent.slot, encoded)
    this.#lastAt = timestamp
    return encoded
  }

  async command(agent: PerceptionAgent, said: BridgeCommand): Promise<Taken> {
    if (this.#episode.status === 'stopped') return refuse('BRIDGE_UNAVAILABLE', 'The server is stopping.')
    if (this.#isClosed) return refuse('EPISODE_OVER', 'The episode has ended.')
    const handle = this.#sit(agent)
    const { command, onChange } = said
    const words = AgentCommand.parse(command)
    const inFlight: InFlight = {
      word: command.command,
      command: words,
      onChange,
      number: undefined,
      calls: 0,
      last: 'none',
    }
    this.#replace(agent.slot, inFlight)
    if (!isNative(this.#episode.world)) {
      this.#translate(agent.slot)
      return { accepted: true }
    }
    const receipt = handle.submit(words)
    const late = Promise.withResolvers<undefined>()
    const cancel = this.#clock.after(this.#episode.status === 'running' ? DECISION_MS : 0, () =>
      late.resolve(undefined),
    )
    const decided = await Promise.race([receipt, late.promise])
    cancel()
    if (decided) return this.#decide(agent.slot, inFlight, decided)
    void receipt.then((later) => {
      // The server is stopping: the command stays open, and the next start follows or ends it.
      if (!later.accepted && later.code === 'INTERRUPTED') return
      const taken = this.#decide(agent.slot, inFlight, later)
      if (!taken.accepted) onChange({ status: 'failed', outcome: taken.reason, code: taken.code })
    })
    return { accepted: true }
  }

  #decide(slot: number, inFlight: InFlight, receipt: Receipt): Taken {
    if (receipt.accepted) return { accepted: true }
    if (this.#inFlight.get(slot) === inFlight) this.#inFlight.delete(slot)
    if (receipt.code === 'INTERRUPTED') return refuse('BRIDGE_UNAVAILABLE', receipt.reason)
    const code = REFUSAL_CODES.find((known) => known === receipt.code)
    return refuse(code ?? 'COMMAND_CONFLICT', receipt.reason)
  }

  adopt(agent: PerceptionAgent, left: { word: string; onChange(change: CommandChange): void }): boolean {
    if (!isNative(this.#episode.world) || this.#isClosed || this.#episode.step === 0) return false
    // A command that was logged and had not reached the world when the process died.
    if (this.#isFree(agent.slot)) return false
    this.#inFlight.set(agent.slot, { ...left, command: undefined, number: undefined, calls: 0, last: 'none' })
    return true
  }

  listen(_agent: PerceptionAgent, listener: BridgeListener): () => void {
    this.#listeners.add(listener)
    if (this.#episode.end) listener.onEnd(this.#episode.end.outcome.reason)
    return () => this.#listeners.delete(listener)
  }

  status(): BridgeStatus {
    return {
      bridge_connected: this.#episode.status !== 'stopped',
      engine: this.engine,
      protocol_version: PERCEPTION_PROTOCOL_VERSION,
      uptime_seconds: Math.floor((this.#clock.now() - this.#startedAt) / 1000),
      last_perception_at: this.#lastAt,
    }
  }

  score(agent: PerceptionAgent): number | null {
    return this.#episode.status === 'failed' ? null : (this.#episode.standing().scores[agent.slot] ?? null)
  }

  close(): void {
    for (const stop of this.#stops) stop()
    this.#listeners.clear()
  }

  get #isClosed(): boolean {
    return this.#episode.isClosed
  }

  /** The agent's slot, taken now if it is not already held. */
  #sit(agent: PerceptionAgent): SlotHandle {
    const held = this.#slots.get(agent.slot)
    if (held) return held
    const { slot } = agent
    // A model of the server keeps its name; others are known by their agent.
    const planned = this.#episode.slots[slot]?.player
    const player = planned?.kind === 'model' ? planned : ({ kind: 'process', name: agent.id } as const)
    const handle = this.#episode.join(agent, player, {
      update: () => this.#translate(slot),
      end: (reason) => {
        this.#slots.delete(slot)
        // What the world was given runs on in it; what is ours to interpret ends with the slot.
        if (reason === 'over' || reason === 'shutdown' || isNative(this.#episode.world)) return
        this.#fail(slot, 'SLOT_LOST', 'Another player has this slot now.')
      },
    })
    this.#slots.set(slot, handle)
    return handle
  }

  #replace(slot: number, inFlight: InFlight): void {
    this.#fail(slot, 'INTERRUPTED', STOPPED)
    this.#inFlight.set(slot, inFlight)
  }

  #fail(slot: number, code: string, outcome: string): void {
    const inFlight = this.#inFlight.get(slot)
    this.#inFlight.delete(slot)
    inFlight?.onChange({ status: 'failed', code, outcome })
  }

  #changed(): void {
    this.#perceptions.clear()
    for (const [slot, { command }] of this.#inFlight) {
      // Resumed after a restart, and the world has not reported its end.
      if (!command && !this.#isClosed && this.#isFree(slot)) this.#fail(slot, 'INTERRUPTED', STOPPED)
    }
    for (const listener of this.#listeners) listener.onPerception()
    const reason = this.#episode.end?.outcome.reason
    if (reason === undefined) return
    for (const { slot } of this.agents)
      this.#fail(slot, 'EPISODE_OVER', 'The episode ended before the command was complete.')
    for (const listener of this.#listeners) listener.onEnd(reason)
  }

  /** Asks the world for the next command of a translated one. */
  #translate(slot: number): void {
    const inFlight = this.#inFlight.get(slot)
    const handle = this.#slots.get(slot)
    if (!inFlight?.command || !handle || isNative(this.#episode.world) || this.#isClosed) return
    const next = this.#episode.translate(slot, inFlight.command, { calls: inFlight.calls, last: inFlight.last })
    if (!next) return
    if (inFlight.calls === 0) inFlight.onChange({ status: 'running' })
    inFlight.calls++
    if (next.say !== undefined) {
      inFlight.last = 'pending'
      void handle.submit(next.say).then((receipt) => {
        inFlight.last = receipt.accepted ? 'taken' : { code: receipt.code, reason: receipt.reason }
      })
    }
    if (!next.end) return
    this.#inFlight.delete(slot)
    const { status, outcome, code = 'FAILED' } = next.end
    inFlight.onChange(status === 'done' ? { status, outcome } : { status, outcome, code })
  }

  /** The events by which a world with the protocol's commands reports their progress. */
  #hear(events: readonly WorldEvent[]): void {
    for (const { slot, kind, data } of events) {
      if (slot === null || !kind.startsWith('command.')) continue
      const inFlight = this.#inFlight.get(slot)
      if (!inFlight) continue
      if (kind === 'command.accepted') {
        if (inFlight.command && inFlight.number === undefined) inFlight.number = data.number
      } else if (data.number === inFlight.number || (!inFlight.command && data.command === inFlight.word)) {
        this.#follow(slot, inFlight, { kind, data })
      }
    }
  }

  /** Whether the world waits for a command of the slot, so that none can be running. */
  #isFree(slot: number): boolean {
    return this.#episode.world.awaits !== undefined && this.#episode.isAwaited(slot)
  }

  #follow(slot: number, inFlight: InFlight, { kind, data }: Pick<WorldEvent, 'kind' | 'data'>): void {
    if (kind === 'command.running') {
      inFlight.onChange({ status: 'running' })
      return
    }
    this.#inFlight.delete(slot)
    const outcome = String(data.outcome ?? '')
    if (kind === 'command.done') inFlight.onChange({ status: 'done', outcome })
    else inFlight.onChange({ status: 'failed', outcome, code: String(data.code ?? 'FAILED') })
  }
}

function refuse(code: (typeof REFUSAL_CODES)[number], reason: string): Taken {
  return { accepted: false, code, reason }
}
