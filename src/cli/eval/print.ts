// Prints a report in the requested form, and writes its folder.
import { describeEvaluation, pairTable, policyTable, toCsv, toMarkdown } from '../../evaluation/format.ts'
import { storedSource, writeFolder } from '../../evaluation/source.ts'
import type { EvaluationReport } from '../../protocol/evaluation.ts'
import { type Io, printJson } from '../io.ts'
import { printTable } from '../table.ts'
import type { EvaluationStorage } from './open.ts'

export interface OutputFlags {
  readonly outputDir?: string
  readonly json?: boolean
  readonly csv?: boolean
  readonly markdown?: boolean
}

/** @param storage the source of its journals, for the folder; undefined: the report was read from a folder */
export async function printReport(
  io: Io,
  report: EvaluationReport,
  { storage, options }: { readonly storage: EvaluationStorage | undefined; readonly options: OutputFlags },
): Promise<void> {
  if (options.outputDir !== undefined && storage) {
    const source = await storedSource(storage.evaluations, storage.blobs, report.id)
    await writeFolder(options.outputDir, source, {
      blobs: storage.blobs,
      texts: { 'report.md': toMarkdown(report), 'report.csv': toCsv(report) },
    })
  }
  if (options.json) return printJson(io, report)
  if (options.csv) return io.out(toCsv(report).trimEnd())
  if (options.markdown) return io.out(toMarkdown(report).trimEnd())
  io.out(describeEvaluation(report))
  io.out('')
  const policies = policyTable(report)
  printTable(io, policies.heading, policies.rows)
  if (report.pairs.length > 0) {
    io.out('')
    const pairs = pairTable(report)
    printTable(io, pairs.heading, pairs.rows)
  }
  io.out('')
  io.out(`Evaluation: ${report.id}`)
  io.out(`Verify:     paracosm eval verify ${options.outputDir ?? report.id}`)
}
