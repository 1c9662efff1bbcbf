// The live card: a running episode with its scores. The card is a link to the episode.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { EpisodeSummary, WorldSummary } from 'paracosm/protocol'
import { useState } from 'react'
import { Chip } from '../../components/chip.tsx'
import { Mark } from '../../components/mark.tsx'
import { Thumbnail } from '../../components/thumbnail.tsx'
import { featuredQuery } from '../../data/featured.ts'
import { formatNumber, ranked } from '../../data/words.ts'
import styles from './home.module.css'

/** The world whose episodes visitors understand most quickly. */
const FIRST = 'paint-arena'

export function LiveCard({ worlds }: { worlds: readonly WorldSummary[] }) {
  const world = worlds.find(({ id }) => id === FIRST) ?? worlds[0]
  const { data } = useQuery({ ...featuredQuery(world?.id ?? ''), enabled: world !== undefined })
  const episode = data?.episode
  if (!world || !episode) {
    return (
      <div className={styles.card}>
        <p className={styles.waiting}>{data ? 'Nothing has been played yet.' : ''}</p>
      </div>
    )
  }
  return <Card key={episode.id} world={world} episode={episode} />
}

function Card({ world, episode }: { world: WorldSummary; episode: EpisodeSummary }) {
  const [now, setNow] = useState<{ step: number; scores: readonly number[] }>()
  const isLive = episode.status === 'live'
  const scores = now?.scores ?? episode.results?.scores ?? episode.players.map(() => 0)
  const variant = world.variants.find(({ id }) => id === episode.variant)
  return (
    <div className={styles.card}>
      <div className={styles.cardHead}>
        {isLive ? <Chip kind="live">Live</Chip> : <Chip kind="plain">Recorded</Chip>}
        <b>{variant?.title ?? world.title}</b>
        <span>{world.id}</span>
      </div>
      <div className={styles.cardView}>
        <Thumbnail
          episode={episode}
          kind={world.view}
          onFrame={({ step, standing }) => setNow({ step, scores: standing.scores })}
        />
      </div>
      <ol className={styles.cardScores}>
        {ranked(scores).map(({ slot, score }) => (
          <li key={slot}>
            <Mark slot={slot} />
            <span>{episode.players[slot]?.name ?? ''}</span>
            <b>{formatNumber(score)}</b>
          </li>
        ))}
      </ol>
      <p className={styles.cardStep}>{`step ${formatNumber(now?.step ?? episode.steps)}`}</p>
      <Link to="/episodes/$episode" params={{ episode: episode.id }} className={styles.cardLink}>
        <span className={styles.hidden}>Open this episode</span>
      </Link>
    </div>
  )
}
