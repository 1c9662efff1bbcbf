// A recorded episode as one HTML file: the journal, its world's code and view, and this page. It needs no server, and
// verifies itself.
import '../styles/tokens.css'
import '../styles/base.css'
import type { EpisodeSummary } from 'paracosm/protocol'
import type { ViewModule } from 'paracosm/world'
import { StrictMode, useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { AppError } from '../../../src/kernel/errors.ts'
import type { World } from '../../../src/kernel/world.ts'
import { Button } from '../components/button.tsx'
import { Chip } from '../components/chip.tsx'
import { SlotName } from '../components/mark.tsx'
import { readLines } from '../course/read-lines.ts'
import { WholeCourse } from '../course/whole-course.ts'
import { createStore, type Store, useStore } from '../data/store.ts'
import { formatNumber } from '../data/words.ts'
import { Transport } from '../pages/episode/dock.tsx'
import { EpisodePlayer } from '../playback/player.ts'
import { type Proof, prove, sentenceOf } from '../playback/proof.ts'
import { sourceOf } from '../playback/view-source.ts'
import { Timeline } from '../timeline/timeline.tsx'
import styles from './shared.module.css'

/** Starts the page of the journal in the file. */
export function startShared(world: World, view: ViewModule | undefined): void {
  const element = document.getElementById('app')
  const texts = readTexts()
  if (!element) return
  const summary = summaryOf(texts)
  const course = new WholeCourse(
    () => Promise.resolve(texts),
    (recorded) => {
      if (recorded.id === world.id && recorded.version === world.version) return Promise.resolve(world)
      return Promise.reject(
        new AppError('WORLD_VERSION', `this file has ${world.id} ${world.version}, not ${recorded.version}`),
      )
    },
  )
  const player = new EpisodePlayer({ summary, course, step: undefined, follow: false })
  const proof = createStore<Proof>({ kind: 'unchecked' })
  createRoot(element).render(
    <StrictMode>
      <Shared player={player} proof={proof} world={world} view={view} />
    </StrictMode>,
  )
}

function readTexts(): readonly string[] {
  const parsed: unknown = JSON.parse(document.getElementById('journal')?.textContent ?? '[]')
  return Array.isArray(parsed) ? parsed.filter((text) => typeof text === 'string') : []
}

function summaryOf(texts: readonly string[]): EpisodeSummary {
  const { header, outcome, failure, last, hash } = readLines(texts)
  return {
    id: header.episode,
    status: outcome ? 'finished' : failure ? 'failed' : 'unfinished',
    world: header.world,
    variant: header.variant,
    seed: header.seed,
    players: header.slots,
    started_at: header.started_at,
    steps: outcome?.step ?? failure?.step ?? last,
    outcome: outcome?.outcome ?? null,
    results: outcome?.results ?? null,
    hash: hash ?? null,
  }
}

interface SharedProps {
  readonly player: EpisodePlayer
  readonly proof: Store<Proof>
  readonly world: World
  readonly view: ViewModule | undefined
}

const SCORE_HEIGHT = 92

function Shared({ player, proof: store, world, view }: SharedProps) {
  const { summary, last, frame, error } = useStore(player.state)
  const proof = useStore(store)
  const element = useRef<HTMLDivElement>(null)
  const [source] = useState(() => sourceOf(player, world.title))
  useEffect(() => (element.current && view ? view.mount(element.current, source) : undefined), [view, source])
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <p className={styles.id}>
            {summary.world?.id} {summary.world?.version} / {summary.id}
          </p>
          <h1 className={styles.title}>{world.title}</h1>
        </div>
        <div className={styles.verdict} role="status">
          {proof.kind === 'proved' ? <Chip kind="proved">Proved</Chip> : undefined}
          {proof.kind === 'differs' ? <Chip kind="differs">Differs</Chip> : undefined}
          {proof.kind === 'unchecked' ? (
            <Button icon="proved" onClick={() => void prove(player.course, store)}>
              Verify
            </Button>
          ) : undefined}
          <p>{sentenceOf(proof, last)}</p>
        </div>
      </header>
      {error ? <p role="alert">{error.message}</p> : undefined}
      <div className={styles.body}>
        <ol className={styles.players}>
          {summary.players.map(({ name }, slot) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
            <li key={slot}>
              <SlotName slot={slot} name={name} />
              <b>{formatNumber(frame?.standing.scores[slot] ?? 0)}</b>
            </li>
          ))}
        </ol>
        <div ref={element} className={styles.view} />
      </div>
      <section className={styles.dock} aria-label="Time">
        <Transport player={player} />
        <Timeline player={player} proof={proof} height={SCORE_HEIGHT} />
      </section>
    </div>
  )
}
