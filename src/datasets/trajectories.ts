// The format `trajectories`: one record per step of a slot, with the field names of RLDS. The last step of a slot is
// known only after all rows have been read, so the rows are read twice; memory grows with the slots, not with the
// steps. The first pass is in trajectory-plan.ts.
import { AppError } from '../kernel/errors.ts'
import type { LoggedEpisode } from '../protocol/command-log.ts'
import { listEpisodes } from '../store/log-episodes.ts'
import type { StoredRow } from '../store/log-rows.ts'
import type { Store } from '../store/store.ts'
import { type Counts, type RowsRequest, readDatasetRows } from './dataset-rows.ts'
import { GrowingFile } from './growing-file.ts'
import { longOrNull, type ParquetColumn, ParquetFile } from './parquet-file.ts'
import { RowTexts } from './row-texts.ts'
import { isStep, type Plan, planSlots, type SlotState, slotKeyOf } from './trajectory-plan.ts'

/** One step, with JSON as text. */
interface Step {
  readonly row: StoredRow
  /** ISO 8601. */
  readonly timestamp: string
  readonly observation: string
  readonly params: string
  readonly world: string | null
  readonly variant: string | null
  readonly step: number
  readonly reward: number
  readonly terminated: boolean
  readonly truncated: boolean
  readonly isFirst: boolean
  readonly isLast: boolean
}

export async function writeTrajectories(
  store: Store,
  request: RowsRequest,
  { path, isParquet }: { readonly path: string; readonly isParquet: boolean },
): Promise<Counts> {
  const plan = await planSlots(store, request)
  const steps = readSteps(store, request, plan)
  const written = isParquet ? await writeParquet(path, steps) : await writeLines(path, steps)
  if (written !== plan.total) {
    throw new AppError('STORE_BUSY', 'rows were deleted from the log during the export', {
      hint: 'Export again once the rotation of the log has ended.',
    })
  }
  return { total: plan.total, skipped: plan.skipped, episodes: plan.episodes }
}

async function* readSteps(store: Store, request: RowsRequest, plan: Plan): AsyncGenerator<Step[]> {
  const texts = new RowTexts()
  let known = new Map<string, LoggedEpisode>()
  for await (const page of readDatasetRows(store, request)) {
    const rows = page.filter((row) => isStep(row) && row.id <= plan.lastRow)
    known = await findEpisodes(store, rows, known)
    yield rows.flatMap((row) => {
      const slotRows = plan.slots.get(slotKeyOf(row))
      if (!slotRows || slotRows.isOver) return []
      return [toStep(row, { slotRows, texts, episode: known.get(row.episode_id ?? '') })]
    })
  }
}

/** The episodes of a page; those of the previous page are not queried again. */
async function findEpisodes(
  store: Store,
  rows: readonly StoredRow[],
  before: ReadonlyMap<string, LoggedEpisode>,
): Promise<Map<string, LoggedEpisode>> {
  const ids = new Set(rows.flatMap(({ episode_id }) => (episode_id === null ? [] : [episode_id])))
  const found = new Map([...before].filter(([id]) => ids.has(id)))
  const missing = [...ids].filter((id) => !found.has(id))
  for (const episode of await listEpisodes(store, missing)) found.set(episode.episode_id, episode)
  return found
}

function toStep(
  row: StoredRow,
  { slotRows, texts, episode }: { slotRows: SlotState; texts: RowTexts; episode: LoggedEpisode | undefined },
): Step {
  const step = slotRows.written++
  const isLast = row.id === slotRows.lastExported
  // The end of the episode is attributed to the slot's last command that was not refused, if that is exported.
  const end = row.id === slotRows.lastTaken ? episode : undefined
  slotRows.isOver = slotRows.hasEnded && end !== undefined
  const score = (row.slot === null ? undefined : end?.scores?.[row.slot]) ?? row.score ?? slotRows.score
  const reward = score - slotRows.score
  slotRows.score = score
  return {
    row,
    step,
    timestamp: texts.instant(row.timestamp),
    observation: texts.perception(row)?.text ?? '{}',
    params: texts.params(row),
    world: row.world ?? episode?.world ?? null,
    variant: episode?.variant ?? null,
    reward,
    terminated: end?.outcome === 'terminated',
    truncated: end?.outcome === 'truncated',
    isFirst: step === 0,
    isLast,
  }
}

async function writeLines(path: string, steps: AsyncIterable<readonly Step[]>): Promise<number> {
  await using file = await GrowingFile.open(path)
  let count = 0
  for await (const page of steps) {
    count += page.length
    for (const step of page) if (file.add(formatStep(step))) await file.flush()
  }
  await file.finish()
  return count
}

function formatStep({ row, observation, params, ...step }: Step): string {
  const head = JSON.stringify({
    episode_id: row.episode_id,
    world: step.world,
    variant: step.variant,
    slot: row.slot,
    agent_id: row.agent_id,
    step: step.step,
    timestamp: step.timestamp,
  })
  const tail = JSON.stringify({
    reasoning: row.reasoning,
    outcome: row.outcome,
    heartbeat_cycle: row.heartbeat_cycle,
    reward: step.reward,
    terminated: step.terminated,
    truncated: step.truncated,
    is_first: step.isFirst,
    is_last: step.isLast,
  })
  const action = `{"command":${JSON.stringify(row.command)},"params":${params}}`
  return `${head.slice(0, -1)},"observation":${observation},"action":${action},${tail.slice(1)}\n`
}

async function writeParquet(path: string, steps: AsyncIterable<readonly Step[]>): Promise<number> {
  await using file = await ParquetFile.open(path, STEP_COLUMNS)
  let count = 0
  for await (const page of steps) {
    count += page.length
    await file.add(page)
  }
  await file.finish()
  return count
}

/** As in the lines; observation and the params of the action are JSON as text. */
const STEP_COLUMNS: readonly ParquetColumn<Step>[] = [
  { name: 'episode_id', type: 'text', of: ({ row }) => row.episode_id },
  { name: 'world', type: 'text', isOptional: true, of: ({ world }) => world },
  { name: 'variant', type: 'text', isOptional: true, of: ({ variant }) => variant },
  { name: 'slot', type: 'integer', isOptional: true, of: ({ row }) => row.slot },
  { name: 'agent_id', type: 'text', of: ({ row }) => row.agent_id },
  { name: 'step', type: 'integer', of: ({ step }) => step },
  { name: 'timestamp', type: 'instant', of: ({ row }) => row.timestamp },
  { name: 'observation', type: 'document', of: ({ observation }) => observation },
  { name: 'command', type: 'text', of: ({ row }) => row.command },
  { name: 'params', type: 'unique', of: ({ params }) => params },
  { name: 'reasoning', type: 'unique', of: ({ row }) => row.reasoning },
  { name: 'outcome', type: 'text', isOptional: true, of: ({ row }) => row.outcome },
  { name: 'heartbeat_cycle', type: 'long', isOptional: true, of: ({ row }) => longOrNull(row.heartbeat_cycle) },
  { name: 'reward', type: 'double', of: ({ reward }) => reward },
  { name: 'terminated', type: 'boolean', of: ({ terminated }) => terminated },
  { name: 'truncated', type: 'boolean', of: ({ truncated }) => truncated },
  { name: 'is_first', type: 'boolean', of: ({ isFirst }) => isFirst },
  { name: 'is_last', type: 'boolean', of: ({ isLast }) => isLast },
]
