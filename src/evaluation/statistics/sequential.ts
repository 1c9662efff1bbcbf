// The test behind `--until-decided`: it may be evaluated after every seed without losing its guarantee. For each pair
// and direction, a bettor stakes shares of a fortune on "the first is better". If that is false, the fortune rarely
// grows (Ville's inequality), so a fortune of 1/alpha shows that it is true. Waudby-Smith and Ramdas (2024), with fixed
// stakes.
import { absent } from '../../kernel/at.ts'

/** Stakes that are tried in parallel, each with an equal part of the fortune. */
const STAKES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const

/** The fortunes of one direction of one pair. */
class Bettor {
  readonly #logs = new Float64Array(STAKES.length)

  /** @param result of one seed, from -1 (always worse) to 1 (always better) */
  take(result: number): void {
    for (const [index, stake] of STAKES.entries()) {
      this.#logs[index] = (this.#logs[index] ?? absent()) + Math.log1p(stake * result)
    }
  }

  /** Natural logarithm of the whole fortune, starting at 0. */
  get log(): number {
    const top = Math.max(...this.#logs)
    const sum = this.#logs.reduce((total, log) => total + Math.exp(log - top), 0)
    return top + Math.log(sum / STAKES.length)
  }
}

/** Which of two is better, decided at the first evaluation with sufficient evidence. */
export class SequentialPair {
  readonly #threshold: number
  readonly #better = new Bettor()
  readonly #worse = new Bettor()
  #decision: 'first' | 'second' | undefined

  /**
   * @param confidence the joint confidence of all decisions, such as 0.95
   * @param pairs number of pairs tested: each has two directions, and they share the risk
   */
  constructor(confidence: number, pairs: number) {
    this.#threshold = Math.log((2 * pairs) / (1 - confidence))
  }

  /** Undefined: not decided yet. A decision is final. */
  get decision(): 'first' | 'second' | undefined {
    return this.#decision
  }

  /** @param margin share of comparisons of one seed that the first won, minus the share that it lost: -1..1 */
  take(margin: number): void {
    if (this.#decision !== undefined) return
    this.#better.take(margin)
    this.#worse.take(-margin)
    if (this.#better.log >= this.#threshold) this.#decision = 'first'
    else if (this.#worse.log >= this.#threshold) this.#decision = 'second'
  }
}
