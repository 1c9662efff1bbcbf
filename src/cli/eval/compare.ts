// `eval compare`: two evaluations on the same seeds.
import { compareEvaluations } from '../../evaluation/compare.ts'
import { type Io, printJson } from '../io.ts'
import { printTable } from '../table.ts'
import { type DataFlags, findSource, openEvaluations } from './open.ts'

export async function compareStored(
  io: Io,
  [first, second]: readonly [string, string],
  flags: DataFlags,
): Promise<void> {
  await using storage = await openEvaluations(io, flags)
  const [one, other] = [await findSource(storage, first), await findSource(storage, second)]
  const found = await compareEvaluations(one, other, io.worlds)
  if (flags.json) return printJson(io, found)
  const rows = found.policies.map(({ first: a, second: b, mean_first, mean_second, test }) => [
    a === b ? a : `${a} / ${b}`,
    mean_first.toFixed(2),
    mean_second.toFixed(2),
    `${test.difference.value > 0 ? '+' : ''}${test.difference.value.toFixed(2)}`,
    test.difference.low === null ? '-' : `${test.difference.low.toFixed(2)} to ${test.difference.high?.toFixed(2)}`,
    test.p < 0.0001 ? '< 0.0001' : test.p.toFixed(4),
    String(test.seeds),
  ])
  const heading = ['Policy', 'First', 'Second', 'Difference', '95 % interval', 'p', 'Seeds']
  printTable(io, heading, rows)
  io.out('')
  io.out(found.method)
}
