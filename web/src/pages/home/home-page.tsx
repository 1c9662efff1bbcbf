// The front page: what this is in a sentence, three doors in, and what was played here.
import { useQuery } from '@tanstack/react-query'
import { EpisodeTable } from '../../components/episode-table.tsx'
import { Notice } from '../../components/notice.tsx'
import { ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { episodesQuery } from '../../data/episodes.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './home.module.css'

/** Rows of "Recently finished". */
const RECENT = 12

export function HomePage() {
  useTitle('')
  return (
    <ReadingPage>
      <div className={styles.intro}>
        <h1 className={styles.sentence}>
          <span>Build a small world.</span> <span>Put people and agents in it.</span> <span>Keep the evidence.</span>
        </h1>
        <p className={styles.lead}>
          Paracosm runs simulated worlds and writes everything that happens to one journal: enough to replay any moment,
          prove a score, and ask what would have happened instead.
        </p>
      </div>
      <Recent />
    </ReadingPage>
  )
}

function Recent() {
  const { data, error } = useQuery(episodesQuery({ limit: RECENT }))
  if (error) return <Notice>{explain(error).text}</Notice>
  return (
    <Section title="Recent episodes">
      {data?.entries.length === 0 ? (
        <Notice command="paracosm run paint-arena sweep greedy">
          No episodes yet. Start one, or run this command.
        </Notice>
      ) : (
        <EpisodeTable label="Recent episodes" episodes={data?.entries ?? []} />
      )}
    </Section>
  )
}
