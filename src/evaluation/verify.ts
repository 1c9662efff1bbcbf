// `eval verify`: recomputes every number of a report from the journals alone. It replays each journal, compares its
// header with the plan and its scores with the row, and computes the report again from the rows.
import { type JournalFile, verifyJournal } from '../episode/journal-file.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { at } from '../kernel/at.ts'
import { canonicalJson } from '../kernel/canonical.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { EvaluationReport, EvaluationRow } from '../protocol/evaluation.ts'
import { type EvaluationPlan, episodeAt, planEvaluation } from './plan.ts'
import { reportEvaluation } from './report.ts'
import type { EvaluationSource } from './source.ts'

export interface EvaluationVerification {
  readonly id: string
  /** Replayed journals, and rows without one: failures before the first step. */
  readonly journals: number
  readonly without_journal: number
  readonly steps: number
  readonly report: EvaluationReport
}

/** @throws AppError EVALUATION_MISMATCH naming the first number or journal that does not match; WORLD_VERSION, … */
export async function verifyEvaluation(
  source: EvaluationSource,
  worlds: WorldRegistry,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress?: (journals: number) => void },
): Promise<EvaluationVerification> {
  const { report } = source
  const plan = await planEvaluation(worlds, report.spec)
  if (plan.world.version !== report.world.version) {
    const { id, version } = report.world
    throw new AppError('WORLD_VERSION', `it was played with ${id} ${version}; ${plan.world.version} is installed`)
  }
  const count = { journals: 0, without_journal: 0, steps: 0 }
  async function* checked(): AsyncGenerator<EvaluationRow> {
    for await (const row of source.rows()) {
      signal.throwIfAborted()
      if (row.journal === null) count.without_journal++
      else {
        count.steps += await checkRow(plan, row, await openJournal(source, row.journal))
        count.journals++
        onProgress?.(count.journals)
      }
      if (row.journal === null && row.outcome === 'ok') throw mismatch(row.number, 'has scores but no journal')
      yield row
    }
  }
  const again = await reportEvaluation(plan, { id: report.id, ended: endedOf(report) }, checked())
  compareReports(report, again)
  return { id: report.id, ...count, report: again }
}

/** `decided` follows from the rows; the other endings are only reported by the run. */
const endedOf = ({ ended }: EvaluationReport) => (ended === 'decided' ? 'complete' : ended)

function openJournal(source: EvaluationSource, name: string): Promise<JournalFile> {
  return source.openJournal(name).catch((cause: unknown) => {
    throw new AppError('EVALUATION_MISMATCH', `the journal ${name} is missing or unreadable`, { cause })
  })
}

/** @returns the number of steps replayed */
async function checkRow(plan: EvaluationPlan, row: EvaluationRow, file: JournalFile): Promise<number> {
  try {
    checkHeader(plan, row, file)
    if (row.outcome !== 'ok') return 0
    const replay = await verifyJournal(file, () => plan.world, {})
    const { divergence, outcome } = replay
    if (divergence) throw mismatch(row.number, `diverges at step ${divergence.step}: ${divergence.what}`)
    if (!outcome) throw mismatch(row.number, 'has no outcome')
    if (replay.hash !== row.hash) throw mismatch(row.number, 'has a different running hash from its row')
    if (canonicalJson(outcome.results.scores) !== canonicalJson(row.scores)) {
      throw mismatch(row.number, `ends with scores ${outcome.results.scores.join(', ')}; its row says ${row.scores}`)
    }
    return outcome.step
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'JOURNAL_CORRUPT') throw mismatch(row.number, cause.message, cause)
    throw cause
  } finally {
    await file.close()
  }
}

function checkHeader(plan: EvaluationPlan, row: EvaluationRow, { header }: JournalFile): void {
  const { seed, variant, assignment } = episodeAt(plan, row.number)
  if (header.world.id !== plan.world.id) throw mismatch(row.number, `belongs to the world ${header.world.id}`)
  if (header.seed !== seed) throw mismatch(row.number, `has seed ${header.seed}; the plan says ${seed}`)
  if (!isSameConfig(plan.world, header.config, variant.configured.json)) {
    throw mismatch(row.number, 'has a different configuration from the plan')
  }
  for (const [slot, { kind, name }] of header.slots.entries()) {
    const planned = at(plan.players, at(assignment, slot))
    const wanted = planned.kind === 'bot' ? planned.bot : undefined
    if (wanted !== undefined && (kind !== 'bot' || name !== wanted)) {
      throw mismatch(row.number, `has ${name} in slot ${slot}; the plan says ${wanted}`)
    }
  }
}

/** Games write out defaults, so configurations are compared after parsing. */
function isSameConfig(world: World, one: unknown, other: unknown): boolean {
  const [first, second] = [world.config.safeParse(one), world.config.safeParse(other)]
  return first.success && second.success && JSON.stringify(first.data) === JSON.stringify(second.data)
}

function mismatch(number: number, what: string, cause?: unknown): AppError {
  return new AppError('EVALUATION_MISMATCH', `the journal of episode ${number} ${what}`, {
    details: { episode: number },
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Compares section by section, so that the message names the number. */
function compareReports(report: EvaluationReport, again: EvaluationReport): void {
  for (const policy of report.policies) {
    const other = again.policies.find(({ name }) => name === policy.name)
    for (const [figure, value] of Object.entries(policy)) {
      const found = other && Object.entries(other).find(([name]) => name === figure)?.[1]
      if (canonicalJson(value) === canonicalJson(found ?? null)) continue
      throw different(`${figure} of ${policy.name}`, value, found)
    }
  }
  for (const [figure, value] of Object.entries(report)) {
    if (figure === 'methods') continue
    const found = Object.entries(again).find(([name]) => name === figure)?.[1]
    if (canonicalJson(value) !== canonicalJson(found ?? null)) throw different(figure, value, found)
  }
}

/** Maximum length of a figure in a message, in characters. */
const SHOWN = 120

function different(figure: string, reported: unknown, found: unknown): AppError {
  const show = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN)
  return new AppError(
    'EVALUATION_MISMATCH',
    `the report says ${figure} is ${show(reported)}; the journals say ${show(found)}`,
  )
}
