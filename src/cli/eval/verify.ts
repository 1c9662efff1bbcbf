// `eval verify`: derives every number of a report from its journals again.
import { verifyEvaluation } from '../../evaluation/verify.ts'
import { type Io, printJson } from '../io.ts'
import { type DataFlags, findSource, openEvaluations } from './open.ts'

/** @throws AppError EVALUATION_MISMATCH naming the first number or journal that does not follow */
export async function verifyStored(io: Io, name: string, flags: DataFlags): Promise<void> {
  await using storage = await openEvaluations(io, flags)
  const source = await findSource(storage, name)
  const { journals, without_journal, steps, id } = await verifyEvaluation(source, io.worlds, {
    signal: io.signal,
    onProgress: (count) => io.progress(`${count} of ${source.report.played} journals`),
  })
  if (flags.json) return printJson(io, { ok: true, id, journals, without_journal, steps })
  io.out(`Verified ${id}: ${journals} journals, ${steps} steps; every number of the report follows from them.`)
  if (without_journal > 0) io.out(`${without_journal} failed episodes left no journal; no figure rests on them.`)
}
