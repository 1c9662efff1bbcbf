// The items of the top bar and the phone menu, in the order of the design. A section adds its line when it has a page.
import { useCaller } from '../data/operator.ts'

export interface NavItem {
  readonly label: string
  readonly to: string
  /** The second key after G. */
  readonly key?: string
  /** Only administrators can do something there. */
  readonly isForAdministrators?: true
}

export const NAV: readonly NavItem[] = [
  { label: 'Watch', to: '/watch' },
  { label: 'Play', to: '/play', key: 'P' },
  { label: 'Worlds', to: '/worlds', key: 'W' },
  { label: 'Leagues', to: '/leagues', key: 'E' },
  { label: 'Studies', to: '/studies', key: 'S' },
  { label: 'Characters', to: '/characters', key: 'C' },
  { label: 'Log', to: '/log', key: 'L' },
  { label: 'Operate', to: '/operate', key: 'O', isForAdministrators: true },
]

/** The items for the current user: those for administrators appear once the server has confirmed the role. */
export function useNav(): readonly NavItem[] {
  const isAdministrator = (useCaller()?.administrator ?? null) !== null
  return isAdministrator ? NAV : NAV.filter((item) => item.isForAdministrators !== true)
}
