// Random floors and scripts for the foundry's tests: dense enough that belts meet, nets join and things break.
import fc from 'fast-check'
import { FACINGS, PARTS } from '../worlds/foundry/catalogue.ts'
import { allowedRecipes } from '../worlds/foundry/commands.ts'
import { type FoundryCommand, FoundryConfig } from '../worlds/foundry/config.ts'
import { isPart } from '../worlds/foundry/part-table.ts'
import { defOf } from '../worlds/foundry/parts.ts'
import { RECIPES } from '../worlds/foundry/recipes.ts'
import { SavedFoundry } from '../worlds/foundry/save-schema.ts'
import type { Foundry } from '../worlds/foundry/state.ts'
import { PowerOutlook, stateOf } from '../worlds/foundry/status.ts'
import { foundry } from '../worlds/foundry/world.ts'

/** One entry of a random script: commands of a slot, or a number of ticks. */
export type Act =
  | { readonly kind: 'command'; readonly slot: number; readonly command: FoundryCommand }
  | { readonly kind: 'ticks'; readonly ticks: number }
  /** Sets a valid recipe on one of the existing machines. */
  | { readonly kind: 'tune'; readonly machine: number; readonly recipe: number }
  /** Removes one of the existing parts. */
  | { readonly kind: 'raze'; readonly part: number }

export interface FoundryRun {
  readonly config: FoundryConfig
  readonly seed: number
  readonly acts: readonly Act[]
}

/** A step output that discards everything. */
export const QUIET = { effect: () => '', cancel: () => undefined, event: () => undefined }

/**
 * A small floor with ore under half of it and plenty of parts for `slots` crews. Its sizes are even, so that it can be
 * mirrored.
 */
export function aFloor(options: { slots?: number; size?: { x: number; y: number; z: number }; clouds?: boolean } = {}) {
  const size = options.size ?? { x: 8, y: 5, z: 8 }
  const deposits = []
  const items = ['iron_ore', 'copper_ore', 'coal'] as const
  for (let z = 0; z < size.z; z++) {
    for (let x = z % 2; x < size.x; x += 2) deposits.push({ x, z, item: items[(x + z) % 3] ?? 'coal' })
  }
  const inventory = Object.fromEntries(PARTS.map(({ id }) => [id, 10_000]))
  return FoundryConfig.parse({
    size,
    deposits,
    inventory: Array.from({ length: options.slots ?? 1 }, () => inventory),
    goals: [{ kind: 'deliver', item: 'iron_plate', count: 1_000_000 }],
    clouds: options.clouds ? { every: 7, least: 0 } : { every: 0, least: 1000 },
    emission_permille: 10_000,
  })
}

/** Frequency of each kind of part: belts are the most frequent. */
const WEIGHTS: Readonly<Record<string, number>> = {
  conveyor: 10,
  lift: 4,
  wire: 4,
  splitter: 3,
  merger: 3,
  extractor: 3,
  solar_panel: 3,
  battery: 2,
  generator: 2,
}

const Facing = fc.constantFrom(...FACINGS)
const Def = fc.oneof(...PARTS.map(({ id }) => ({ weight: WEIGHTS[id] ?? 1, arbitrary: fc.constant(id) })))
const PartId = fc.integer({ min: 1, max: 40 })
const Recipe = fc.option(fc.constantFrom(...RECIPES.map(({ id }) => id), 'no_such_recipe'), { nil: null })

function arbOrigin(size: { x: number; y: number; z: number }) {
  return fc.record({
    x: fc.integer({ min: -1, max: size.x }),
    y: fc.oneof(
      { weight: 8, arbitrary: fc.constant(1) },
      { weight: 4, arbitrary: fc.integer({ min: 0, max: size.y }) },
    ),
    z: fc.integer({ min: -1, max: size.z }),
  })
}

function arbCommand(size: { x: number; y: number; z: number }): fc.Arbitrary<FoundryCommand> {
  const place = fc.record({
    type: fc.constant('place_part' as const),
    def_id: Def,
    origin: arbOrigin(size),
    facing: Facing,
  })
  return fc.oneof(
    { weight: 16, arbitrary: place },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('remove_part' as const), part_id: PartId }) },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('rotate_part' as const), part_id: PartId, facing: Facing }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('set_machine_enabled' as const),
        part_id: PartId,
        enabled: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ type: fc.constant('set_machine_recipe' as const), part_id: PartId, recipe_id: Recipe }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('set_build_recipe' as const), part_id: PartId, recipe_id: Recipe }),
    },
  )
}

/** A run of conveyors, so that lines become long enough to be interesting. */
function arbRoad(size: { x: number; y: number; z: number }): fc.Arbitrary<FoundryCommand[]> {
  return fc
    .record({ x: fc.nat(size.x - 1), z: fc.nat(size.z - 1), facing: fc.nat(3), length: fc.integer({ min: 2, max: 6 }) })
    .map(({ x, z, facing, length }) =>
      Array.from({ length }, (_, i) => ({
        type: 'place_part' as const,
        def_id: 'conveyor',
        origin: {
          x: x + (facing === 1 ? i : facing === 3 ? -i : 0),
          y: 1,
          z: z + (facing === 2 ? i : facing === 0 ? -i : 0),
        },
        facing: FACINGS[facing] ?? 'north',
      })),
    )
}

/** An extractor with a panel behind it and a conveyor in front. */
function arbMine(size: { x: number; y: number; z: number }): fc.Arbitrary<FoundryCommand[]> {
  return fc.record({ x: fc.integer({ min: 1, max: size.x - 2 }), z: fc.nat(size.z - 1) }).map(({ x, z }) => [
    { type: 'place_part', def_id: 'extractor', origin: { x, y: 1, z }, facing: 'east' },
    { type: 'place_part', def_id: 'solar_panel', origin: { x: x - 1, y: 1, z }, facing: 'north' },
    { type: 'place_part', def_id: 'conveyor', origin: { x: x + 1, y: 1, z }, facing: 'east' },
  ])
}

/** A complete works: ore, smelter, press, storage, power. */
function arbWorks(size: { x: number; y: number; z: number }): fc.Arbitrary<FoundryCommand[]> {
  const place = (def_id: string, x: number, z: number): FoundryCommand => ({
    type: 'place_part',
    def_id,
    origin: { x, y: 1, z },
    facing: 'east',
  })
  const tail = fc.constantFrom('storage', 'delivery_port', 'generator', 'assembler', 'filter', 'merger', 'battery')
  return fc
    .record({ x: fc.nat(1), z: fc.integer({ min: 1, max: size.z - 2 }), tail })
    .map(({ x, z, tail: last }) => [
      place('extractor', x, z),
      place('solar_panel', x, z - 1),
      place('conveyor', x + 1, z),
      place('smelter', x + 2, z),
      place('wire', x + 1, z - 1),
      place('solar_panel', x + 2, z - 1),
      place('solar_panel', x + 3, z - 1),
      place('conveyor', x + 4, z),
      place(last, x + 5, last === 'assembler' ? z - 1 : z),
    ])
}

/** A ring of belts with a merger in it. */
function arbRing(size: { x: number; y: number; z: number }): fc.Arbitrary<FoundryCommand[]> {
  const side = { w: fc.integer({ min: 2, max: 4 }), d: fc.integer({ min: 2, max: 4 }) }
  return fc
    .record({
      x: fc.nat(size.x - 4),
      z: fc.nat(size.z - 4),
      ...side,
      at: fc.nat(11),
      part: fc.constantFrom('merger', 'splitter', 'conveyor'),
    })
    .map(({ x, z, w, d, at, part }) => {
      const cells: [number, number, (typeof FACINGS)[number]][] = []
      for (let i = 0; i < w - 1; i++) cells.push([x + i, z, 'east'])
      for (let i = 0; i < d - 1; i++) cells.push([x + w - 1, z + i, 'south'])
      for (let i = w - 1; i > 0; i--) cells.push([x + i, z + d - 1, 'west'])
      for (let i = d - 1; i > 0; i--) cells.push([x, z + i, 'north'])
      return cells.map(([cx, cz, facing], i) => ({
        type: 'place_part' as const,
        def_id: i === at % cells.length ? part : 'conveyor',
        origin: { x: cx, y: 1, z: cz },
        facing,
      }))
    })
}

/** Random scripts on random floors. */
export function arbFoundryRun(
  options: { slots?: number; acts?: number; clouds?: boolean } = {},
): fc.Arbitrary<FoundryRun> {
  const config = aFloor(options)
  const Slot = fc.nat((options.slots ?? 1) - 1)
  const Ticks = fc.record({ kind: fc.constant('ticks' as const), ticks: fc.integer({ min: 1, max: 120 }) })
  const Tune = fc.record({ kind: fc.constant('tune' as const), machine: fc.nat(20), recipe: fc.nat(20) })
  const toActs = (commands: fc.Arbitrary<FoundryCommand[]>): fc.Arbitrary<Act[]> =>
    fc.tuple(Slot, commands).map(([slot, list]) => list.map((command) => ({ kind: 'command' as const, slot, command })))
  const act = fc.oneof(
    { weight: 14, arbitrary: toActs(arbCommand(config.size).map((command) => [command])) },
    { weight: 3, arbitrary: toActs(arbRoad(config.size)) },
    { weight: 3, arbitrary: toActs(arbMine(config.size)) },
    { weight: 8, arbitrary: toActs(arbWorks(config.size)) },
    { weight: 2, arbitrary: toActs(arbRing(config.size)) },
    { weight: 8, arbitrary: Tune.map((each): Act[] => [each]) },
    { weight: 6, arbitrary: fc.nat(60).map((part): Act[] => [{ kind: 'raze', part }]) },
    { weight: 8, arbitrary: Ticks.map((ticks): Act[] => [ticks]) },
  )
  const most = options.acts ?? 60
  return fc
    .record({
      seed: fc.nat(0xffff_ffff),
      acts: fc.array(act, { minLength: Math.min(10, most), maxLength: most, size: 'max' }),
    })
    .map(({ seed, acts }) => ({ config, seed, acts: acts.flat() }))
}

/** Plays a run; `visit` is called before every act with the coming act, and after it. */
export function play(
  run: FoundryRun,
  visit: { before?(f: Foundry, act: Act): void; after?(f: Foundry, act: Act, isRefused: boolean): void } = {},
): Foundry {
  const f = foundry.create(run.config, run.seed)
  for (const act of run.acts) {
    visit.before?.(f, act)
    let isRefused = false
    if (act.kind === 'command') isRefused = foundry.apply(f, act.slot, act.command, QUIET) !== undefined
    else if (act.kind === 'tune') tune(f, act)
    else if (act.kind === 'raze') raze(f, act.part)
    else tick(f, act.ticks)
    visit.after?.(f, act, isRefused)
  }
  return f
}

function tune(f: Foundry, act: { readonly machine: number; readonly recipe: number }): void {
  const machines: number[] = []
  for (let part = 1; part <= f.parts.last; part++) {
    const kind = f.parts.def[part] === 0 ? 'frame' : defOf(f, part).kind
    if (kind === 'machine' || kind === 'filter') machines.push(part)
  }
  const part_id = machines[act.machine % Math.max(1, machines.length)]
  if (part_id === undefined) return
  const recipes = allowedRecipes(f, part_id)
  const recipe_id = recipes[act.recipe % recipes.length] ?? null
  const type = defOf(f, part_id).id === 'fabricator' ? 'set_build_recipe' : 'set_machine_recipe'
  foundry.apply(f, 0, { type, part_id, recipe_id }, QUIET)
}

function raze(f: Foundry, pick: number): void {
  const standing: number[] = []
  for (let part = 1; part <= f.parts.last; part++) if (isPart(f.parts, part)) standing.push(part)
  const part_id = standing[pick % Math.max(1, standing.length)]
  if (part_id !== undefined) foundry.apply(f, f.parts.owner[part_id] ?? 0, { type: 'remove_part', part_id }, QUIET)
}

export function tick(f: Foundry, ticks: number): void {
  for (let i = 0; i < ticks; i++) foundry.step(f, QUIET)
}

/** A floor under construction, for tests of single rules. */
export class FloorBuilder {
  readonly f: Foundry

  constructor(config: Parameters<typeof FoundryConfig.parse>[0] = aFloor()) {
    this.f = foundry.create(FoundryConfig.parse(config), 1)
  }

  /** Applies a command; returns the refusal code if it is refused. */
  say(command: FoundryCommand, slot = 0): string | undefined {
    return foundry.apply(this.f, slot, command, QUIET)?.code
  }

  /** Places a part; returns its id or the refusal code. */
  place(
    def_id: string,
    [x, y, z]: readonly [number, number, number],
    facing: (typeof FACINGS)[number] = 'east',
  ): number | string {
    return this.say({ type: 'place_part', def_id, origin: { x, y, z }, facing }) ?? this.f.parts.last
  }

  tick(ticks: number): this {
    tick(this.f, ticks)
    return this
  }

  /** A part as it appears in a save. */
  part(id: number | string) {
    return SavedFoundry.parse(foundry.save(this.f)).parts.find((part) => part.id === id)
  }

  /** The state of a part. */
  state(id: number | string): string | undefined {
    return typeof id === 'number' && isPart(this.f.parts, id)
      ? stateOf(this.f, id, new PowerOutlook(this.f))
      : undefined
  }
}
