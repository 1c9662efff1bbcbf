// Whether the command palette is open, and the actions that the page on screen offers in it.
import { useEffect } from 'react'
import { createStore } from '../data/store.ts'

/** One line of the palette. */
export interface Action {
  readonly label: string
  /** The group: 'World', 'Page', 'This episode'. */
  readonly group: string
  /** The equivalent key, in readable form: 'F', 'Ctrl K'. */
  readonly key?: string
  run(): void
}

export const paletteStore = createStore(false)

/** The initial query of the palette. */
export const queryStore = createStore('')
export const openPalette = (): void => paletteStore.set(true)

export const actionsStore = createStore<readonly Action[]>([])

/** Offers a page's actions in the palette while the page is shown. Keep `actions` stable between renders (useMemo). */
export function usePageActions(actions: readonly Action[]): void {
  useEffect(() => {
    actionsStore.set(actions)
    return () => {
      if (actionsStore.get() === actions) actionsStore.set([])
    }
  }, [actions])
}
