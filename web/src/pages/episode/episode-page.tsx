// One episode, live and recorded: view, players, panel, and the timeline below.
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import type { EpisodeSummary, WorldDetail } from 'paracosm/protocol'
import { useEffect, useMemo, useState } from 'react'
import { useTitle } from '../../components/page.tsx'
import { WorldView } from '../../components/world-view.tsx'
import { WorkerCourse } from '../../course/worker-course.ts'
import { storedKey } from '../../data/client.ts'
import { episodeQuery } from '../../data/episodes.ts'
import { createStore, type Store, useStore } from '../../data/store.ts'
import { playerList } from '../../data/words.ts'
import { worldQuery } from '../../data/worlds.ts'
import { EpisodePlayer } from '../../playback/player.ts'
import type { Proof } from '../../playback/proof.ts'
import { sourceOf } from '../../playback/view-source.ts'
import { ErrorPage } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { episodeRoute } from './address.ts'
import { Dock } from './dock.tsx'
import styles from './episode.module.css'
import { EpisodeHeader } from './header.tsx'
import { useEpisodeKeys } from './keys.ts'
import { Notices } from './notices.tsx'
import { Panel } from './panel.tsx'
import { Rail } from './rail.tsx'
import { Resizer, usePanelWidth } from './resizer.tsx'

export function EpisodePage() {
  const { episode: id } = episodeRoute.useParams()
  const {
    data: summary,
    error,
    refetch,
  } = useQuery({ ...episodeQuery(id), refetchOnWindowFocus: false, staleTime: Number.POSITIVE_INFINITY })
  const world = useQuery({ ...worldQuery(summary?.world?.id ?? ''), enabled: summary?.world != null })
  if (error) return <ErrorPage error={error} reset={() => void refetch()} />
  if (!summary || world.isLoading) return <Opening what="Opening the episode" />
  return <EpisodeWork key={id} summary={summary} world={world.data} />
}

function usePlayer(summary: EpisodeSummary) {
  const { step, slot } = episodeRoute.useSearch()
  const [parts, setParts] = useState<{ player: EpisodePlayer; proof: Store<Proof> }>()
  // The address when the page was opened; the page itself writes later ones.
  // biome-ignore lint/correctness/useExhaustiveDependencies: one player a visit
  useEffect(() => {
    const course = new WorkerCourse({ origin: location.origin, key: storedKey(), episode: summary.id })
    const player = new EpisodePlayer({ summary, course, step, perspective: slot ?? null })
    setParts({ player, proof: createStore<Proof>({ kind: 'unchecked' }) })
    return () => player.close()
  }, [summary.id])
  return parts
}

function EpisodeWork({ summary, world }: { summary: EpisodeSummary; world: WorldDetail | undefined }) {
  const parts = usePlayer(summary)
  useTitle(`${playerList(summary.players)} · ${world?.title ?? summary.world?.id ?? 'Episode'}`)
  return parts ? <Work {...parts} world={world} /> : <Opening what={`Opening ${summary.steps} steps`} />
}

export interface WorkProps {
  readonly player: EpisodePlayer
  readonly proof: Store<Proof>
  readonly world: WorldDetail | undefined
}

function Work({ player, proof, world }: WorkProps) {
  const { summary } = useStore(player.state)
  const [isForking, setForking] = useState(false)
  const source = useMemo(() => sourceOf(player, world?.title ?? ''), [player, world])
  const openFork = (): void => {
    player.pause()
    setForking(true)
  }
  const [width, setWidth] = usePanelWidth()
  useAddress(player)
  useEpisodeKeys({ player, proof, onFork: openFork })
  return (
    <div
      className={styles.work}
      ref={(work) =>
        work?.style.setProperty('--panel-chosen', width === undefined ? 'var(--panel-width)' : `${width}px`)
      }
    >
      <EpisodeHeader {...{ player, proof, world, isForking, setForking }} onFork={openFork} />
      <Notices player={player} />
      <div className={styles.body}>
        <Rail player={player} world={world} />
        <section className={styles.view} aria-label="The world">
          <WorldView world={summary.world?.id ?? ''} kind={world?.view ?? 'none'} source={source} />
        </section>
        <Resizer width={width} onWidth={setWidth} />
        <Panel player={player} />
      </div>
      <Dock player={player} proof={proof} />
    </div>
  )
}

/** Milliseconds for which the playhead must rest before the address is updated. */
const SETTLE_MS = 250

/** Writes the step of the resting playhead to the address, with replace, so that Back leaves the page. */
function useAddress(player: EpisodePlayer): void {
  const router = useRouter()
  const { episode } = episodeRoute.useParams()
  const navigate = useNavigate({ from: '/episodes/$episode' })
  const { step, isPlaying, isFollowing, phase, perspective } = useStore(player.state)
  useEffect(() => {
    if (isPlaying || phase !== 'ready') return undefined
    const timer = setTimeout(() => {
      // While another page is loading, the address is already that page's, and this one is still shown.
      const mine = router.buildLocation({ to: '/episodes/$episode', params: { episode } })
      if (router.latestLocation.pathname !== mine.pathname) return
      const next = { step: isFollowing ? undefined : step, slot: perspective ?? undefined }
      void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [router, episode, navigate, step, isPlaying, isFollowing, phase, perspective])
}
