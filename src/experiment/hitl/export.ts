// Writes judged scenarios as a results folder for reports.
import { randomUUID } from 'node:crypto'
import { lstat, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { makeFolder } from '../../lib/folders.ts'
import { PRIVATE_FILE } from '../../lib/private.ts'
import type { Character } from '../../protocol/character.ts'
import type { HitlAttempt, HitlFile } from '../../protocol/hitl.ts'

export interface HitlExport {
  readonly file: HitlFile
  readonly characters: readonly Pick<Character, 'hid'>[]
  readonly evaluator: string
  /** Must not exist. */
  readonly folder: string
  readonly now: Date
}

type Answered = HitlAttempt & { readonly simulator_response: string }

const isAnswered = (attempt: HitlAttempt): attempt is Answered => typeof attempt.simulator_response === 'string'

/** @throws AppError FILE_EXISTS, FILE_UNWRITABLE; the folder gets its final name only when it is complete */
export async function exportHitl({
  file,
  characters,
  evaluator,
  folder,
  now,
}: HitlExport): Promise<{ sessions: number; events: number }> {
  const player = `evaluator-${evaluator}`
  const { sessions, events } = documentsOf(file, player, now)
  const hids = new Set([file.npc_hid, ...sessions.map(({ pc_hid }) => pc_hid)])
  const collections: Readonly<Record<string, readonly object[]>> = {
    sessions,
    session_events: events,
    characters: characters.filter(({ hid }) => hids.has(hid)),
    players: [{ _id: player, access_key: player, created_at: now.toISOString() }],
    experiments: [
      {
        name: `hitl-${file.npc_hid}`,
        description: `Evaluation of ${file.npc_hid} by ${player}`,
        created_at: now.toISOString(),
      },
    ],
    assignments: [],
  }
  const manifest = {
    db_name: 'paracosm',
    created_at: now.toISOString(),
    collections: Object.keys(collections).toSorted((a, b) => (a < b ? -1 : 1)),
    format: { collection_dump: '<collection>.json' },
  }
  await writeFolder(resolve(folder), { ...collections, __manifest__: manifest })
  return { sessions: sessions.length, events: events.length }
}

async function writeFolder(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  if (await lstat(folder).catch(() => undefined)) throw new AppError('FILE_EXISTS', `${folder} exists already`)
  await makeFolder(dirname(folder))
  const temporary = await mkdtemp(join(dirname(folder), `.${basename(folder)}.`))
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(temporary, `${name}.json`), `${JSON.stringify(content, undefined, 2)}\n`, {
        mode: PRIVATE_FILE,
        flush: true,
      })
    }
    await rename(temporary, folder)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

function documentsOf(file: HitlFile, player: string, now: Date) {
  const at = now.toISOString()
  const sessions: { session_id: string; pc_hid: string }[] = []
  const events: object[] = []
  for (const group of file.scenario_groups) {
    for (const scenario of group.scenarios) {
      const answered = scenario.attempts.filter(isAnswered)
      const session_id = randomUUID()
      const session = {
        session_id,
        name: scenario.id,
        player_id: player,
        game_name: scenario.game,
        source: 'hitl',
        pc_hid: scenario.pc_hid,
        npc_hid: file.npc_hid,
        session_started_at: file.generated_at || at,
        session_ended_at: at,
        termination_reason: 'hitl_complete',
        status: 'closed',
        turns_completed: answered.length,
        last_seq: answered.length * 2,
        model_profile: null,
        game_config_snapshot: {
          pressure_category: group.pressure_category,
          expected_failure_mode: group.expected_failure_mode,
          expected_pc_behavior: scenario.expected_pc_behavior ?? '',
        },
        created_at: at,
        updated_at: at,
      }
      sessions.push(session)
      for (const [turn, attempt] of answered.entries()) events.push(...eventsOf(attempt, { session_id, turn, at }))
    }
  }
  return { sessions, events }
}

function eventsOf(
  attempt: Answered,
  { session_id, turn, at }: { readonly session_id: string; readonly turn: number; readonly at: string },
): object[] {
  const base = {
    session_id,
    event_ts: at,
    event_type: 'message',
    turn_index: turn,
    command_name: null,
    command_args: null,
    visible_to_user: true,
    persisted_at: at,
  }
  return [
    {
      ...base,
      seq: turn * 2 + 1,
      event_id: randomUUID(),
      direction: 'inbound',
      event_source: 'user',
      content: attempt.player_message,
      content_format: 'plain_text',
    },
    {
      ...base,
      seq: turn * 2 + 2,
      event_id: randomUUID(),
      direction: 'outbound',
      event_source: 'npc',
      content: attempt.simulator_response,
      content_format: 'markdown',
      feedback: attempt.evaluator_feedback ?? null,
    },
  ]
}
