// The start page: the scenarios, the runs of this browser, and command files.
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { AdministratorNeeded } from '../../components/operator-only.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { operatorClient, useWhyNot } from '../../data/operator.ts'
import { useStore } from '../../data/store.ts'
import { ago } from '../../data/words.ts'
import { worldQuery } from '../../data/worlds.ts'
import { PATHS } from '../../paths.ts'
import { explain } from '../../shell/error-page.tsx'
import { readCommandFile } from './done.ts'
import styles from './foundry.module.css'
import { FoundrySession } from './foundry-session.ts'
import { findRun, runsStore } from './runs.ts'
import { playFile, startRun } from './start-run.ts'

const BUILDING = 'Building a factory'

export function FoundryStartPage() {
  useTitle('Build in the foundry')
  const { data: world, error } = useQuery(worldQuery('foundry'))
  const [busy, setBusy] = useState('')
  const whyNot = useWhyNot(BUILDING)
  const [complaint, setComplaint] = useState('')
  const navigate = useNavigate()
  const open = (episode: string): Promise<void> => navigate({ to: PATHS.foundryRun, params: { episode } })
  const build = (scenario: string, title: string, seed: number): void => {
    setBusy(scenario)
    startRun(scenario, title, seed)
      .then(open)
      .catch((reason: unknown) => setComplaint(explain(reason).text))
      .finally(() => setBusy(''))
  }
  if (error) return <Notice>{explain(error).text}</Notice>
  const scenarios = world?.variants.filter(({ id, slots }) => !id.startsWith('sprawl') && slots === 1) ?? []
  return (
    <ReadingPage>
      <PageTitle above="Foundry">Build a factory</PageTitle>
      {complaint === '' ? undefined : <Notice>{complaint}</Notice>}
      <AdministratorNeeded what={BUILDING} />
      <Section title="Scenarios">
        <ul className={styles.list}>
          {scenarios.map(({ id, title, description, seed }) => (
            <li key={id} className={styles.item}>
              <div>
                <h3>{title}</h3>
                <p>{description}</p>
              </div>
              <Button
                look={id === 'first_slice' ? 'primary' : 'default'}
                aria-label={`Build ${title}`}
                why={whyNot}
                onClick={() => build(id, title, seed ?? 1)}
              >
                {busy === id ? 'Starting' : 'Build'}
              </Button>
            </li>
          ))}
        </ul>
      </Section>
      <Runs />
      <LoadFile scenarios={scenarios} onOpen={open} onComplaint={setComplaint} />
    </ReadingPage>
  )
}

function Runs() {
  const runs = useStore(runsStore).filter(({ isSaved }) => isSaved)
  return (
    <Section title="Saved runs">
      {runs.length === 0 ? <p className={styles.muted}>Save a run in the editor and it is listed here.</p> : undefined}
      <ul className={styles.list}>
        {runs.map(({ episode, title, startedAt }) => (
          <li key={episode} className={styles.item}>
            <div>
              <h3>
                <Link to={PATHS.foundryRun} params={{ episode }}>
                  {title}
                </Link>
              </h3>
              <p>Started {ago(startedAt)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}

interface LoadProps {
  readonly scenarios: readonly { readonly id: string; readonly title: string; readonly seed?: number | undefined }[]
  onOpen(episode: string): Promise<void>
  onComplaint(text: string): void
}

/** A command file rebuilds the same floor, in the scenario for which it was made. */
function LoadFile({ scenarios, onOpen, onComplaint }: LoadProps) {
  const [chosen, setChosen] = useState('first_slice')
  const [isBusy, setIsBusy] = useState(false)
  const whyNot = useWhyNot(BUILDING)
  const file = useRef<HTMLInputElement>(null)
  const load = async (): Promise<void> => {
    const picked = file.current?.files?.[0]
    const scenario = scenarios.find(({ id }) => id === chosen)
    if (!picked || !scenario) {
      onComplaint('Choose a command file first.')
      return
    }
    const steps = readCommandFile(await picked.text())
    if (!steps) {
      onComplaint('This is no command file: it must be JSON with a list of steps, as `paracosm headless` reads it.')
      return
    }
    const episode = await startRun(scenario.id, scenario.title, scenario.seed ?? 1)
    const token = findRun(episode)?.token
    const session = new FoundrySession({
      client: operatorClient(),
      episode,
      scenario: chosen,
      title: scenario.title,
      token,
    })
    await playFile(session, steps)
    await session.settled()
    session.close()
    await onOpen(episode)
  }
  const run = (): void => {
    setIsBusy(true)
    load()
      .catch((reason: unknown) => onComplaint(explain(reason).text))
      .finally(() => setIsBusy(false))
  }
  return (
    <Section title="Load a command file">
      <p className={styles.muted}>Commands of the editor or of the headless interface are played in a fresh run.</p>
      <div className={styles.load}>
        <label>
          <span className={styles.caption}>Scenario</span>
          <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {scenarios.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className={styles.caption}>Command file</span>
          <input ref={file} type="file" accept=".json,application/json" />
        </label>
        <Button onClick={run} why={whyNot ?? (scenarios.length === 0 ? 'The scenarios are being loaded.' : undefined)}>
          {isBusy ? 'Loading' : 'Load'}
        </Button>
      </div>
    </Section>
  )
}
