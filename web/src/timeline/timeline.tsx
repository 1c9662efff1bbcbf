// The timeline: one slider over all tracks. Press to seek, drag to scrub, Shift-drag marks a range, Ctrl-wheel zooms.
import { type PointerEvent, useCallback, useEffect, useMemo, useRef, useState, type WheelEvent } from 'react'
import { useWidth } from '../components/use-width.ts'
import type { Marker } from '../course/types.ts'
import { useBookmarks } from '../data/bookmarks.ts'
import { useStore } from '../data/store.ts'
import { formatNumber } from '../data/words.ts'
import type { EpisodePlayer, PlayerState } from '../playback/player.ts'
import type { Proof } from '../playback/proof.ts'
import { type Scale, stepAt, xOf } from './scale.ts'
import styles from './timeline.module.css'
import { Axis, EventTrack, ProofTrack, ScoreTrack, SpanTracks, Track } from './tracks.tsx'

interface TimelineProps {
  readonly player: EpisodePlayer
  readonly proof: Proof
  /** Pixels of the score track. */
  readonly height: number
}

/** The length of the axis: a live episode's known maximum, or one and a half times its current length. */
function axisEnd({ last, isLive, info }: PlayerState): number {
  if (!isLive) return Math.max(1, last)
  const { limit } = info ?? {}
  return limit !== undefined && limit >= last ? limit : Math.max(60, 2 ** Math.ceil(Math.log2(Math.max(1, last * 1.1))))
}

export function Timeline({ player, proof, height }: TimelineProps) {
  const state = useStore(player.state)
  const area = useRef<HTMLDivElement>(null)
  const width = useWidth(area)
  const end = axisEnd(state)
  const [zoom, setZoom] = useState<{ from: number; to: number }>()
  const from = zoom?.from ?? 0
  const to = zoom?.to ?? end
  const scale = useMemo((): Scale => ({ from, to, width }), [from, to, width])
  const markers = useMarkers(state)
  const drag = useDrag(player, area, scale)
  const zoomBy = (event: WheelEvent): void => {
    if (!event.ctrlKey) return
    const box = area.current?.getBoundingClientRect()
    const middle = stepAt(scale, event.clientX - (box?.left ?? 0))
    const factor = event.deltaY > 0 ? 1.25 : 0.8
    const next = { from: middle - (middle - from) * factor, to: middle + (to - middle) * factor }
    const isAll = next.from <= 0 && next.to >= end
    setZoom(
      isAll
        ? undefined
        : { from: Math.max(0, Math.floor(next.from)), to: Math.min(end, Math.ceil(Math.max(next.to, next.from + 10))) },
    )
  }
  useNoPageZoom(area)
  const x = xOf(scale, state.step)
  const { range } = state
  return (
    <div className={styles.timeline}>
      <div className={styles.ground} aria-hidden="true">
        <span className={styles.beyond} style={{ left: Math.max(0, x), height }} />
      </div>
      <div className={styles.tracks}>
        <Track label="Score" className={styles.score}>
          <ScoreTrack series={state.series} scale={scale} height={height} />
        </Track>
        <Track label="Events" className={styles.row}>
          <EventTrack markers={markers} scale={scale} />
        </Track>
        {state.info ? <SpanTracks spans={state.info.spans} scale={scale} end={state.last} /> : undefined}
        <Track label="Proof" className={styles.row}>
          <ProofTrack proof={proof} scale={scale} />
        </Track>
        <Track label="" className={styles.row}>
          <Axis scale={scale} />
        </Track>
      </div>
      <div
        ref={area}
        className={styles.area}
        role="slider"
        tabIndex={0}
        aria-label="Timeline"
        aria-valuemin={0}
        aria-valuemax={state.last}
        aria-valuenow={state.step}
        aria-valuetext={valueText(state, markers)}
        onWheel={zoomBy}
        {...drag.handlers}
      >
        {range ? (
          <span
            className={styles.range}
            style={{ left: xOf(scale, range.from), width: Math.max(2, xOf(scale, range.to) - xOf(scale, range.from)) }}
          />
        ) : undefined}
        {x >= -1 && x <= width + 1 ? (
          <span className={styles.playhead} style={{ left: x }}>
            <span className={`${styles.tab} ${drag.isHeld ? styles.held : ''}`}>{formatNumber(state.step)}</span>
          </span>
        ) : undefined}
      </div>
    </div>
  )
}

/** Markers of the episode, and bookmarks of this browser, by step. */
function useMarkers({ summary, markers }: PlayerState): readonly Marker[] {
  const bookmarks = useBookmarks(summary.id)
  return useMemo(() => {
    if (bookmarks.length === 0) return markers
    const flags = bookmarks.map((step): Marker => ({ step, kind: 'bookmark', slot: null, text: 'Bookmark' }))
    return [...markers, ...flags].toSorted((a, b) => a.step - b.step)
  }, [bookmarks, markers])
}

function valueText({ step, last }: PlayerState, markers: readonly Marker[]): string {
  const here = markers.filter((marker) => marker.step === step).slice(0, 3)
  return [`Step ${step} of ${last}.`, ...here.map(({ text }) => `${text}.`)].join(' ')
}

/** The browser would zoom the page on Ctrl-wheel; React's own listener cannot prevent it. */
function useNoPageZoom(area: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const element = area.current
    const stop = (event: globalThis.WheelEvent): void => {
      if (event.ctrlKey) event.preventDefault()
    }
    element?.addEventListener('wheel', stop, { passive: false })
    return () => element?.removeEventListener('wheel', stop)
  }, [area])
}

/** Pixels that a finger may move down before the page scrolls instead. */
const LONG_PRESS_MS = 500

function useDrag(player: EpisodePlayer, area: { readonly current: HTMLElement | null }, scale: Scale) {
  const [isHeld, setHeld] = useState(false)
  const marks = useRef<number | undefined>(undefined)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const stepOf = useCallback(
    (event: PointerEvent): number => stepAt(scale, event.clientX - (area.current?.getBoundingClientRect().left ?? 0)),
    [area, scale],
  )
  const move = (event: PointerEvent): void => {
    const step = stepOf(event)
    if (marks.current === undefined) player.goTo(step)
    else player.setRange({ from: Math.min(marks.current, step), to: Math.max(marks.current, step), isLooping: false })
  }
  const release = (): void => {
    clearTimeout(timer.current)
    setHeld(false)
    marks.current = undefined
  }
  return {
    isHeld,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        setHeld(true)
        const step = stepOf(event)
        if (event.shiftKey) marks.current = step
        else if (event.pointerType === 'touch') {
          timer.current = setTimeout(() => {
            marks.current = step
          }, LONG_PRESS_MS)
        }
        move(event)
      },
      onPointerMove: (event: PointerEvent) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
        if (marks.current === undefined) clearTimeout(timer.current)
        move(event)
      },
      onPointerUp: release,
      onPointerCancel: release,
    },
  }
}
