// Writes the results of one study as a folder in the layout of a dump, for its report, without the store's other
// studies.
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { makeFolder } from '../lib/folders.ts'
import { Characters } from '../store/characters/characters.ts'
import type { Store } from '../store/store.ts'
import { Studies } from '../store/studies/studies.ts'

const NAMES = ['experiments', 'assignments', 'forms', 'sessions', 'session_events', 'characters'] as const
type Name = (typeof NAMES)[number]

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** JSON lists, one document per line, written as they come. */
class Lists {
  readonly #streams = new Map<Name, { readonly stream: ReturnType<typeof createWriteStream>; count: number }>()

  constructor(folder: string) {
    for (const name of NAMES) {
      const stream = createWriteStream(join(folder, `${name}.json`), { mode: 0o600 })
      // Closing the stream reports the error.
      stream.on('error', () => undefined)
      this.#streams.set(name, { stream, count: 0 })
    }
  }

  async add(name: Name, documents: readonly object[]): Promise<void> {
    const list = this.#streams.get(name)
    if (!list) return
    for (const document of documents) {
      const isRoomy = list.stream.write(`${list.count++ === 0 ? '[\n' : ',\n'}${JSON.stringify(document)}`)
      if (!isRoomy) await once(list.stream, 'drain')
    }
  }

  async close(): Promise<void> {
    for (const { stream, count } of this.#streams.values()) {
      stream.end(count === 0 ? '[]\n' : '\n]\n')
      await finished(stream)
    }
  }
}

/** @param at.description the study's description */
export async function writeStudyResults(
  store: Store,
  { study, description, folder }: { readonly study: string; readonly description: string; readonly folder: string },
): Promise<void> {
  await makeFolder(folder)
  const studies = new Studies(store)
  const lists = new Lists(folder)
  await lists.add('experiments', [{ name: study, description }])
  await lists.add('characters', await new Characters(store).all())
  for (let last = ''; ; ) {
    const page = await studies.participants(study, last)
    for (const { player, forms } of page) await addPerson(studies, lists, { study, player, forms })
    const end = page.at(-1)
    if (!end) break
    last = end.player
  }
  await lists.close()
}

async function addPerson(
  studies: Studies,
  lists: Lists,
  { study, player, forms }: { readonly study: string; readonly player: string; readonly forms: object },
): Promise<void> {
  const rows = (await studies.assignments(study, [player])).filter(({ status }) => status !== 'expired')
  await lists.add('forms', [{ player_id: player, experiment_name: study, data: forms }])
  await lists.add(
    'assignments',
    rows.map((row) => ({
      assignment_id: row.id,
      experiment_name: study,
      player_id: player,
      game_name: row.game,
      pc_hid: row.pc,
      npc_hid: row.npc,
      status: row.status,
      form_responses: row.forms,
      assigned_at: iso(row.assignedAt),
      started_at: iso(row.startedAt),
      completed_at: iso(row.completedAt),
      interrupted_at: iso(row.interruptedAt),
    })),
  )
  for (const { header, events } of await studies.sessions(rows.map(({ id }) => id))) {
    await lists.add('sessions', [header])
    await lists.add('session_events', events)
  }
}
