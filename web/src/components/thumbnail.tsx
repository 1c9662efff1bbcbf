// A small picture of an episode, drawn by the world's own view: live if the episode is live, otherwise its last frame.
import { useQuery } from '@tanstack/react-query'
import type { EpisodeSummary } from 'paracosm/protocol'
import type { ViewSource } from 'paracosm/world'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { ViewFrame } from '../../../src/protocol/live.ts'
import { apiClient } from '../data/client.ts'
import { createStore, type Store } from '../data/store.ts'
import type { ViewKind } from '../views/load-view.ts'
import styles from './thumbnail.module.css'
import { WorldView } from './world-view.tsx'

interface ThumbnailProps {
  readonly episode: EpisodeSummary
  readonly kind: ViewKind
  /** The size, relative to the view on its own page. Default: full. */
  readonly size?: 'full' | 'small' | 'tiny'
  /** Called with every new frame. */
  readonly onFrame?: ((frame: ViewFrame) => void) | undefined
}

/** Views are loaded when the picture becomes visible, and live ones are followed only while visible. */
export function Thumbnail({ episode, kind, size = 'full', onFrame }: ThumbnailProps) {
  const element = useRef<HTMLDivElement>(null)
  const isSeen = useIsSeen(element)
  const [frames] = useState(() => createStore<ViewFrame | undefined>(undefined))
  const source = useMemo(() => thumbnailSource(episode, frames), [episode, frames])
  const isLive = episode.status === 'live'
  const { data } = useQuery({
    queryKey: ['frame', episode.id, episode.steps],
    queryFn: () => apiClient().episodes.frame(episode.id),
    enabled: isSeen && !isLive && episode.status !== 'broken',
    staleTime: Number.POSITIVE_INFINITY,
  })
  useEffect(() => {
    if (data) frames.set(data)
  }, [data, frames])
  useFollow(episode.id, frames, { isOn: isLive && isSeen, onFrame })
  return (
    <div ref={element} className={styles.thumbnail} aria-hidden="true" inert>
      <div className={styles[size]}>
        {isSeen ? <WorldView world={episode.world?.id ?? ''} kind={kind} source={source} isPicture /> : undefined}
      </div>
    </div>
  )
}

function useFollow(
  id: string,
  frames: Store<ViewFrame | undefined>,
  { isOn, onFrame }: { isOn: boolean; onFrame: ThumbnailProps['onFrame'] },
): void {
  const hear = useRef(onFrame)
  useEffect(() => {
    hear.current = onFrame
  })
  useEffect(() => {
    if (!isOn) return undefined
    const take = (frame: ViewFrame): void => {
      frames.set(frame)
      hear.current?.(frame)
    }
    const nothing = (): void => undefined
    const events = { hello: ({ frame }: { frame: ViewFrame }) => take(frame), frame: take }
    const follow = apiClient().episodes.live(id, {
      ...events,
      status: nothing,
      end: nothing,
      lost: nothing,
      gone: nothing,
    })
    return () => follow.stop()
  }, [id, frames, isOn])
}

/** Steps per second that views may animate. */
const LIVE_SPEED = 5

function thumbnailSource(episode: EpisodeSummary, frames: Store<ViewFrame | undefined>): ViewSource {
  return {
    world: {
      id: episode.world?.id ?? '',
      version: episode.world?.version ?? '',
      variant: episode.variant ?? '',
      title: '',
    },
    slots: episode.players.map(({ name }, slot) => ({ slot, name })),
    perspective: null,
    get frame() {
      return frames.get()
    },
    subscribe: (listener) => frames.subscribe(listener),
    speed: episode.status === 'live' ? LIVE_SPEED : 0,
    reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
  }
}

function useIsSeen(element: { readonly current: HTMLElement | null }): boolean {
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    const target = element.current
    if (!target) return undefined
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting === true), {
      rootMargin: '100px',
    })
    observer.observe(target)
    return () => observer.disconnect()
  }, [element])
  return isSeen
}
