// Decides when `--until-decided` ends an evaluation: at the first seed after which every pair is decided. Seeds count
// in order, whatever the order in which workers finish them, so the result does not depend on the machine.
import { at } from '../kernel/at.ts'
import type { Block } from './contests.ts'
import type { EvaluationPlan } from './plan.ts'
import { SequentialPair } from './statistics/sequential.ts'

export class Decision {
  readonly #pairs = new Map<string, SequentialPair>()
  #seeds = 0

  /** @param confidence the joint confidence of all decisions */
  constructor(plan: EvaluationPlan, confidence: number) {
    const names = pairsOf(plan)
    for (const [first, second] of names)
      this.#pairs.set(`${first}/${second}`, new SequentialPair(confidence, names.length))
  }

  /** Number of seeds taken. */
  get seeds(): number {
    return this.#seeds
  }

  get isDecided(): boolean {
    return [...this.#pairs.values()].every(({ decision }) => decision !== undefined)
  }

  /** Whether two players, the smaller index first, have been distinguished; undefined: the pair is not tested. */
  isPairDecided(first: number, second: number): boolean | undefined {
    const pair = this.#pairs.get(`${first}/${second}`)
    return pair && pair.decision !== undefined
  }

  /** Takes the next seed, in order. */
  take(block: Block): void {
    this.#seeds++
    for (const [key, { margin, met }] of marginsOf(block)) {
      if (met > 0) this.#pairs.get(key)?.take(margin / met)
    }
  }
}

/** The pairs that an evaluation compares: policies with each other, and with opponents. */
function pairsOf({ spec, players }: EvaluationPlan): [number, number][] {
  const policies = spec.policies.length
  return players.flatMap((_, second) =>
    Array.from({ length: Math.min(second, policies) }, (_, first): [number, number] => [first, second]),
  )
}

function marginsOf({ contests }: Block): ReadonlyMap<string, { margin: number; met: number }> {
  const margins = new Map<string, { margin: number; met: number }>()
  for (const { entrants } of contests) {
    for (const [place, second] of entrants.entries()) {
      for (let other = 0; other < place; other++) {
        const first = at(entrants, other)
        const [low, high] = first.player < second.player ? [first, second] : [second, first]
        const key = `${low.player}/${high.player}`
        const known = margins.get(key) ?? { margin: 0, met: 0 }
        margins.set(key, { margin: known.margin + Math.sign(low.score - high.score), met: known.met + 1 })
      }
    }
  }
  return margins
}
