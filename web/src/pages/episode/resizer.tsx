// The divider between view and panel: dragged, or moved with arrow keys, and stored in this browser.
import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import styles from './episode.module.css'

const KEY = 'paracosm.panel-width'
/** Pixels. */
const LEAST = 288
const MOST = 720
const STEP = 16

const clamp = (width: number): number => Math.round(Math.min(MOST, Math.max(LEAST, width)))

function readWidth(): number | undefined {
  const stored = Number(localStorage.getItem(KEY) ?? 'NaN')
  return Number.isFinite(stored) ? clamp(stored) : undefined
}

/** The panel width stored in this browser; undefined: the default. */
export function usePanelWidth(): readonly [number | undefined, (width: number) => void] {
  const [width, setWidth] = useState(readWidth)
  const choose = (wanted: number): void => {
    localStorage.setItem(KEY, String(clamp(wanted)))
    setWidth(clamp(wanted))
  }
  return [width, choose]
}

interface ResizerProps {
  readonly width: number | undefined
  onWidth(width: number): void
}

export function Resizer({ width, onWidth }: ResizerProps) {
  const own = (element: HTMLElement): number => width ?? element.getBoundingClientRect().width
  /** The panel ends where its parent ends. */
  const drag = (event: PointerEvent<HTMLElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const end = event.currentTarget.parentElement?.getBoundingClientRect().right ?? 0
    onWidth(end - event.clientX)
  }
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const by = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key]
    const panel = event.currentTarget.nextElementSibling
    if (by === undefined || !(panel instanceof HTMLElement)) return
    event.preventDefault()
    event.stopPropagation()
    onWidth(own(panel) + by)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved; a separator with a value can
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the panel"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={width ?? 404}
      className={styles.resizer}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={move}
    />
  )
}
