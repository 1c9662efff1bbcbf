// The invariants of every world, checked on one random run. `testWorld` (src/testing) draws runs by the hundred; the
// certifier draws some with the world's own bots.
import { createFold, type Fold, foldCommand, foldStep, loadFold } from '../kernel/fold.ts'
import { createRandom, nextUint32 } from '../kernel/random.ts'
import { publicView, type World } from '../kernel/world.ts'
import type { JsonObject } from '../protocol/json.ts'

/** A random run: an unparsed configuration, a seed, and the commands of the slots before each step. */
export interface DrawnRun {
  readonly config: JsonObject
  readonly seed: number
  readonly steps: readonly (readonly (readonly [slot: number, command: unknown])[])[]
}

/** An invariant that a run violated. */
export interface Violation {
  readonly law: string
  readonly what: string
}

/** Globals that a world must not use, each with its replacement. */
const FORBIDDEN = [
  'Date',
  'performance',
  'crypto',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
] as const

/**
 * Calls `run` while clocks, randomness and I/O throw. Synchronous: nothing else runs meanwhile.
 *
 * @example
 * import { withoutClocks } from 'paracosm/testing'
 *
 * console.log(withoutClocks(() => 6 * 7)) // a function that reads Date.now() throws
 */
export function withoutClocks<T>(run: () => T): T {
  const forbid = (name: string) => (): never => {
    throw new Error(`the world used ${name}, so the same inputs would not give the same state`)
  }
  const kept = FORBIDDEN.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  const random = Object.getOwnPropertyDescriptor(Math, 'random')
  for (const name of FORBIDDEN) Object.defineProperty(globalThis, name, { configurable: true, get: forbid(name) })
  Object.defineProperty(Math, 'random', { configurable: true, value: forbid('Math.random') })
  try {
    return run()
  } finally {
    for (const [name, descriptor] of kept) if (descriptor) Object.defineProperty(globalThis, name, descriptor)
    if (random) Object.defineProperty(Math, 'random', random)
  }
}

interface Course {
  readonly digests: readonly string[]
  readonly violations: readonly Violation[]
}

function say(fold: Fold, said: DrawnRun['steps'][number], violations: Violation[]): void {
  const { world } = fold
  for (const [slot, raw] of said) {
    const parsed = world.command.safeParse(raw)
    if (!parsed.success) continue
    const again = world.command.safeParse(parsed.data)
    if (!again.success || JSON.stringify(again.data) !== JSON.stringify(parsed.data)) {
      violations.push({
        law: 'commands',
        what: `a parsed command does not parse to itself: ${JSON.stringify(parsed.data)}`,
      })
    }
    const before = world.digest(fold.state)
    const refusal = foldCommand(fold, slot, parsed.data)
    if (refusal && world.digest(fold.state) !== before) {
      violations.push({ law: 'refusals', what: `refusing ${JSON.stringify(raw)} (${refusal.code}) changed the state` })
    }
  }
}

/** Plays a run from the start, or from a saved state at its step. */
function play(fold: Fold, run: DrawnRun, onStep?: (fold: Fold) => void): Course {
  const digests: string[] = []
  const violations: Violation[] = []
  for (let step = fold.step; step < run.steps.length; step++) {
    if (fold.world.outcome(fold.state)) break
    say(fold, run.steps[step] ?? [], violations)
    foldStep(fold)
    fold.out.clear()
    digests.push(fold.world.digest(fold.state))
    onStep?.(fold)
  }
  return { digests, violations }
}

/** Overwrites everything that can be reached from a value. */
function mutateDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) {
    mutateDeep(child)
    if (!Object.isFrozen(value)) Reflect.set(value, key, 'mutated')
  }
  if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0
}

function checkViews(fold: Fold, slots: number, violations: Violation[]): void {
  const { world, state } = fold
  const before = world.digest(state)
  const views: [string, unknown][] = [
    ['spectate', publicView(world, state)],
    ['save', world.save(state)],
    ['standing', world.standing(state)],
  ]
  for (let slot = 0; slot < slots; slot++) views.push([`observe ${slot}`, world.observe(state, slot)])
  for (const [name, view] of views) {
    mutateDeep(view)
    if (world.digest(state) !== before)
      violations.push({ law: 'views', what: `${name} returns a reference into the state` })
  }
  const standing = world.standing(state)
  if (standing.scores.length !== slots || !standing.scores.every(Number.isFinite)) {
    violations.push({
      law: 'scores',
      what: `scores are not ${slots} finite numbers: ${JSON.stringify(standing.scores)}`,
    })
  }
}

/**
 * The invariants that a run violates, empty if the world is correct: determinism without clocks, save and load at any
 * step,
 * refusals without effect, views that share nothing with the state, one finite score per slot.
 *
 * @example
 * import { checkConformance, drawBotRun } from 'paracosm/testing'
 * import type { World } from 'paracosm/world'
 *
 * export function violations(world: World): string[] {
 *   return checkConformance(world, drawBotRun(world, {}, { seed: 1, steps: 50 })).map(({ what }) => what)
 * }
 */
export function checkConformance(world: World, run: DrawnRun): Violation[] {
  return withoutClocks(() => {
    const config = world.config.parse(run.config)
    const slots = world.slots(config)
    const violations: Violation[] = []
    const first = play(createFold(world, config, run.seed), run, (fold) => checkViews(fold, slots, violations))
    violations.push(...first.violations)
    const second = play(createFold(world, world.config.parse(run.config), run.seed), run)
    compare('determinism', first.digests, second.digests, violations)
    const cut = Math.floor(first.digests.length / 2)
    const half = createFold(world, config, run.seed)
    play(half, { ...run, steps: run.steps.slice(0, cut) })
    const saved: unknown = JSON.parse(JSON.stringify(world.save(half.state)))
    const resumed = loadFold(world, {
      step: cut,
      state: world.save(world.load(world.save(half.state))),
      effects: [...half.out.pending.values()],
    })
    if (JSON.stringify(saved) !== JSON.stringify(world.save(resumed.state))) {
      violations.push({
        law: 'save and load',
        what: `saving the state loaded at step ${cut} gives a different document`,
      })
    }
    compare('save and load', first.digests.slice(cut), play(resumed, run).digests, violations)
    return violations
  })
}

function compare(law: string, one: readonly string[], other: readonly string[], violations: Violation[]): void {
  const at = one.findIndex((digest, step) => digest !== other[step])
  if (at >= 0 || one.length !== other.length) {
    violations.push({ law, what: `the runs diverge at step ${at < 0 ? Math.min(one.length, other.length) : at}` })
  }
}

/**
 * A run played by a world's own bots, as used by the certifier. Worlds without bots are only stepped.
 *
 * @example
 * import { drawBotRun } from 'paracosm/testing'
 * import type { World } from 'paracosm/world'
 *
 * export function firstStep(world: World): unknown {
 *   return drawBotRun(world, {}, { seed: 1, steps: 1 }).steps[0]
 * }
 */
export function drawBotRun(world: World, config: JsonObject, at: { seed: number; steps: number }): DrawnRun {
  const parsed = world.config.parse(config)
  const fold = createFold(world, parsed, at.seed)
  const random = createRandom(at.seed, 'conformance')
  const makers = world.bots ?? []
  const bots = Array.from({ length: world.slots(parsed) }, (_, slot) =>
    makers[slot % Math.max(1, makers.length)]?.create(nextUint32(random), slot),
  )
  const steps: [number, unknown][][] = []
  for (let step = 0; step < at.steps && !world.outcome(fold.state); step++) {
    const said: [number, unknown][] = []
    for (const [slot, bot] of bots.entries()) {
      const command = bot?.decide(world.observe(fold.state, slot))
      if (command !== undefined) said.push([slot, command])
    }
    say(fold, said, [])
    foldStep(fold)
    fold.out.clear()
    steps.push(said)
  }
  return { config, seed: at.seed, steps }
}
