// All messages.
import { MAX_ROWS, table } from '../page/table.ts'
import type { EventFacts } from '../results/event-table.ts'
import type { Results } from '../results/results.ts'
import type { Section } from './section.ts'

const COLUMNS = ['session', 'player', 'pc', 'npc', 'turn', 'source', 'type', 'content', 'time']

/** A table of events with their texts. */
export function eventTable(
  { session, texts }: Results,
  events: Iterable<EventFacts>,
  { id, total }: { readonly id: string; readonly total: number },
): string {
  const kept = [...Iterator.from(events).take(MAX_ROWS)]
  const found = texts(kept)
  const rows = kept.map((each) => {
    const at = session.get(each.session)
    const time = Number.isNaN(each.time) ? '' : new Date(each.time).toISOString()
    return [each.session, at?.player, at?.pc, at?.npc, each.turn, each.source, each.type, found.get(each.at), time]
  })
  return table({ id, columns: COLUMNS, rows, total })
}

export const transcripts: Section = {
  title: 'Transcripts',
  content: ({ results }) =>
    eventTable(results, results.events, { id: 'transcripts-table', total: results.events.length }),
}
