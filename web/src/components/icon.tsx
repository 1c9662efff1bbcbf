// The icons of the interface: 24 × 24 lines in the colour of the surrounding text. An icon is always next to a word, or
// named by `label`; without one it is hidden from assistive technology.
import type { ReactNode } from 'react'

const STROKE = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.8,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const

const path = (d: string): ReactNode => <path {...STROKE} d={d} />
const solid = (d: string): ReactNode => <path fill="currentColor" d={d} />

const ICONS = {
  mark: (
    <>
      <circle cx="9" cy="12" r="6" fill="currentColor" />
      <circle cx="15" cy="12" r="6" {...STROKE} />
    </>
  ),
  search: path('M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13zM20 20l-4.8-4.8'),
  menu: path('M4 7h16M4 12h16M4 17h16'),
  close: path('M6 6l12 12M18 6L6 18'),
  check: path('M5 12.5l4.5 4.5L19 7'),
  theme: (
    <>
      <circle cx="12" cy="12" r="8" {...STROKE} />
      {solid('M12 4a8 8 0 0 1 0 16z')}
    </>
  ),
  right: path('M5 12h14M13 6l6 6-6 6'),
  down: path('M6 9l6 6 6-6'),
  play: solid('M7 4.5v15l13-7.5z'),
  pause: solid('M6 5h4.2v14H6zM13.8 5H18v14h-4.2z'),
  back: path('M15 5l-7 7 7 7'),
  forward: path('M9 5l7 7-7 7'),
  first: path('M6 5v14M18 5l-8 7 8 7z'),
  last: path('M18 5v14M6 5l8 7-8 7z'),
  previousEvent: (
    <>
      {path('M14 6l-6 6 6 6')}
      <circle cx="18" cy="12" r="2.2" fill="currentColor" />
    </>
  ),
  nextEvent: (
    <>
      {path('M10 6l6 6-6 6')}
      <circle cx="6" cy="12" r="2.2" fill="currentColor" />
    </>
  ),
  download: path('M12 4v11M7 11l5 5 5-5M5 20h14'),
  share: path('M12 15V4M8 7.5L12 3.5l4 4M6 11v9h12v-9'),
  fork: path('M7 20V4M7 14c6 0 10-2 10-8M14 8.5L17 5l3 3.5'),
  copy: path('M8 8h11v12H8zM5 16V4h11'),
  dice: (
    <>
      {path('M5 5h14v14H5z')}
      {solid('M8 7.8h1.8v1.8H8zM14.2 14.4H16v1.8h-1.8zM11.1 11.1h1.8v1.8h-1.8z')}
    </>
  ),
  proved: path('M12 20.5a8.5 8.5 0 1 1 0-17 8.5 8.5 0 0 1 0 17zM8.3 12.3l2.6 2.6 4.8-5.2'),
  refused: path('M12 20.5a8.5 8.5 0 1 1 0-17 8.5 8.5 0 0 1 0 17zM6.2 6.2l11.6 11.6'),
  warn: path('M12 4l9 16H3zM12 10v4.5M12 17.2v.2'),
  clock: path('M12 20.5a8.5 8.5 0 1 1 0-17 8.5 8.5 0 0 1 0 17zM12 7.5V12l3 2'),
  flag: path('M6 21V4h11l-2.5 4L17 12H6'),
  person: path('M12 11.5a3.7 3.7 0 1 1 0-7.4 3.7 3.7 0 0 1 0 7.4zM5 20c.6-4 3.2-6 7-6s6.4 2 7 6'),
  swap: path('M4 8h14M14.5 4.5L18 8l-3.5 3.5M20 16H6M9.5 12.5L6 16l3.5 3.5'),
  link: path('M10 14a4 4 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1-1'),
  plus: path('M12 5v14M5 12h14'),
  minus: path('M5 12h14'),
  up: path('M6 15l6-6 6 6'),
  dot: <circle cx="12" cy="12" r="5" fill="currentColor" />,
  table: path('M4 5h16v14H4zM4 10h16M10 10v9'),
} as const

export type IconName = keyof typeof ICONS

export function Icon({ name, size = 16, label }: { name: IconName; size?: number; label?: string }) {
  const named = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label }
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: named by aria-label, or hidden
    <svg viewBox="0 0 24 24" width={size} height={size} focusable="false" {...named}>
      {ICONS[name]}
    </svg>
  )
}
