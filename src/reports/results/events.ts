// The events of a results folder. With their texts they may not fit into memory: the facts are kept in a compact form,
// and texts are packed.
import type { CollectionFile } from '../../store/dumps/folders.ts'
import { readDocuments } from '../../store/dumps/folders.ts'
import { type EventFeedback, EventTable } from './event-table.ts'
import type { TextStore } from './text-store.ts'
import { type Document, isDocument, parseDocument, timeOf, unwrap } from './values.ts'

const nameOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

function feedbackOf(value: unknown): EventFeedback | undefined {
  if (!isDocument(value) || typeof value.liked !== 'boolean') return undefined
  return {
    liked: value.liked,
    comment: typeof value.comment === 'string' ? value.comment : '',
    doesnt_make_sense: value.doesnt_make_sense === true,
    out_of_character: value.out_of_character === true,
    other: value.other === true,
  }
}

async function* documentsOf(file: CollectionFile): AsyncGenerator<Document> {
  for await (const batch of readDocuments(file)) {
    for (const { text, number } of batch) {
      const parsed = parseDocument(text, `document ${number} of ${file.name}`)
      if (isDocument(parsed)) yield parsed
    }
  }
}

/** The facts of every event, sorted by session and number. @param texts receives the texts, in the order of the file */
export async function readEvents(file: CollectionFile, texts: TextStore): Promise<EventTable> {
  const table = new EventTable()
  for await (const each of documentsOf(file)) {
    texts.add(nameOf(each.content))
    table.add({
      session: nameOf(each.session_id),
      seq: numberOf(each.seq),
      turn: numberOf(each.turn_index),
      time: timeOf(unwrap(each.event_ts)) ?? Number.NaN,
      direction: nameOf(each.direction),
      type: nameOf(each.event_type),
      source: nameOf(each.event_source),
      feedback: feedbackOf(each.feedback),
    })
  }
  return table.sort()
}
