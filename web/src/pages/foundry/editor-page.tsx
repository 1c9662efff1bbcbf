// The foundry's editor: the view with its palette, and the controls of the run: time, undo, files.
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { toCommandFile } from '../../../../src/worlds/foundry/view/command-file.ts'
import { Button } from '../../components/button.tsx'
import { AdministratorNeeded } from '../../components/operator-only.tsx'
import { useTitle } from '../../components/page.tsx'
import { operatorClient } from '../../data/operator.ts'
import { useStore } from '../../data/store.ts'
import { PATHS } from '../../paths.ts'
import { toast } from '../../shell/toasts.tsx'
import { Dock } from './dock.tsx'
import styles from './foundry.module.css'
import { FoundrySession } from './foundry-session.ts'
import { findRun, keepRun, runsStore } from './runs.ts'

export function FoundryEditorPage() {
  const { episode } = useParams({ from: PATHS.foundryRun })
  // A new run is a new page: no state of the old one may remain.
  return <EditorOf key={episode} episode={episode} />
}

function EditorOf({ episode }: { episode: string }) {
  useStore(runsStore)
  const run = findRun(episode)
  const title = run?.title ?? 'Foundry'
  useTitle(title)
  const session = useSession(episode)
  const navigate = useNavigate()
  if (!session) return <div className={styles.page} />
  const undo = async (): Promise<void> => {
    const tick = session.lastTick
    if (tick === undefined || !run) return
    const undoneAt = session.state.get().tick
    const child = await session.branch(tick)
    keepRun({ ...run, ...child, from: { episode, tick, undoneAt } })
    await navigate({ to: PATHS.foundryRun, params: { episode: child.episode }, replace: true })
  }
  return (
    <div className={styles.page}>
      <Head session={session} title={title} episode={episode} />
      {run ? <AdministratorNeeded what="Running a factory" /> : undefined}
      <View session={session} />
      <Dock session={session} run={run} onUndo={() => void undo().catch(() => toast('Undo needs the server.'))} />
    </div>
  )
}

function useSession(episode: string): FoundrySession | undefined {
  const [session, setSession] = useState<FoundrySession>()
  useEffect(() => {
    const run = findRun(episode)
    const { scenario = '', title = 'Foundry', token } = run ?? {}
    const made = new FoundrySession({ client: operatorClient(), episode, scenario, title, token })
    setSession(made)
    return () => made.close()
  }, [episode])
  return session
}

/** The world's own view, mounted while the page is shown. */
function View({ session }: { session: FoundrySession }) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let unmount: (() => void) | undefined
    let isGone = false
    void import('../../../../src/worlds/foundry/view/main.ts').then(({ view }) => {
      if (!isGone && host.current) unmount = view.mount(host.current, session.source)
    })
    return () => {
      isGone = true
      unmount?.()
    }
  }, [session])
  return <div className={styles.view} ref={host} />
}

function Head({ session, title, episode }: { session: FoundrySession; title: string; episode: string }) {
  const { done, tick, status, complaint } = useStore(session.state)
  const run = findRun(episode)
  const save = (): void => {
    if (run) keepRun({ ...run, isSaved: true })
    toast('Saved. The run is listed under "Build a factory".')
  }
  const file = useMemo(() => toCommandFile(done, tick), [done, tick])
  return (
    <header className={styles.head}>
      <div className={styles.name}>
        <p>
          <Link to={PATHS.foundry}>Foundry</Link>
        </p>
        <h1>{title}</h1>
      </div>
      <p className={styles.complaint} role="status">
        {complaint}
      </p>
      <div className={styles.actions}>
        {status === 'over' ? (
          <a className={styles.link} href={`/episodes/${encodeURIComponent(episode)}/`}>
            Open the recording
          </a>
        ) : undefined}
        <Button icon="download" onClick={() => download(file, `${episode}.json`)}>
          Commands
        </Button>
        <Button onClick={save} why={run ? undefined : 'Only runs of this browser can be saved.'}>
          Save
        </Button>
      </div>
    </header>
  )
}

function download(text: string, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  // The download has its own copy by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
