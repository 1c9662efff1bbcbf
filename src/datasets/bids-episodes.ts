// World episodes in the layout of BIDS: for each participant and episode the commands of their slot, and a sidecar with
// versions, seed, players and outcome.
import { join } from 'node:path'
import { JournalFile } from '../episode/journal-file.ts'
import { openJournalBytes } from '../episode/open-bytes.ts'
import { FolderBlobs } from '../host/folder-blobs.ts'
import { journalBlob } from '../host/journal-folder.ts'
import { parseLine, splitHash } from '../kernel/journal.ts'
import type { JournalHeader, StepLine } from '../protocol/journal.ts'
import type { SlotRecord } from '../protocol/study-worlds.ts'
import { type BidsFolder, type Columns, labelOf, type Value } from './bids-folder.ts'

/** Opens the journal of an episode; undefined: it is not there. */
export type JournalReader = (episode: string) => Promise<JournalFile | undefined>

const EVENTS: Columns = {
  onset: { Description: 'time since the first step; n/a in worlds with turns', Units: 's' },
  duration: { Description: 'not known: a command is a moment' },
  trial_type: { Description: 'command, refused, timeout, joined, left, or handed_over to a bot' },
  step: { Description: 'step of the world' },
  content: { Description: 'the command as JSON; who joined or took over; why it was refused' },
}

/** The archived journals of a data folder. */
export function archivedJournals(data: string): JournalReader {
  const blobs = new FolderBlobs(join(data, 'blobs'))
  return async (episode) => {
    const name = journalBlob(episode)
    if (!(await blobs.exists(name))) return undefined
    return JournalFile.from(await openJournalBytes(await blobs.open(name)))
  }
}

/** @returns the number of episodes */
export async function writeEpisodes(
  folder: BidsFolder,
  id: string,
  records: readonly SlotRecord[],
  journals: JournalReader | undefined,
): Promise<number> {
  const runs = new Map<string, number>()
  for (const record of records) {
    const task = labelOf(record.arm)
    const run = (runs.get(task) ?? 0) + 1
    runs.set(task, run)
    const name = `${id}/beh/${id}_task-${task}_run-${String(run).padStart(2, '0')}`
    const file = await journals?.(record.episode_id)
    try {
      if (file) await folder.table(`${name}_events`, EVENTS, await eventsOf(file, record.slot))
      await folder.json(`${name}_beh.json`, aboutOf(record, file?.header))
    } finally {
      await file?.close()
    }
  }
  return records.length
}

function aboutOf(record: SlotRecord, header: JournalHeader | undefined) {
  const { arm, assignment_id: assignment, episode_id: episode, outcome, results, ...rest } = record
  return {
    TaskName: arm,
    assignment,
    episode,
    ...rest,
    outcome: outcome?.reason ?? null,
    ended: outcome?.ended ?? null,
    scores: results?.scores ?? null,
    world_version: header?.world.version ?? null,
    world_code: header?.world.code ?? null,
    pacing: header?.pacing ?? null,
    config: header?.config ?? null,
  }
}

/** What the participant of a slot did, in order. */
async function eventsOf(file: JournalFile, slot: number): Promise<Record<string, Value>[]> {
  const { pacing } = file.header
  const rows: Record<string, Value>[] = []
  let number = 0
  for await (const batch of file.lines()) {
    for (const text of batch) {
      number++
      const body = splitHash(text)?.body
      const parsed = body === undefined ? undefined : parseLine(body, number)
      if (parsed?.kind !== 'step') continue
      const { step } = parsed.line
      const onset = pacing.mode === 'rate' ? step / pacing.stepsPerSecond : null
      for (const [trial_type, content] of deedsOf(parsed.line, slot)) rows.push({ onset, trial_type, step, content })
    }
  }
  return rows
}

/** What happened at a slot before one step: the type of each event, and its content. */
function deedsOf(
  { changes = [], inputs = [], refused = [], timeouts = [] }: StepLine,
  slot: number,
): [string, string][] {
  const isOwn = ([at]: readonly [number, ...unknown[]]): boolean => at === slot
  return [
    ...changes.filter(isOwn).map(([, { event, player }]): [string, string] => [event, `${player.kind} ${player.name}`]),
    ...inputs.filter(isOwn).map(([, command]): [string, string] => ['command', JSON.stringify(command)]),
    ...refused
      .filter(isOwn)
      .map(([, given, { code }]): [string, string] => ['refused', `${code} ${JSON.stringify(given)}`]),
    ...(timeouts.includes(slot) ? [['timeout', ''] satisfies [string, string]] : []),
  ]
}
