// The report of an evaluation, computed only from its plan and rows: the same rows give the same report everywhere, on
// which `eval verify` relies.
import { absent, at } from '../kernel/at.ts'
import type {
  Estimate,
  EvaluatedPair,
  EvaluatedPolicy,
  EvaluationReport,
  EvaluationRow,
  EvaluationSpend,
} from '../protocol/evaluation.ts'
import { type Block, blocksOf, type Contest } from './contests.ts'
import { Decision } from './decision.ts'
import { METHODS } from './methods.ts'
import { type EvaluationPlan, episodeAt } from './plan.ts'
import { resampleFigures } from './resampled.ts'
import { estimate, openEnds, widen } from './statistics/bootstrap.ts'
import { bradleyTerry, bradleyTerryErrors } from './statistics/bradley-terry.ts'
import { newRating, type Rating, ranksOf, rateMatch } from './statistics/plackett-luce.ts'

/** Significant digits in a report: JavaScript engines may differ in the last digits of a logarithm. */
const DIGITS = 10

/** @param ended why the run ended; `complete` becomes `decided` when the sequential test ended it */
export async function reportEvaluation(
  plan: EvaluationPlan,
  about: { readonly id: string; readonly ended: EvaluationReport['ended'] },
  rows: AsyncIterable<EvaluationRow> | Iterable<EvaluationRow>,
): Promise<EvaluationReport> {
  const tally = new Tally(plan)
  const blocks: Block[] = []
  const decision = plan.spec.until_decided === null ? undefined : new Decision(plan, plan.spec.until_decided)
  for await (const block of blocksOf(plan, tally.watch(rows))) {
    if (decision?.isDecided) continue
    const isNext = block.rows === plan.perSeed && block.block === blocks.length
    blocks.push(block)
    if (isNext) decision?.take(block)
  }
  const counted = blocks.length
  const figures = new Figures(plan, blocks)
  return {
    paracosm: 'evaluation',
    version: 1,
    id: about.id,
    spec: plan.spec,
    world: { id: plan.world.id, version: plan.world.version },
    variants: plan.variants.map(({ id }) => id),
    design: plan.design,
    seeds: counted,
    episodes_per_seed: plan.perSeed,
    planned: plan.total,
    played: tally.played,
    counted: tally.okBefore(at0(blocks)),
    failed: tally.failed,
    timed_out: tally.timedOut,
    ended: decision?.isDecided ? 'decided' : about.ended,
    spend: tally.spend,
    policies: plan.players.map((_, index) => toPolicy({ plan, tally, figures }, index)),
    pairs: figures.pairs(decision),
    methods: METHODS,
  }
}

/** The first block that is not counted. */
const at0 = (blocks: readonly Block[]): number => (blocks.at(-1)?.block ?? -1) + 1

function round(value: number): number {
  return Number(value.toPrecision(DIGITS)) + 0
}

function rounded(found: Estimate): Estimate {
  const orNull = (value: number | null): number | null => (value === null ? null : round(value))
  return {
    value: round(found.value),
    standard_error: orNull(found.standard_error),
    low: orNull(found.low),
    high: orNull(found.high),
  }
}

/** Counts rows on their way to the statistics. */
class Tally {
  readonly #plan: EvaluationPlan
  readonly failures: number[]
  readonly failedEpisodes: number[]
  readonly timeouts: number[]
  readonly timedOutMoves: number[]
  readonly #okByBlock: number[] = []
  played = 0
  failed = 0
  timedOut = 0
  spend: EvaluationSpend | null = null

  constructor(plan: EvaluationPlan) {
    this.#plan = plan
    const zeros = (): number[] => plan.players.map(() => 0)
    this.failures = zeros()
    this.failedEpisodes = zeros()
    this.timeouts = zeros()
    this.timedOutMoves = zeros()
  }

  async *watch(
    rows: AsyncIterable<EvaluationRow> | Iterable<EvaluationRow>,
  ): AsyncGenerator<EvaluationRow, void, undefined> {
    for await (const row of rows) {
      this.#take(row)
      yield row
    }
  }

  /** The number of episodes with a result among the seeds before `block`. */
  okBefore(block: number): number {
    let sum = 0
    for (let index = 0; index < block; index++) sum += this.#okByBlock[index] ?? absent()
    return sum
  }

  #take(row: EvaluationRow): void {
    const { assignment, block } = episodeAt(this.#plan, row.number)
    while (this.#okByBlock.length <= block) this.#okByBlock.push(0)
    this.played++
    if (row.outcome === 'ok') this.#okByBlock[block] = at(this.#okByBlock, block) + 1
    if (row.outcome === 'failed') this.failed++
    if (row.outcome === 'timeout') this.timedOut++
    const add = (list: number[], player: number, more: number): void => {
      list[player] = at(list, player) + more
    }
    for (const player of new Set(assignment)) {
      if (row.outcome === 'failed') add(this.failedEpisodes, player, 1)
      if (row.outcome === 'timeout') add(this.timeouts, player, 1)
    }
    if (row.error?.slot != null) add(this.failures, at(assignment, row.error.slot), 1)
    for (const [slot, moves] of row.timeouts.entries()) add(this.timedOutMoves, at(assignment, slot), moves)
    if (row.spend) this.spend = addSpend(this.spend, row.spend)
  }
}

function addSpend(known: EvaluationSpend | null, more: EvaluationSpend): EvaluationSpend {
  if (!known) return more
  return {
    calls: known.calls + more.calls,
    tokens: known.tokens + more.tokens,
    cost_usd: round(known.cost_usd + more.cost_usd),
  }
}

/** All estimates of the counted seeds. */
class Figures {
  readonly #plan: EvaluationPlan
  readonly #blocks: readonly Block[]
  readonly ratings: readonly Rating[]
  readonly bradleyTerry: readonly (Estimate | null)[]
  readonly scores: readonly (Estimate | null)[]
  readonly #pairs: readonly EvaluatedPair[]

  constructor(plan: EvaluationPlan, blocks: readonly Block[]) {
    this.#plan = plan
    this.#blocks = blocks
    this.ratings = rateAll(plan, blocks)
    const found = resampleFigures(blocks, { players: plan.players.length, seed: plan.spec.seed, fit: bradleyTerry })
    const seeds = blocks.length
    this.scores = found.scores.map((each) => each && rounded(estimate(each.value, each.resampled, seeds)))
    const errors = bradleyTerryErrors(
      found.wins,
      found.strengths.map((each) => each?.value ?? 0),
    )
    this.bradleyTerry = found.strengths.map(
      (each, player) => each && rounded(widen(estimate(each.value, each.resampled, seeds), at(errors, player))),
    )
    this.#pairs = found.pairs.map(({ first, second, wins, draws, losses, value, resampled }) => ({
      policy: at(plan.players, first).name,
      opponent: at(plan.players, second).name,
      episodes: wins + draws + losses,
      wins,
      draws,
      losses,
      win_probability: rounded(openEnds(estimate(value, resampled, seeds), seeds)),
      decided: null,
    }))
  }

  pairs(decision: Decision | undefined): EvaluatedPair[] {
    const index = (name: string): number => this.#plan.players.findIndex((player) => player.name === name)
    return this.#pairs.map((pair) => ({
      ...pair,
      decided: decision?.isPairDecided(index(pair.policy), index(pair.opponent)) ?? null,
    }))
  }

  /** Wins, draws and losses against all other entrants of an episode at once. */
  standing(player: number): { episodes: number; wins: number; draws: number; losses: number } {
    const count = { episodes: 0, wins: 0, draws: 0, losses: 0 }
    for (const { contests } of this.#blocks) {
      for (const contest of contests) if (contest.isEpisode) countStanding(count, contest, player)
    }
    return count
  }

  /** Mean score in each variant. */
  byVariant(player: number): (number | null)[] {
    return this.#plan.variants.map(({ id }) => {
      const own = this.#blocks.flatMap(({ scores }) =>
        scores.filter((each) => each.player === player && each.variant === id).map(({ score }) => score),
      )
      return own.length === 0 ? null : round(own.reduce((sum, score) => sum + score, 0) / own.length)
    })
  }

  /** Whether the player took part in any counted episode. */
  hasPlayed(player: number): boolean {
    return this.#blocks.some(({ scores }) => scores.some((each) => each.player === player))
  }
}

function countStanding(
  count: { episodes: number; wins: number; draws: number; losses: number },
  { entrants }: Contest,
  player: number,
): void {
  const own = entrants.find((each) => each.player === player)
  if (!own) return
  const best = Math.max(...entrants.filter((each) => each !== own).map(({ score }) => score))
  count.episodes++
  if (own.score > best) count.wins++
  else if (own.score === best) count.draws++
  else count.losses++
}

function rateAll(plan: EvaluationPlan, blocks: readonly Block[]): Rating[] {
  const ratings = plan.players.map(newRating)
  for (const { contests } of blocks) {
    for (const { entrants } of contests) {
      const after = rateMatch(
        entrants.map(({ player }) => at(ratings, player)),
        ranksOf(entrants.map(({ score }) => score)),
      )
      for (const [index, { player }] of entrants.entries()) ratings[player] = at(after, index)
    }
  }
  return ratings
}

function toPolicy(
  { plan, tally, figures }: { plan: EvaluationPlan; tally: Tally; figures: Figures },
  index: number,
): EvaluatedPolicy {
  const player = at(plan.players, index)
  const { mu, sigma } = at(figures.ratings, index)
  const standing = figures.standing(index)
  const isRated = plan.players.length > 1 && figures.hasPlayed(index)
  return {
    name: player.name,
    role: index < plan.spec.policies.length ? 'policy' : 'opponent',
    player,
    ...standing,
    score: figures.scores[index] ?? null,
    failures: at(tally.failures, index),
    failed_episodes: at(tally.failedEpisodes, index),
    timeouts: at(tally.timeouts, index),
    timed_out_moves: at(tally.timedOutMoves, index),
    bradley_terry: isRated ? (figures.bradleyTerry[index] ?? null) : null,
    plackett_luce: isRated
      ? { mu: round(mu), sigma: round(sigma), low: round(mu - 1.96 * sigma), high: round(mu + 1.96 * sigma) }
      : null,
    variants: figures.byVariant(index),
  }
}
