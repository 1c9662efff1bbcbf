// The items of the top bar and the menu of phones, in the order of the design. A section adds its line when it has a page.

export interface NavItem {
  readonly label: string
  readonly to: string
  /** The second key after G. */
  readonly key?: string
}

export const NAV: readonly NavItem[] = [
  { label: 'Watch', to: '/watch' },
  { label: 'Play', to: '/play', key: 'P' },
  { label: 'Worlds', to: '/worlds', key: 'W' },
  { label: 'Leagues', to: '/leagues', key: 'E' },
  { label: 'Characters', to: '/characters', key: 'C' },
  { label: 'Log', to: '/log', key: 'L' },
  { label: 'Operate', to: '/operate', key: 'O' },
]
