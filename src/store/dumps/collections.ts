// The list of collections.
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Collection } from './collection.ts'
import { readNotes } from './foreign-notes.ts'
import { characters, otherCollection, pii, players } from './people-documents.ts'
import { sessionEvents, sessionJournals, sessions } from './session-documents.ts'
import { studyCollections } from './study-documents.ts'

/** Collections that have a table. Personal data comes before players, because players may bring some of their own. */
export const OWN_COLLECTIONS: readonly Collection[] = [
  characters,
  pii,
  players,
  sessions,
  sessionEvents,
  sessionJournals,
]

export function collectionNamed(name: string): Collection {
  return [...OWN_COLLECTIONS, ...studyCollections].find((each) => each.name === name) ?? otherCollection(name)
}

/** All collections of a dump, by name. */
export async function listCollections(db: Kysely<Tables>): Promise<Collection[]> {
  const notes = await readNotes(db)
  // Every dump contains the collections of studies, even if they are empty.
  const own = [...OWN_COLLECTIONS, ...studyCollections].map((each) => each.name)
  const names = new Set([...own, ...notes.keys(), ...(await otherNames(db))])
  return [...names].sort(compare).map((name) => {
    const collection = collectionNamed(name)
    const told = notes.get(name)
    return told === undefined || Object.keys(told).length === 0 ? collection : { ...collection, indexes: told }
  })
}

async function otherNames(db: Kysely<Tables>): Promise<string[]> {
  const found = await sql<{ collection: string }>`select distinct collection from documents`.execute(db)
  return found.rows.map((row) => row.collection)
}

/** Empties every collection that is not among `names`. @returns those that were not empty */
export async function clearOthers(tx: Transaction<Tables>, names: ReadonlySet<string>): Promise<string[]> {
  const cleared: string[] = []
  for (const collection of await listCollections(tx)) {
    if (names.has(collection.name)) continue
    if ((await collection.count(tx)) === 0) continue
    await collection.clear(tx)
    cleared.push(collection.name)
  }
  return cleared
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
