// What a world is: data and pure functions. `paint-arena` is the smallest whole example. A world never reads a clock, a
// random source, a file or a socket: its generator lives in its state, and it requests outside work as an effect.
import type { z } from 'zod'
import type { EffectReply, Outcome, Refusal, Results, Variant } from '../protocol/episode.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { Perception } from '../protocol/perception.ts'
import type { AgentCommand } from '../protocol/perception-command.ts'
import { unknownName } from './closest.ts'
import type { DialogueCapability } from './dialogue.ts'
import { digestJson } from './digest.ts'
import { parseWith } from './parse.ts'

/** A notable event of a step. Derived: it is never journalled, and a replay produces it again. */
export interface WorldEvent {
  /** Who may see it; null: everybody. */
  readonly slot: number | null
  readonly kind: string
  readonly data: JsonObject
}

/** The outputs of a world while it applies inputs and steps. */
export interface StepOutput {
  /**
   * Requests outside work; the reply comes back through `World.reply`. The request is stored without a copy: share
   * nothing with it that changes later. Returns the effect's id.
   */
  effect(kind: string, request: JsonValue): string
  /** Cancels an effect: the work stops, and no reply comes. Does nothing if the effect has been answered. */
  cancel(effect: string): void
  event(event: WorldEvent): void
}

/**
 * An agent that ships with a world. It sees what its slot sees, and may keep a memory of its own: given the same
 * observations in the same order it sends the same commands, so a resumed episode can replay the past to it.
 */
export interface Bot<Observation = unknown, Command = unknown> {
  /** Called once per step; undefined: no command. */
  decide(observation: Observation): Command | undefined
}

/** How to make a bot. `seed` is an unsigned 32-bit integer drawn from the episode's, different for each slot. */
export interface BotMaker<Observation = unknown, Command = unknown> {
  readonly name: string
  readonly summary: string
  create(seed: number, slot: number): Bot<Observation, Command>
}

/** A perception without what the adapter adds: version, time and agent. */
export type PerceptionBody = Omit<Perception, 'timestamp' | 'agent_id' | 'protocol_version'>

/** Progress of a command of the perception protocol, in a world that has its own commands. */
export interface CommandProgress {
  /** How often the world has been called for this command before: once after every step. */
  readonly calls: number
  /** The status of its last command: none sent yet, pending, accepted, or refused. */
  readonly last: 'none' | 'pending' | 'taken' | Refusal
}

/** The translation of a perception command at one step. */
export interface CommandTranslation<Command> {
  /** The command of the world that the slot sends now. */
  readonly say?: Command
  /** Present: the command has ended with this. */
  readonly end?: { readonly status: 'done' | 'failed'; readonly outcome: string; readonly code?: string }
}

/** Each is absent where the world does not define it. */
export interface WorldShapes {
  readonly summary?: z.ZodType
  readonly outline?: z.ZodType
  readonly inspection?: z.ZodType
  readonly saved?: z.ZodType
}

/** The public view of a world. */
export interface ViewCapability<State = unknown> {
  /** The public view of a state: a JSON object that the world's viewer draws. It shares nothing with the state. */
  spectate(state: State): JsonObject
  /**
   * The browser module that draws it, for worlds outside Paracosm: it exports a `ViewModule` as `view` or as its default,
   * and is served with the files of its folder. Built-in worlds need none: theirs is `src/worlds/<id>/view/main.ts`.
   */
  readonly module?: URL
}

/** What the agent protocol needs from a world. */
export interface PerceptionCapability<State = unknown, Command = unknown> {
  /** The engine-agnostic observation of a slot; the adapter adds time, agent and version. */
  perceive(state: State, slot: number): PerceptionBody
  /**
   * Translates a command of the protocol into the world's own commands: called after every step until it reports the
   * end of the command; it returns at most one command each time. Absent in worlds whose command type is `AgentCommand`
   * itself; those emit `command.accepted`, `running`, `done` and `failed` as events of the slot, with `number`,
   * `command`, `outcome` and `code`.
   */
  translate?(state: State, slot: number, command: AgentCommand, at: CommandProgress): CommandTranslation<Command>
}

/** What the headless interface can show of a world in addition to its standing. */
export interface HeadlessCapability<Config = unknown, State = unknown> {
  /** Schemas of what `summarize`, `outline`, `inspect` and `save` return. */
  readonly shapes?: WorldShapes
  /** Whether steps after the outcome still mean something: a factory keeps running after its objective. Default: no. */
  readonly runsOn?: boolean
  /** Outline of an episode with this configuration: its `size`, its `objective`. */
  outline?(config: Config): JsonObject
  /**
   * Summary of the state for an agent, in plain JSON. An `objective` with booleans `complete` and `failed` says
   * whether the episode can be (or has been) won; without one, a defined `outcome` counts as complete.
   */
  summarize?(state: State): JsonObject
  /** Everything about one part, by its id; undefined for an unknown id. Absent: the world has no parts. */
  inspect?(state: State, id: number): JsonObject | undefined
  /** The world's data as JSON: its objects with costs and effects, and the start of each variant. */
  catalogue?(): JsonObject
  /** Tick and seed that a state carries itself. A save whose own tick or seed says otherwise is refused. */
  origin?(state: State): { readonly tick: number; readonly seed: number }
}

/**
 * Rules as a state machine. Same version, configuration, seed and inputs give the same digest on every machine.
 *
 * The parameters are the parsed configuration, the state, the parsed command and the observation. Methods may
 * change the state they are given only in `apply`, `step`, `reply` and `slot`; what the others return shares nothing
 * with it.
 */
export interface World<Config = unknown, State = unknown, Command = unknown, Observation = unknown> {
  /** Kebab case: 'paint-arena'. */
  readonly id: string
  /** SemVer. Raise it when an old journal would replay differently. */
  readonly version: string
  readonly title: string
  /** One paragraph for people. */
  readonly summary: string
  /** Digest of the world's source, if known. A replay with different code reports the difference. */
  readonly code?: string
  readonly config: z.ZodType<Config>
  readonly command: z.ZodType<Command>
  /** Shape of `results`; the manifest's results schema is emitted from it. */
  readonly results: z.ZodType<Results>
  /** At least one; the first is the default. */
  readonly variants: readonly Variant[]
  readonly bots?: readonly BotMaker<Observation, Command>[]
  /**
   * Offline substitutes for outside work, by kind of effect, used where nothing is configured: pure functions of the
   * request and
   * the episode's own time in milliseconds. Absent: such effects fail with NO_WORKER.
   */
  readonly offline?: Readonly<Record<string, (request: JsonValue, atMs: number) => JsonValue>>
  /** How many slots a configuration has, 1..256. */
  slots(config: Config): number
  create(config: Config, seed: number): State
  /**
   * Applies one command of one slot, before the next step. A refused command leaves the state as it was.
   * Commands arrive ordered by slot, then by time.
   */
  apply(state: State, slot: number, command: Command, out: StepOutput): Refusal | undefined
  /** Advances one step, in place. */
  step(state: State, out: StepOutput): void
  /** Applies the reply to an effect. Required for worlds that request effects. */
  reply?(state: State, reply: EffectReply, out: StepOutput): void
  /** Called when a slot's player connects or leaves. Optional. */
  presence?(state: State, slot: number, isPresent: boolean, out: StepOutput): void
  /** The observation of this slot. */
  observe(state: State, slot: number): Observation
  /** The public view; absent: viewers see only the standing. */
  readonly view?: ViewCapability<State>
  /** The engine-agnostic agent protocol; absent: agents cannot play this world through it. */
  readonly perception?: PerceptionCapability<State, Command>
  /** Summaries, inspection and schemas for the headless interface; absent: the interface shows the standing. */
  readonly headless?: HeadlessCapability<Config, State>
  /** Text sessions; absent: the world has no text games. */
  readonly dialogue?: DialogueCapability<Observation>
  /** Slots that must move before the next lockstep step; absent: all. An empty list: none, so step or wait for replies. */
  awaits?(state: State): readonly number[]
  /** The command of a slot whose time has run out; absent or undefined: none. */
  fallback?(state: State, slot: number): Command | undefined
  /** The current standing: one finite score per slot. */
  standing(state: State): Results
  /** Defined once the rules have ended the episode. */
  outcome(state: State): Outcome | undefined
  /** The whole state as plain JSON. */
  save(state: State): JsonValue
  /** @throws AppError STATE_INVALID; it never half-loads */
  load(saved: JsonValue): State
  /** 16 hex digits over the canonical state. */
  digest(state: State): string
}

/**
 * The public view of a state: the world's own, else the standing.
 *
 * @example
 * import { publicView, type World } from 'paracosm/world'
 *
 * export function show(world: World, state: unknown): string {
 *   return JSON.stringify(publicView(world, state))
 * }
 */
export function publicView(world: World, state: unknown): JsonObject {
  return world.view?.spectate(state) ?? { ...world.standing(state) }
}

type Derived = 'save' | 'load' | 'digest'

/**
 * Makes a world from its rules. For a world whose state is plain JSON, give the state's schema as `state` and leave
 * out `save`, `load` and `digest`: they follow from it.
 *
 * @example
 * import { Results } from 'paracosm/protocol'
 * import { defineWorld } from 'paracosm/world'
 * import { z } from 'zod'
 *
 * export const countdown = defineWorld({
 *   id: 'countdown', version: '1.0.0', title: 'Countdown', summary: 'The player who says zero wins.',
 *   config: z.strictObject({ from: z.int().min(1).default(21) }),
 *   command: z.strictObject({ take: z.int().min(1).max(3) }),
 *   results: Results,
 *   state: z.strictObject({ left: z.int(), last: z.int() }),
 *   variants: [{ id: 'default', title: 'From 21', description: 'Take one to three.', config: {} }],
 *   slots: () => 2,
 *   create: (config) => ({ left: config.from, last: -1 }),
 *   apply(state, slot, { take }) { state.left -= Math.min(take, state.left); state.last = slot; return undefined },
 *   step() {},
 *   observe: (state) => ({ left: state.left }),
 *   standing: (state) => ({ scores: [0, 1].map((slot) => (state.left === 0 && state.last === slot ? 1 : 0)) }),
 *   outcome: (state) => (state.left === 0 ? { ended: 'terminated', reason: 'Nothing is left.' } : undefined),
 * })
 */
export function defineWorld<Config, State extends JsonValue, Command, Observation>(
  rules: Omit<World<Config, State, Command, Observation>, Derived> & { readonly state: z.ZodType<State> },
): World<Config, State, Command, Observation>
export function defineWorld<Config, State, Command, Observation>(
  rules: World<Config, State, Command, Observation>,
): World<Config, State, Command, Observation>
export function defineWorld<Config, State extends JsonValue, Command, Observation>(
  rules:
    | World<Config, State, Command, Observation>
    | (Omit<World<Config, State, Command, Observation>, Derived> & { readonly state: z.ZodType<State> }),
): World<Config, State, Command, Observation> {
  if (!('state' in rules)) return rules
  const { state: schema, ...rest } = rules
  return {
    ...rest,
    save: (state) => structuredClone(state),
    load: (saved) => structuredClone(parseWith(schema, saved, { code: 'STATE_INVALID', what: `State of ${rules.id}` })),
    digest: (state) => digestJson(state),
  }
}

/**
 * The parsed configuration of a variant, with `overrides` laid over it key by key.
 * @param variant a variant's id; undefined: the first
 * @throws AppError UNKNOWN_VARIANT or CONFIG_INVALID
 *
 * @example
 * import { configureWorld, type World } from 'paracosm/world'
 *
 * export function slotsOf(world: World): number {
 *   return world.slots(configureWorld(world, 'default', { days: 5 }).config)
 * }
 */
export function configureWorld(world: World, variant: string | undefined, overrides: JsonObject = {}): Configured {
  const found = variant === undefined ? world.variants[0] : world.variants.find((each) => each.id === variant)
  if (!found) {
    const known = world.variants.map((each) => each.id)
    const message = `${world.id} has no variant ${variant}; it has ${known.join(', ')}`
    throw unknownName('UNKNOWN_VARIANT', message, { name: variant ?? '', known })
  }
  const merged: JsonObject = { ...found.config, ...overrides }
  const config = parseWith(world.config, merged, { code: 'CONFIG_INVALID', what: `Configuration of ${world.id}` })
  return { variant: found, config, json: merged }
}

/** A configuration on its way into an episode. */
export interface Configured {
  /** Undefined for an unknown variant. */
  readonly variant?: Variant
  /** Parsed, defaults filled in. */
  readonly config: unknown
  /** As written: what the journal keeps. */
  readonly json: JsonObject
}
