// Studies in dumps: imported documents unchanged, followed by the rows of the tables in the original's layout.
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { JsonObject, type JsonValue } from '../../protocol/json.ts'
import { readJsonColumn } from '../columns.ts'
import { readTally } from '../studies/counters.ts'
import { fromAssignmentRow } from '../studies/rows.ts'
import type { Tables } from '../tables.ts'
import type { Collection } from './collection.ts'
import { otherCollection } from './people-documents.ts'

/** Rows per page. */
const PAGE = 500

const date = (ms: number | null): JsonValue => (ms === null ? null : { $date: new Date(ms).toISOString() })

async function* assignmentPages(db: Kysely<Tables>): AsyncGenerator<readonly string[]> {
  const isRun = new Set(
    (await db.selectFrom('studies').select('name').where('generation', '=', 'run').execute()).map(({ name }) => name),
  )
  for (let after = ''; ; ) {
    const found = await db
      .selectFrom('assignments')
      .selectAll()
      .where('assignment_id', '>', after)
      .where('status', '!=', 'expired')
      .orderBy('assignment_id')
      .limit(PAGE)
      .execute()
    const lines = found.map(fromAssignmentRow).map((row) =>
      JSON.stringify({
        assignment_id: row.id,
        experiment_name: row.study,
        player_id: row.player,
        game_name: row.game,
        ...(isRun.has(row.study) ? { pc_hid: row.pc, npc_hid: row.npc } : { character_hid: row.pc }),
        status: row.status,
        form_responses: row.forms,
        ...(row.batchId === null ? {} : { batch_id: row.batchId, batch_npc_hid: row.batch }),
        assigned_at: date(row.assignedAt),
        started_at: date(row.startedAt),
        completed_at: date(row.completedAt),
        interrupted_at: date(row.interruptedAt),
        active_session_id: row.session,
        created_at: date(row.createdAt),
        updated_at: date(row.updatedAt),
      }),
    )
    if (lines.length > 0) yield lines
    if (found.length < PAGE) return
    after = found.at(-1)?.assignment_id ?? ''
  }
}

const Quota = z.looseObject({
  description: z.string().default(''),
  games: z.array(z.unknown()).optional(),
  assignment_strategy: z
    .looseObject({ quota_per_game: z.number().nullish(), games: z.array(z.unknown()).nullish() })
    .optional(),
  next_game_strategy: z.looseObject({ strategy: z.looseObject({ quota_per_game: z.number().nullish() }) }).optional(),
})

async function* experimentPages(db: Kysely<Tables>): AsyncGenerator<readonly string[]> {
  const lines: string[] = []
  for (const row of await db.selectFrom('studies').selectAll().orderBy('name').execute()) {
    const config = readJsonColumn(JsonObject, row.config, 'config')
    const { description, games, assignment_strategy: older, next_game_strategy: newer } = Quota.parse(config)
    const quota = older?.quota_per_game ?? newer?.strategy.quota_per_game ?? null
    const count = (older?.games ?? games ?? []).length
    const tally = await readTally(db, row.name)
    const completed = [...tally.games.values()].reduce((sum, game) => sum + game.completed, 0)
    const isComplete =
      quota !== null && [...tally.games.values()].filter(({ counted }) => counted >= quota).length >= count
    lines.push(
      JSON.stringify({
        name: row.name,
        description,
        config_snapshot: config,
        progress: { total: quota === null ? completed : quota * count, completed, is_complete: isComplete },
        created_at: date(row.created_at),
        updated_at: date(row.updated_at),
      }),
    )
  }
  if (lines.length > 0) yield lines
}

async function* formPages(db: Kysely<Tables>): AsyncGenerator<readonly string[]> {
  let last = { study: '', player: '' }
  for (;;) {
    const found = await db
      .selectFrom('study_participants')
      .selectAll()
      .where((or) =>
        or.or([
          or('study', '>', last.study),
          or.and([or('study', '=', last.study), or('player_id', '>', last.player)]),
        ]),
      )
      .orderBy('study')
      .orderBy('player_id')
      .limit(PAGE)
      .execute()
    const lines = found
      .filter(({ forms }) => forms !== '{}')
      .map((row) =>
        JSON.stringify({
          player_id: row.player_id,
          experiment_name: row.study,
          data: readJsonColumn(JsonObject, row.forms, 'forms'),
          created_at: date(row.created_at),
          updated_at: date(row.updated_at),
        }),
      )
    if (lines.length > 0) yield lines
    const end = found.at(-1)
    if (!end || found.length < PAGE) return
    last = { study: end.study, player: end.player_id }
  }
}

const TABLES = {
  assignments: { pages: assignmentPages, clears: ['assignments', 'study_counters', 'study_groups', 'session_studies'] },
  experiments: { pages: experimentPages, clears: ['studies', 'study_links'] },
  forms: { pages: formPages, clears: ['study_participants'] },
} as const

/** Collections of studies. Imported documents are kept unchanged, because they belong to studies that ran elsewhere. */
export const studyCollections: readonly Collection[] = (['assignments', 'experiments', 'forms'] as const).map(
  (name) => {
    const imported = otherCollection(name)
    const { pages, clears } = TABLES[name]
    return {
      ...imported,
      async *pages(db, context) {
        yield* imported.pages(db, context)
        yield* pages(db)
      },
      async count(db) {
        let own = 0
        for await (const lines of pages(db)) own += lines.length
        return own + (await imported.count(db))
      },
      async clear(tx) {
        await imported.clear(tx)
        for (const table of clears) await tx.deleteFrom(table).execute()
      },
    }
  },
)
