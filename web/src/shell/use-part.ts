// A part of the page that is loaded when it is first wanted, such as what is behind a button: dialogs and menus bring a
// library that the first page does without.
import { type ComponentType, useCallback, useState } from 'react'
import { reportTrouble } from '../data/connection.ts'

interface PartOnDemand<P> {
  /** The component; undefined until it is loaded. */
  readonly Part: ComponentType<P> | undefined
  /** Loads it. If the server is away the banner says so, and the next call tries again. */
  load(): void
}

/** @param get imports the component; a function of the module, not of the render */
export function usePart<P>(get: () => Promise<ComponentType<P>>): PartOnDemand<P> {
  const [Part, setPart] = useState<ComponentType<P>>()
  const load = useCallback(() => {
    get().then((part) => setPart(() => part), reportTrouble)
  }, [get])
  return { Part, load }
}
