// A recorded course and its fork, side by side at one step: the finding, both views, and the difference of every score.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EpisodeSummary } from 'paracosm/protocol'
import { useEffect, useMemo, useState } from 'react'
import { Button, ButtonAnchor, ButtonLink } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { SlotName } from '../../components/mark.tsx'
import { useTitle } from '../../components/page.tsx'
import { WorldView } from '../../components/world-view.tsx'
import { WorkerCourse } from '../../course/worker-course.ts'
import { storedKey } from '../../data/client.ts'
import { episodeQuery } from '../../data/episodes.ts'
import { createStore, type Store, useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import { worldQuery } from '../../data/worlds.ts'
import { EpisodePlayer } from '../../playback/player.ts'
import { type Proof, prove } from '../../playback/proof.ts'
import { sourceOf } from '../../playback/view-source.ts'
import { ErrorPage } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { Transport } from '../episode/dock.tsx'
import { compareRoute } from './address.ts'
import styles from './compare.module.css'
import { CompareCharts } from './compare-charts.tsx'
import { findingOf } from './difference.ts'

export function ComparePage() {
  const { episode, fork } = compareRoute.useParams()
  const recorded = useQuery(episodeQuery(episode))
  const forked = useQuery({
    ...episodeQuery(fork),
    // A fork is played to its end within moments; until then its course is incomplete.
    refetchInterval: ({ state }) => (state.data?.status === 'live' ? 500 : false),
  })
  const error = recorded.error ?? forked.error
  useTitle('Fork')
  if (error) return <ErrorPage error={error} reset={() => void Promise.all([recorded.refetch(), forked.refetch()])} />
  if (!recorded.data || !forked.data || forked.data.status === 'live') return <Opening what="Playing the fork" />
  return <Comparison key={fork} recorded={recorded.data} fork={forked.data} />
}

interface Side {
  readonly player: EpisodePlayer
  readonly proof: Store<Proof>
}

function openSide(summary: EpisodeSummary, step: number): Side {
  const course = new WorkerCourse({ origin: location.origin, key: storedKey(), episode: summary.id })
  return {
    player: new EpisodePlayer({ summary, course, step, follow: false }),
    proof: createStore<Proof>({ kind: 'unchecked' }),
  }
}

function Comparison({ recorded, fork }: { recorded: EpisodeSummary; fork: EpisodeSummary }) {
  const { step = 0 } = compareRoute.useSearch()
  const [sides, setSides] = useState<{ left: Side; right: Side }>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: one pair of players a visit
  useEffect(() => {
    const left = openSide(recorded, step)
    const right = openSide(fork, step)
    setSides({ left, right })
    // The fork's playhead leads; the recorded course follows it.
    const stop = right.player.state.subscribe(() => {
      const { step: at, phase } = right.player.state.get()
      if (phase === 'ready' && left.player.state.get().step !== at) left.player.seek(at)
    })
    return () => {
      stop()
      left.player.close()
      right.player.close()
    }
  }, [recorded.id, fork.id])
  return sides ? <Compared {...sides} /> : <Opening what="Opening both courses" />
}

function Compared({ left, right }: { left: Side; right: Side }) {
  const before = useStore(left.player.state)
  const after = useStore(right.player.state)
  const finding = before.info && after.info ? findingOf(before.info, after.info) : undefined
  const parent = after.info?.header.parent
  const verifyBoth = (): void => {
    void prove(left.player.course, left.proof)
    void prove(right.player.course, right.proof)
  }
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <p className={styles.crumbs}>
            <Link to="/episodes/$episode" params={{ episode: before.summary.id }}>
              {before.summary.id}
            </Link>{' '}
            / fork
          </p>
          <h1 className={styles.title}>{`If it had gone another way at step ${formatNumber(parent?.step ?? 0)}`}</h1>
        </div>
        <div className={styles.actions}>
          <ButtonAnchor
            look="bare"
            icon="download"
            href={`/api/episodes/${encodeURIComponent(after.summary.id)}/journal.jsonl`}
            download={`${after.summary.id}.jsonl`}
          >
            Journal of the fork
          </ButtonAnchor>
          <Button icon="proved" onClick={verifyBoth}>
            Verify both
          </Button>
          <ButtonLink
            icon="fork"
            to="/episodes/$episode"
            params={{ episode: before.summary.id }}
            search={{ step: parent?.step ?? 0 }}
          >
            Fork again
          </ButtonLink>
        </div>
      </header>
      <p className={styles.finding} aria-live="polite">
        {finding ? (
          <>
            <b>{finding.main}</b> {finding.more}
          </>
        ) : (
          'Replaying both episodes.'
        )}
      </p>
      <div className={styles.sides}>
        <SidePanel title="Recorded" side={left} />
        <SidePanel title="Fork" side={right} />
      </div>
      <Transport player={right.player} />
      {before.info && after.info ? (
        <CompareCharts
          recorded={before.info}
          fork={after.info}
          step={after.step}
          onStep={(at) => right.player.goTo(at)}
        />
      ) : undefined}
    </div>
  )
}

function SidePanel({ title, side: { player, proof } }: { title: string; side: Side }) {
  const state = useStore(player.state)
  const proved = useStore(proof)
  const world = useQuery({ ...worldQuery(state.summary.world?.id ?? ''), enabled: state.summary.world !== null })
  const source = useMemo(() => sourceOf(player, world.data?.title ?? ''), [player, world.data])
  const isBeyond = state.step >= state.last && state.frame !== undefined && state.frame.step < state.step
  return (
    <section className={styles.side} aria-label={title}>
      <div className={styles.sideHead}>
        <h2>{title}</h2>
        {proved.kind === 'proved' ? <Chip kind="proved">Proved</Chip> : undefined}
        {proved.kind === 'differs' ? <Chip kind="differs">Differs</Chip> : undefined}
        {proved.kind === 'checking' ? <Chip kind="plain">Checking</Chip> : undefined}
        {isBeyond ? <Chip kind="plain">Has ended</Chip> : undefined}
        <Link
          to="/episodes/$episode"
          params={{ episode: state.summary.id }}
          search={{ step: state.step }}
          className={styles.id}
        >
          {state.summary.id}
        </Link>
      </div>
      <div className={styles.sideBody}>
        <div className={styles.view}>
          <WorldView world={state.summary.world?.id ?? ''} kind={world.data?.view ?? 'none'} source={source} />
        </div>
        <ol className={styles.scores}>
          {state.summary.players.map(({ name }, slot) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
            <li key={slot}>
              <SlotName slot={slot} name={name} />
              <b>{formatNumber(state.frame?.standing.scores[slot] ?? 0)}</b>
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}
