// What the banner below the top bar says about the server.
import { createStore } from './store.ts'

export type Banner = 'offline' | 'restarted' | 'new-version'

/** The content of the banner; undefined: there is no problem. */
export const bannerStore = createStore<Banner | undefined>(undefined)

/**
 * Whether answers of the server have to be checked: it has another build than these pages. One of the same build has
 * written them with the very schemas that would check them, and the schemas weigh as much as the rest of the first page.
 */
export const mustCheck = (): boolean => bannerStore.get() === 'new-version'
