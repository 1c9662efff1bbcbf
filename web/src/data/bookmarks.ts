// Steps of episodes that are bookmarked in this browser.
import { useMemo } from 'react'
import { createStore, useStore } from './store.ts'

const keyOf = (episode: string): string => `paracosm.bookmarks.${episode}`
/** Maximum bookmarks per episode: more would hide the timeline. */
const MAX_BOOKMARKS = 200

/** Counts changes: components that show bookmarks then read them again. */
const changesStore = createStore(0)

/** In the order of their steps. */
function read(episode: string): readonly number[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(episode)) ?? '[]')
    return Array.isArray(stored) ? stored.filter((each) => Number.isSafeInteger(each)) : []
  } catch {
    // The stored value is not a list of steps.
    return []
  }
}

/** Toggles the bookmark of a step. Returns whether there is one now. */
export function toggleBookmark(episode: string, step: number): boolean {
  const steps = new Set(read(episode))
  const isNew = !steps.delete(step)
  if (isNew) steps.add(step)
  const kept = [...steps].toSorted((a, b) => a - b).slice(0, MAX_BOOKMARKS)
  localStorage.setItem(keyOf(episode), JSON.stringify(kept))
  changesStore.set(changesStore.get() + 1)
  return isNew
}

export function useBookmarks(episode: string): readonly number[] {
  const changes = useStore(changesStore)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change anywhere reads them again
  return useMemo(() => read(episode), [episode, changes])
}
