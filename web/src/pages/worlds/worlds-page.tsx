// The worlds of this server as rows, and how to make one.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { WorldSummary } from 'paracosm/protocol'
import { CopyLine } from '../../components/copy-line.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import list from '../../components/row-list.module.css'
import { LiveCount, WorldPicture } from '../../components/world-picture.tsx'
import { count } from '../../data/words.ts'
import { worldsQuery } from '../../data/worlds.ts'
import { explain } from '../../shell/error-page.tsx'
import { firstSentence } from '../home/home-page.tsx'
import styles from './worlds.module.css'

export function WorldsPage() {
  useTitle('Worlds')
  const { data, error } = useQuery(worldsQuery)
  return (
    <ReadingPage>
      <PageTitle above={data ? `${count(data.length, 'world')} on this server` : undefined}>Worlds</PageTitle>
      {error ? <Notice>{explain(error).text}</Notice> : undefined}
      <ul className={list.rows}>
        {(data ?? []).map((world) => (
          <Row key={world.id} world={world} />
        ))}
      </ul>
      <div id="build">
        <Section title="Build a world">
          <p className={list.text}>
            A world is data and pure functions in one TypeScript file: what a state is, what a command does, what a step
            does, what each slot sees. These commands make one from a template, run it, and offer it on this server.
          </p>
          <div className={list.commands}>
            <CopyLine text="paracosm init world my-world" />
            <CopyLine text="paracosm serve --world ./my-world" />
          </div>
        </Section>
      </div>
    </ReadingPage>
  )
}

const ORIGINS = {
  'built-in': 'Ships with Paracosm',
  package: 'From a package',
  none: 'Without a view of its own',
} as const

function Row({ world }: { world: WorldSummary }) {
  const slots = [...new Set(world.variants.map((variant) => variant.slots))].toSorted((a, b) => a - b)
  return (
    <li className={`${list.row} ${styles.world}`}>
      <div>
        <WorldPicture world={world} size="tiny" />
      </div>
      <div className={styles.about}>
        <h2>
          <Link to="/worlds/$world" params={{ world: world.id }} className={list.link}>
            {world.title}
          </Link>
        </h2>
        <p>{firstSentence(world.summary)}</p>
        <p className={list.facts}>
          <code>
            {world.id} {world.version}
          </code>
          <span>{slots.length === 1 ? count(slots[0] ?? 0, 'slot') : `${slots.join(', ')} slots`}</span>
          <span>{count(world.variants.length, 'variant')}</span>
          <span>{count(world.bots.length, 'bot')}</span>
          <span>{ORIGINS[world.view]}</span>
          <LiveCount world={world.id} />
        </p>
      </div>
    </li>
  )
}
