// The format `trajectories`: one record a step of a slot, with the field names of RLDS. Which step is a slot's last is
// known only when all rows have been seen, so the rows are read twice; memory grows with the slots, not with the steps.
import { AppError } from '../kernel/errors.ts'
import type { LoggedEpisode } from '../protocol/command-log.ts'
import { listEpisodes } from '../store/log-episodes.ts'
import { outcomeKind, type StoredRow } from '../store/log-rows.ts'
import type { Store } from '../store/store.ts'
import { type Counts, type RowsRequest, readDatasetRows } from './dataset-rows.ts'
import { GrowingFile } from './growing-file.ts'
import { type ParquetColumn, ParquetFile } from './parquet-file.ts'
import { RowTexts } from './row-texts.ts'

interface SlotState {
  /** Number of the slot's last row that the log has. */
  lastLogged: number
  /** Number of its last row in the dataset. */
  lastExported: number
  /** Steps written so far. */
  written: number
}

interface Plan {
  readonly slots: ReadonlyMap<string, SlotState>
  readonly total: number
  readonly skipped: number
  readonly episodes: number
  /** The greatest number among the rows: what is logged meanwhile is left out. */
  readonly lastRow: number
}

/** One step, JSON as text. */
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
    throw new AppError('STORE_BUSY', 'rows were taken out of the log while it was read', {
      hint: 'Export again once the rotation of the log has ended.',
    })
  }
  return { total: plan.total, skipped: plan.skipped, episodes: plan.episodes }
}

/** Commands without an episode or without a perception make no step. */
const isStep = (row: StoredRow): boolean =>
  row.episode_id !== null && row.perception !== null && row.perception !== '{}'

/** A slot is a slot of an episode; where the log knows no slot, an agent. */
const slotKeyOf = ({ episode_id, slot, agent_id }: StoredRow): string => `${episode_id}\0${slot ?? `\0${agent_id}`}`

/** First reading: which rows are steps, and which of them are the last of their slots. */
async function planSlots(store: Store, { filters, maxRecords, signal }: RowsRequest): Promise<Plan> {
  // These may cut a trajectory's end off; whether a step is the last that the log has is asked without them.
  const { until, outcome, ...whole } = filters
  const isWanted = (row: StoredRow): boolean =>
    (until === undefined || row.timestamp <= Date.parse(until)) &&
    (outcome === undefined || outcomeKind(row.outcome) === outcome)
  const slots = new Map<string, SlotState>()
  const episodes = new Set<string | null>()
  const count = { read: 0, total: 0, skipped: 0, lastRow: 0 }
  for await (const rows of readDatasetRows(store, { filters: whole, signal })) {
    for (const row of rows) {
      const isRead = isWanted(row) && count.read < (maxRecords ?? Number.POSITIVE_INFINITY)
      if (isRead) count.read++
      count.lastRow = Math.max(count.lastRow, row.id)
      if (!isStep(row)) {
        if (isRead) count.skipped++
        continue
      }
      const key = slotKeyOf(row)
      const slotRows = slots.get(key) ?? { lastLogged: 0, lastExported: 0, written: 0 }
      slots.set(key, slotRows)
      slotRows.lastLogged = row.id
      if (!isRead) continue
      slotRows.lastExported = row.id
      count.total++
      episodes.add(row.episode_id)
    }
  }
  return { slots, total: count.total, skipped: count.skipped, lastRow: count.lastRow, episodes: episodes.size }
}

async function* readSteps(store: Store, request: RowsRequest, plan: Plan): AsyncGenerator<Step[]> {
  const texts = new RowTexts()
  let known = new Map<string, LoggedEpisode>()
  for await (const page of readDatasetRows(store, request)) {
    const rows = page.filter((row) => isStep(row) && row.id <= plan.lastRow)
    known = await findEpisodes(store, rows, known)
    yield rows.flatMap((row) => {
      const slotRows = plan.slots.get(slotKeyOf(row))
      return slotRows ? [toStep(row, { slotRows, texts, episode: known.get(row.episode_id ?? '') })] : []
    })
  }
}

/** The episodes of a page; those of the page before need no question. */
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
  // The end of the episode falls to the last step that the log has of the slot, if that step is exported.
  const end = row.id === slotRows.lastLogged ? episode : undefined
  return {
    row,
    step,
    timestamp: texts.instant(row.timestamp),
    observation: texts.perception(row)?.text ?? '{}',
    params: texts.params(row),
    world: row.world ?? episode?.world ?? null,
    variant: episode?.variant ?? null,
    reward: (row.slot === null ? undefined : end?.scores?.[row.slot]) ?? 0,
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

/** As the lines have them; observation and the params of the action are JSON as text. */
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
  { name: 'reward', type: 'double', of: ({ reward }) => reward },
  { name: 'terminated', type: 'boolean', of: ({ terminated }) => terminated },
  { name: 'truncated', type: 'boolean', of: ({ truncated }) => truncated },
  { name: 'is_first', type: 'boolean', of: ({ isFirst }) => isFirst },
  { name: 'is_last', type: 'boolean', of: ({ isLast }) => isLast },
]
