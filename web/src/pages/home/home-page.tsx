// The front page: a one-sentence introduction, three entry points, the worlds in play, and recent episodes.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { WorldSummary } from 'paracosm/protocol'
import { EpisodeTable } from '../../components/episode-table.tsx'
import { Icon } from '../../components/icon.tsx'
import { Notice } from '../../components/notice.tsx'
import { ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { LiveCount, WorldPicture } from '../../components/world-picture.tsx'
import { episodesQuery } from '../../data/episodes.ts'
import { formatNumber } from '../../data/words.ts'
import { worldsQuery } from '../../data/worlds.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './home.module.css'
import { LiveCard } from './live-card.tsx'

/** Rows of "Recently finished". */
const RECENT = 12

export function HomePage() {
  useTitle('')
  const worlds = useQuery(worldsQuery)
  return (
    <ReadingPage>
      <div className={styles.top}>
        <div>
          <h1 className={styles.sentence}>
            <span>Build a small world.</span> <span>Put people and agents in it.</span> <span>Keep the evidence.</span>
          </h1>
          <p className={styles.lead}>
            Paracosm runs simulated worlds and writes everything that happens to one journal: enough to replay any
            moment, prove a score, and ask what would have happened instead.
          </p>
          <Doors />
        </div>
        <LiveCard worlds={worlds.data ?? []} />
      </div>
      <Section
        title="Worlds on this server"
        aside={
          <Link to="/worlds" className={styles.all}>
            All worlds
          </Link>
        }
      >
        {worlds.error ? <Notice>{explain(worlds.error).text}</Notice> : <Worlds worlds={worlds.data ?? []} />}
      </Section>
      <Recent />
    </ReadingPage>
  )
}

function Doors() {
  const live = useQuery(episodesQuery({ status: 'live', limit: 1 })).data?.entries[0]
  return (
    <ul className={styles.doors}>
      <li>
        {live ? (
          <Link to="/episodes/$episode" params={{ episode: live.id }} className={styles.door}>
            <Door name="Watch" text="An episode is running now. Scrub it, prove it, fork it." />
          </Link>
        ) : (
          <Link to="/watch" className={styles.door}>
            <Door name="Watch" text="Open a recorded episode. Scrub it, prove it, fork it." />
          </Link>
        )}
      </li>
      <li>
        <Link to="/worlds/$world" params={{ world: 'paint-arena' }} hash="start" className={styles.door}>
          <Door name="Play" text="Take a slot against a bot, or let two bots play." />
        </Link>
      </li>
      <li>
        <Link to="/worlds" hash="build" className={styles.door}>
          <Door name="Build" text="Start from a template; a world fits in one file." />
        </Link>
      </li>
    </ul>
  )
}

function Door({ name, text }: { name: string; text: string }) {
  return (
    <>
      <b>{name}</b>
      <span>{text}</span>
      <Icon name="right" />
    </>
  )
}

function Worlds({ worlds }: { worlds: readonly WorldSummary[] }) {
  return (
    <ul className={styles.worlds}>
      {worlds.map((world) => (
        <li key={world.id}>
          <Link to="/worlds/$world" params={{ world: world.id }} className={styles.world}>
            <WorldPicture world={world} />
            <span className={styles.name}>
              <b>{world.id}</b>
              <LiveCount world={world.id} />
            </span>
            <span className={styles.summary}>{firstSentence(world.summary)}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** The first sentence of a paragraph. */
export const firstSentence = (text: string): string => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text

function Recent() {
  const { data, error } = useQuery(episodesQuery({ limit: RECENT }))
  const past = data?.entries.filter(({ status }) => status !== 'live') ?? []
  if (error) return <Notice>{explain(error).text}</Notice>
  return (
    <Section
      title="Recently finished"
      aside={
        <Link to="/watch" className={styles.all}>
          {data && data.total_count > RECENT ? `All ${formatNumber(data.total_count)} episodes` : 'All episodes'}
        </Link>
      }
    >
      {data && past.length === 0 ? (
        <Notice command="paracosm run paint-arena sweep greedy">
          No episode has finished yet. Start one, or run this command.
        </Notice>
      ) : (
        <EpisodeTable label="Recently finished" episodes={past} />
      )}
    </Section>
  )
}
