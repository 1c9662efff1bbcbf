// The first pass of the format `trajectories`: determines which rows are steps, and the last step of each slot.
import { listEpisodes } from '../store/log-episodes.ts'
import { outcomeKind, type StoredRow } from '../store/log-rows.ts'
import type { Store } from '../store/store.ts'
import { type RowsRequest, readDatasetRows } from './dataset-rows.ts'

export interface SlotState {
  readonly episode: string
  /** Number of the slot's last row in the log that was not refused: it ended the slot's part. */
  lastTaken: number
  /** Number of the slot's last row in the dataset. */
  lastExported: number
  /** Rows of the dataset that were refused after `lastTaken`, and the number of the last one. */
  refusedAfter: number
  lastRefused: number
  /** Whether the episode has ended: then nothing follows `lastTaken`. */
  hasEnded: boolean
  /** Steps written so far, the score reached, and whether the last step was written. */
  written: number
  score: number
  isOver: boolean
}

export interface Plan {
  readonly slots: ReadonlyMap<string, SlotState>
  readonly total: number
  readonly skipped: number
  readonly episodes: number
  /** The highest row number: rows logged in the meantime are left out. */
  readonly lastRow: number
}

/** Episodes per query. */
const ASKED = 500

/** Commands without an episode or a perception are not steps. */
export const isStep = (row: StoredRow): boolean =>
  row.episode_id !== null && row.perception !== null && row.perception !== '{}'

/** A slot is a slot of an episode; if the log has no slot, the agent identifies it. */
export const slotKeyOf = ({ episode_id, slot, agent_id }: StoredRow): string =>
  `${episode_id}\0${slot ?? `\0${agent_id}`}`

const createSlot = (episode: string): SlotState => ({
  episode,
  lastTaken: 0,
  lastExported: 0,
  refusedAfter: 0,
  lastRefused: 0,
  hasEnded: false,
  written: 0,
  score: 0,
  isOver: false,
})

/** Determines which rows are steps, and which of them are the last of their slots. */
export async function planSlots(store: Store, { filters, maxRecords, signal }: RowsRequest): Promise<Plan> {
  // These filters may cut off the end of a trajectory, so the last step in the log is determined without them.
  const { until, outcome, ...whole } = filters
  const isWanted = (row: StoredRow): boolean =>
    (until === undefined || row.timestamp <= Date.parse(until)) &&
    (outcome === undefined || outcomeKind(row.outcome) === outcome)
  const slots = new Map<string, SlotState>()
  const count = { read: 0, total: 0, skipped: 0, lastRow: 0 }
  for await (const rows of readDatasetRows(store, { filters: whole, signal })) {
    for (const row of rows) {
      const isRead = isWanted(row) && count.read < (maxRecords ?? Number.POSITIVE_INFINITY)
      if (isRead) count.read++
      count.lastRow = Math.max(count.lastRow, row.id)
      if (isStep(row)) {
        const key = slotKeyOf(row)
        const slot = slots.get(key) ?? createSlot(row.episode_id ?? '')
        slots.set(key, slot)
        take(slot, row, isRead)
        if (isRead) count.total++
      } else if (isRead) count.skipped++
    }
  }
  const late = await settle(store, slots)
  const exported = [...slots.values()].filter((slot) => slot.lastExported > 0)
  const episodes = new Set(exported.map((slot) => slot.episode)).size
  return { slots, total: count.total - late, skipped: count.skipped + late, lastRow: count.lastRow, episodes }
}

function take(slot: SlotState, row: StoredRow, isRead: boolean): void {
  if (outcomeKind(row.outcome) === 'refused') {
    if (!isRead) return
    slot.refusedAfter++
    slot.lastRefused = row.id
    return
  }
  if (slot.refusedAfter > 0) slot.lastExported = slot.lastRefused
  slot.refusedAfter = 0
  slot.lastTaken = row.id
  if (isRead) slot.lastExported = row.id
}

/**
 * Handles commands that were refused after a slot's last one. In an ended episode they come after the end and are not
 * steps; otherwise more commands may follow.
 * @returns how many rows are left out
 */
async function settle(store: Store, slots: ReadonlyMap<string, SlotState>): Promise<number> {
  const ids = [...new Set([...slots.values()].map((slot) => slot.episode))]
  const ended = new Set<string>()
  for (let from = 0; from < ids.length; from += ASKED) {
    for (const episode of await listEpisodes(store, ids.slice(from, from + ASKED))) {
      if (episode.outcome !== null) ended.add(episode.episode_id)
    }
  }
  let late = 0
  for (const slot of slots.values()) {
    slot.hasEnded = ended.has(slot.episode)
    if (slot.hasEnded) late += slot.refusedAfter
    else if (slot.refusedAfter > 0) slot.lastExported = slot.lastRefused
    // A slot whose commands were all refused has no part in an ended episode.
    slot.isOver = slot.hasEnded && slot.lastTaken === 0
  }
  return late
}
