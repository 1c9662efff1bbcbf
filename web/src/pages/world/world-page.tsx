// One world: its description and rules on the left, the form to start an episode on the right, and its content below.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { WorldDetail } from 'paracosm/protocol'
import { EpisodeTable } from '../../components/episode-table.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { WorldPicture } from '../../components/world-picture.tsx'
import { episodesQuery } from '../../data/episodes.ts'
import { count } from '../../data/words.ts'
import { worldQuery } from '../../data/worlds.ts'
import { ErrorPage } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { worldRoute } from './address.ts'
import { Board } from './board.tsx'
import { Documents } from './documents.tsx'
import { SchemaTable } from './schema-table.tsx'
import { StartForm } from './start-form.tsx'
import styles from './world.module.css'

const RECENT = 8

export function WorldPage() {
  const { world: id } = worldRoute.useParams()
  const { data: world, error, refetch } = useQuery(worldQuery(id))
  useTitle(world?.title ?? id)
  if (error) return <ErrorPage error={error} reset={() => void refetch()} />
  if (!world) return <Opening what="Opening the world" />
  return (
    <ReadingPage>
      <div className={styles.columns}>
        <div>
          <PageTitle above={`${world.id} ${world.version}`}>{world.title}</PageTitle>
          <p className={styles.summary}>{world.summary}</p>
          <div className={styles.picture}>
            <WorldPicture world={world} size="full" />
          </div>
        </div>
        <aside className={styles.start} id="start" aria-label="Start an episode">
          <StartForm key={world.id} world={world} />
        </aside>
      </div>
      <Variants world={world} />
      <Board key={world.id} world={world} />
      <Recent world={world.id} />
      <Documents world={world.id} />
      <Section title="Commands">
        <p className={styles.note}>The commands of a player in this world: one per step.</p>
        <SchemaTable schema={world.command_schema} />
      </Section>
      <Section title="Configuration">
        <p className={styles.note}>Overrides keys of a variant.</p>
        <SchemaTable schema={world.config_schema} />
      </Section>
    </ReadingPage>
  )
}

function Variants({ world }: { world: WorldDetail }) {
  return (
    <Section title="Variants">
      <ul className={styles.list}>
        {world.variants.map((variant) => (
          <li key={variant.id}>
            <Link
              to="/worlds/$world"
              params={{ world: world.id }}
              search={{ variant: variant.id }}
              hash="start"
              className={styles.variant}
            >
              <b>{variant.title}</b>
              <span>{variant.description}</span>
              <span className={styles.slots}>{count(variant.slots, 'slot')}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Recent({ world }: { world: string }) {
  const { data } = useQuery(episodesQuery({ world, limit: RECENT }))
  return (
    <Section
      title="Recent episodes"
      aside={
        <Link to="/watch" search={{ world }} className={styles.more}>
          All of them
        </Link>
      }
    >
      {data?.entries.length === 0 ? (
        <Notice>No episodes yet. Start one above.</Notice>
      ) : (
        <EpisodeTable label="Recent episodes" episodes={data?.entries ?? []} />
      )}
    </Section>
  )
}
