// The mark of a slot: a shape and a hue, so that either is enough to recognize it. Always next to the player's name.
import type { ReactNode } from 'react'
import styles from './mark.module.css'

const SHAPES: readonly ReactNode[] = [
  <circle key="0" cx="6" cy="6" r="5" fill="currentColor" />,
  <rect key="1" x="1.2" y="1.2" width="9.6" height="9.6" fill="currentColor" />,
  <path key="2" d="M6 .8 11.4 10.8H.6z" fill="currentColor" />,
  <path key="3" d="M6 .2 11.8 6 6 11.8.2 6z" fill="currentColor" />,
  <path key="4" d="M3.2 1h5.6l2.8 5-2.8 5H3.2L.4 6z" fill="currentColor" />,
  <path key="5" d="M4.2.8h3.6v3.4h3.4v3.6H7.8v3.4H4.2V7.8H.8V4.2h3.4z" fill="currentColor" />,
  <circle key="6" cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2.6" />,
  <path key="7" d="m6 .3 1.7 3.7 4 .5-3 2.8.8 4L6 9.3l-3.5 2 .8-4-3-2.8 4-.5z" fill="currentColor" />,
]

/** Number of slots with their own mark; further ones share a grey dot, and are distinguished by number. */
export const MARKED_SLOTS = SHAPES.length

/** The class that sets `color` to a slot's hue; grey beyond the marked ones. */
export const slotColour = (slot: number): string => styles[slot < MARKED_SLOTS ? `s${slot}` : 'other'] ?? ''

export function Mark({ slot, size = 12 }: { slot: number; size?: number }) {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden focusable="false" className={slotColour(slot)}>
      {SHAPES[slot] ?? <circle cx="6" cy="6" r="3.5" fill="currentColor" />}
    </svg>
  )
}

/** A slot's mark and its player's name. */
export function SlotName({ slot, name }: { slot: number; name: string }) {
  return (
    <span className={styles.name}>
      <Mark slot={slot} />
      <span className={styles.text}>{name}</span>
    </span>
  )
}
