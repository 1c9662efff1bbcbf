// Names of the blobs of an episode: its journal, the logs and zips of its players, and what a package leaves in place of
// a journal. All of them begin
// with `leagues/<id>-`, so that an episode is removed with everything it left.
import type { BlobStore } from '../host/blobs.ts'

/** Begins the names of all blobs of an episode. */
const prefixOf = (episodeId: string): string => `leagues/${episodeId}-`

/** The log of a slot's player; the logs of one episode share a prefix. */
export const logBlob = (episodeId: string, slot: number): string => `${logPrefix(episodeId)}${slot}.txt`
export const logPrefix = (episodeId: string): string => `${prefixOf(episodeId)}log-`

/** The zip that a slot's player has uploaded. */
export const artefactBlob = (episodeId: string, slot: number): string => `${artefactPrefix(episodeId)}${slot}.zip`
const artefactPrefix = (episodeId: string): string => `${prefixOf(episodeId)}artefact-`

/**
 * What the game of an uploaded package has left: its replay, and its results as JSON.
 * @param hash of the replay: of two plays of one episode, each has its own
 */
export const replayBlob = (episodeId: string, hash: string): string => `${prefixOf(episodeId)}${hash}.replay`
export const resultsBlob = (episodeId: string, hash: string): string => `${prefixOf(episodeId)}${hash}.results.json`
/** The log of the game of a package. */
export const gameLogBlob = (episodeId: string): string => `${prefixOf(episodeId)}game.log`

export const journalBlob = (episodeId: string, attempt: string): string => `${prefixOf(episodeId)}${attempt}.jsonl`

/**
 * Slots with a log, and slots with a zip.
 * @param slots how many the episode has: asking for each is quicker than a list of a folder with a million blobs
 */
export async function slotsWith(
  blobs: BlobStore,
  episodeId: string,
  slots: number,
): Promise<{ readonly logs: ReadonlySet<number>; readonly artefacts: ReadonlySet<number> }> {
  const logs = new Set<number>()
  const artefacts = new Set<number>()
  for (let slot = 0; slot < slots; slot++) {
    if (await blobs.exists(logBlob(episodeId, slot))) logs.add(slot)
    if (await blobs.exists(artefactBlob(episodeId, slot))) artefacts.add(slot)
  }
  return { logs, artefacts }
}

/** Removes everything that an episode left. */
export async function removeArtefacts(blobs: BlobStore, episodeId: string): Promise<void> {
  const names: string[] = []
  for await (const { name } of blobs.list(prefixOf(episodeId))) names.push(name)
  for (const name of names) await blobs.delete(name)
}
