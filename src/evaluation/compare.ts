// `eval compare`: two evaluations on the same seeds, policy by policy, with a paired test.

import type { WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import type { EvaluationReport } from '../protocol/evaluation.ts'
import { blocksOf } from './contests.ts'
import { planEvaluation } from './plan.ts'
import type { EvaluationSource } from './source.ts'
import { type PairedTest, pairedTest } from './statistics/paired-test.ts'

export interface ComparedPolicy {
  /** The policy's name in the first and the second evaluation. */
  readonly first: string
  readonly second: string
  readonly mean_first: number
  readonly mean_second: number
  readonly test: PairedTest
}

export interface EvaluationComparison {
  readonly first: string
  readonly second: string
  readonly method: string
  readonly policies: readonly ComparedPolicy[]
}

const METHOD =
  'Difference of mean scores per seed, second less first, over seeds that both have. p: two-sided sign-flip test (every way up to 16 seeds, else 20,000 random ways); interval: bootstrap over seeds.'

/**
 * Policies are paired by name; if each evaluation has one policy, those two.
 * @throws AppError VALIDATION_ERROR when there is nothing to pair
 */
export async function compareEvaluations(
  first: EvaluationSource,
  second: EvaluationSource,
  worlds: WorldRegistry,
): Promise<EvaluationComparison> {
  const pairs = pairPolicies(first.report, second.report)
  const [one, other] = [await meansOf(first, worlds), await meansOf(second, worlds)]
  const policies = pairs.flatMap(([a, b]): ComparedPolicy[] => {
    const differences: number[] = []
    const sums = { one: 0, other: 0 }
    for (const [seed, mean] of one.get(a) ?? []) {
      const match = other.get(b)?.get(seed)
      if (match === undefined) continue
      differences.push(match - mean)
      sums.one += mean
      sums.other += match
    }
    if (differences.length === 0) return []
    const count = differences.length
    return [
      {
        first: a,
        second: b,
        mean_first: sums.one / count,
        mean_second: sums.other / count,
        test: pairedTest(differences, first.report.spec.seed),
      },
    ]
  })
  if (policies.length === 0) {
    throw new AppError('VALIDATION_ERROR', 'the evaluations have no seed in common', {
      hint: 'Play both with the same --seed.',
    })
  }
  return { first: first.report.id, second: second.report.id, method: METHOD, policies }
}

function pairPolicies(first: EvaluationReport, second: EvaluationReport): [string, string][] {
  const names = ({ spec }: EvaluationReport): string[] => spec.policies.map(({ name }) => name)
  const [one, other] = [names(first), names(second)]
  const common = one.filter((name) => other.includes(name))
  if (common.length > 0) return common.map((name) => [name, name])
  const [a, b] = [one[0], other[0]]
  if (one.length === 1 && other.length === 1 && a !== undefined && b !== undefined) return [[a, b]]
  throw new AppError(
    'VALIDATION_ERROR',
    `the evaluations have no policy in common: ${one.join(', ')} and ${other.join(', ')}`,
    { hint: 'Give policies that are to be compared the same name: name=policy.' },
  )
}

/** Mean score by policy and seed. */
async function meansOf(
  { report, rows }: EvaluationSource,
  worlds: WorldRegistry,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const plan = await planEvaluation(worlds, report.spec)
  const means = new Map(plan.players.map(({ name }) => [name, new Map<number, number>()]))
  for await (const { block, scores } of blocksOf(plan, rows())) {
    for (const [player, { name }] of plan.players.entries()) {
      const own = scores.filter((each) => each.player === player)
      if (own.length === 0) continue
      means.get(name)?.set(block, own.reduce((sum, { score }) => sum + score, 0) / own.length)
    }
  }
  return means
}
