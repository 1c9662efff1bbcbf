// Plans the episodes of an evaluation: the same seeds for every line-up, and every policy equally often in every slot.
// A plan is a pure function of its specification, so workers, reports and verification all derive the same one.
import type { WorldRegistry } from '../host/world-registry.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { createRandom, nextUint32, shuffled } from '../kernel/random.ts'
import { type Configured, configureWorld, type World } from '../kernel/world.ts'
import type { EvaluationPlayer, EvaluationReport, EvaluationSpec } from '../protocol/evaluation.ts'

export interface PlannedVariant {
  readonly id: string
  readonly configured: Configured
  readonly slots: number
  /** Episodes of this variant per seed. */
  readonly cells: number
}

/** One episode of a plan. */
export interface PlannedEpisode {
  readonly number: number
  /** The number of the seed, counted from 0, and the seed itself. */
  readonly block: number
  readonly seed: number
  readonly variant: PlannedVariant
  /** The player of each slot, as an index of `players`. */
  readonly assignment: readonly number[]
  /**
   * Episodes of one seed with the same key differ only in the policy under evaluation; undefined: there are no such
   * episodes.
   */
  readonly cell: string | undefined
}

export interface EvaluationPlan {
  readonly spec: EvaluationSpec
  readonly world: World
  readonly variants: readonly PlannedVariant[]
  /** Policies, then opponents. */
  readonly players: readonly EvaluationPlayer[]
  readonly design: EvaluationReport['design']
  readonly seeds: number
  readonly perSeed: number
  readonly total: number
}

/** Up to this number of episodes per seed, every permutation is played; beyond it, rotations of a random order. */
const MAX_PERMUTATIONS = 120

/** @throws AppError UNKNOWN_WORLD, UNKNOWN_VARIANT, CONFIG_INVALID, UNKNOWN_BOT, VALIDATION_ERROR */
export async function planEvaluation(worlds: WorldRegistry, spec: EvaluationSpec): Promise<EvaluationPlan> {
  const world = await worlds.load(spec.world)
  const players = [...spec.policies, ...spec.opponents]
  checkNames(players)
  for (const player of players) checkBot(world, player)
  const ids = spec.variants.length > 0 ? spec.variants : [undefined]
  const configured = ids.map((id) => configureWorld(world, id, spec.config))
  const slots = configured.map(({ config }) => world.slots(config))
  const design = designOf(spec, slots)
  const variants = configured.map((each, index): PlannedVariant => {
    const count = at(slots, index)
    return {
      id: each.variant?.id ?? `variant ${index}`,
      configured: each,
      slots: count,
      cells: cellsOf(spec, design, count),
    }
  })
  const perSeed = variants.reduce((sum, { cells }) => sum + cells, 0)
  const seeds = Math.ceil(spec.episodes / perSeed)
  return { spec, world, variants, players, design, seeds, perSeed, total: seeds * perSeed }
}

function checkNames(players: readonly EvaluationPlayer[]): void {
  const seen = new Set<string>()
  for (const { name } of players) {
    if (seen.has(name)) {
      throw new AppError('VALIDATION_ERROR', `two policies have the name ${name}`, {
        hint: 'Give one of them a name of its own: name=policy.',
      })
    }
    seen.add(name)
  }
}

function checkBot(world: World, player: EvaluationPlayer): void {
  if (player.kind === 'agent' || player.kind === 'model') {
    if (world.perception) return
    throw new AppError('NOT_PERCEIVED', `${world.id} cannot be played through the perception adapter`)
  }
  if (player.kind !== 'bot' || world.bots?.some(({ name }) => name === player.bot)) return
  const known = (world.bots ?? []).map(({ name }) => name)
  throw new AppError('UNKNOWN_BOT', `${world.id} has no bot ${player.bot}; it has ${known.join(', ') || 'none'}`, {
    details: { known },
    hint: 'Name a bot, or write cmd:<command>, image:<image>, agent:scripted, agent:random or model:<name>.',
  })
}

function designOf({ policies, opponents, episodes }: EvaluationSpec, slots: readonly number[]) {
  if (opponents.length > 0) return 'opponents' as const
  const counts = slots.map((count) => permutationCount(policies.length, count))
  const all = counts.reduce((sum, count) => sum + count, 0)
  const isFull = counts.every((count) => count > 0) && all <= Math.min(MAX_PERMUTATIONS * slots.length, episodes)
  return isFull ? ('permutations' as const) : ('rotations' as const)
}

/** The number of ways to arrange `slots` of `policies`; 0 if there are too few, and 1 for a single policy. */
function permutationCount(policies: number, slots: number): number {
  if (policies === 1) return 1
  let count = policies >= slots ? 1 : 0
  for (let k = 0; k < slots && count <= MAX_PERMUTATIONS; k++) count *= policies - k
  return count
}

function cellsOf(spec: EvaluationSpec, design: EvaluationReport['design'], slots: number): number {
  const policies = spec.policies.length
  if (design === 'opponents') return policies * spec.opponents.length * slots
  return design === 'permutations' ? permutationCount(policies, slots) : policies
}

/** The seed of a block; the same for every policy, variant and order of slots. */
function seedOf(spec: EvaluationSpec, block: number): number {
  return nextUint32(createRandom(spec.seed, `evaluation:${block}`))
}

/** @param number 0 to total - 1 */
export function episodeAt(plan: EvaluationPlan, number: number): PlannedEpisode {
  const block = Math.floor(number / plan.perSeed)
  let place = number - block * plan.perSeed
  let index = 0
  while (place >= at(plan.variants, index).cells) place -= at(plan.variants, index++).cells
  const variant = at(plan.variants, index)
  return {
    number,
    block,
    seed: seedOf(plan.spec, block),
    variant,
    assignment: assign(plan, { block, slots: variant.slots, place }),
    cell:
      plan.design === 'opponents' || variant.slots === 1
        ? cellOf(plan, { index, slots: variant.slots, place })
        : undefined,
  }
}

function assign(plan: EvaluationPlan, at_: { block: number; slots: number; place: number }): number[] {
  const { block, slots, place } = at_
  const policies = plan.spec.policies.length
  if (plan.design === 'opponents') {
    const { policy, opponent, slot } = opponentCell(plan, slots, place)
    return Array.from({ length: slots }, (_, each) => (each === slot ? policy : policies + opponent))
  }
  if (plan.design === 'permutations') return permutation(policies, slots, place)
  const order = shuffled(
    createRandom(plan.spec.seed, `slots:${block}`),
    Array.from({ length: policies }, (_, policy) => policy),
  )
  return Array.from({ length: slots }, (_, slot) => at(order, (place + slot) % policies))
}

function opponentCell({ spec }: EvaluationPlan, slots: number, place: number) {
  const slot = place % slots
  const rest = Math.floor(place / slots)
  return {
    slot,
    opponent: rest % spec.opponents.length,
    policy: Math.floor(rest / spec.opponents.length),
  }
}

function cellOf(
  plan: EvaluationPlan,
  { index, slots, place }: { index: number; slots: number; place: number },
): string {
  if (plan.design !== 'opponents') return `${index}`
  const { slot, opponent } = opponentCell(plan, slots, place)
  return `${index}/${opponent}/${slot}`
}

/** The permutation number `place` of policies in slots, in lexicographic order; a single policy takes every slot. */
function permutation(policies: number, slots: number, place: number): number[] {
  if (policies === 1) return Array.from({ length: slots }, () => 0)
  const left = Array.from({ length: policies }, (_, policy) => policy)
  let ways = permutationCount(policies, slots)
  let rest = place
  return Array.from({ length: slots }, () => {
    ways /= left.length
    const pick = Math.floor(rest / ways)
    rest -= pick * ways
    return at(left.splice(pick, 1), 0)
  })
}
