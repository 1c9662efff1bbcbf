// What users can play: text games against a character, their paused sessions, and the worlds with a view.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SessionList } from 'paracosm/protocol'
import { useState } from 'react'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { accountQuery, keyStore, serverConfigQuery } from '../../data/account.ts'
import { useStore } from '../../data/store.ts'
import { gamesQuery, modelsQuery, sessionsQuery } from '../../data/text-games.ts'
import { ago, count, fullDate } from '../../data/words.ts'
import { PATHS } from '../../paths.ts'
import { explain } from '../../shell/error-page.tsx'
import { SignIn } from '../account/sign-in.tsx'
import styles from './play.module.css'
import { StartGame } from './start-game.tsx'

/** Sessions shown at first. */
const SHOWN = 8

export function PlayPage() {
  useTitle('Play')
  const key = useStore(keyStore)
  const { data: config } = useQuery(serverConfigQuery)
  const { data: account, isPending } = useQuery(accountQuery(key))
  const needsKey = config?.authentication_required !== false && !account
  return (
    <ReadingPage>
      <PageTitle>Play</PageTitle>
      <StandIn />
      {account ? <Sessions accountKey={key} /> : undefined}
      {needsKey && !isPending ? (
        <Section title="First, who is playing?">
          <p className={styles.lead}>Your sessions are kept under your name, so that you can continue them anywhere.</p>
          <SignIn />
        </Section>
      ) : undefined}
      <Games canStart={!needsKey} />
      <Section title="Build in the foundry">
        <p className={styles.lead}>
          Place parts that dig, carry and make things. The first scenario is a lesson of five minutes.
        </p>
        <ButtonLink to={PATHS.foundry}>Choose a scenario</ButtonLink>
      </Section>
    </ReadingPage>
  )
}

/** Shows that no model answers. */
function StandIn() {
  const { data } = useQuery(modelsQuery)
  if (!data || data.kind === 'model') return undefined
  return (
    <p className={styles.lead}>
      Characters are played by a rule-based stand-in. Connect a model with <code>paracosm serve --model</code> to have
      real conversations.
    </p>
  )
}

function Sessions({ accountKey }: { accountKey: string | undefined }) {
  const { data, error } = useQuery(sessionsQuery(accountKey))
  const [isWhole, setWhole] = useState(false)
  if (error) return <Notice>{explain(error).text}</Notice>
  if (!data || data.length === 0) return undefined
  const shown = isWhole ? data : data.slice(0, SHOWN)
  return (
    <Section title="Your sessions">
      <ul className={styles.sessions}>
        {shown.map((session) => (
          <SessionRow key={session.session_id} session={session} />
        ))}
      </ul>
      {shown.length < data.length ? (
        <Button onClick={() => setWhole(true)}>{`Show all ${data.length}`}</Button>
      ) : undefined}
    </Section>
  )
}

const STATES = { active: 'Open', paused: 'Paused', closed: 'Ended' } as const

function SessionRow({ session }: { session: SessionList['sessions'][number] }) {
  const at = Date.parse(session.last_active)
  return (
    <li>
      <Link to="/play/$session" params={{ session: session.session_id }} className={styles.session}>
        <span className={styles.game}>{session.game}</span>
        <span>{count(session.turns, 'turn')}</span>
        <span>
          <Chip kind={session.status === 'closed' ? 'plain' : 'live'}>{STATES[session.status]}</Chip>
        </span>
        <time title={fullDate(at)}>{ago(at)}</time>
      </Link>
    </li>
  )
}

function Games({ canStart }: { canStart: boolean }) {
  const { data, error } = useQuery(gamesQuery)
  const [open, setOpen] = useState<string>()
  if (error) return <Notice>{explain(error).text}</Notice>
  return (
    <Section title="Talk to a character">
      <ul className={styles.games}>
        {data?.map(({ name, description }) => (
          <li key={name} className={styles.gameRow}>
            <div>
              <h3>{name}</h3>
              <p>{description}</p>
            </div>
            {open === name ? undefined : (
              <Button
                onClick={() => setOpen(name)}
                why={canStart ? undefined : 'Register or sign in first; the form is above.'}
              >{`Play ${name}`}</Button>
            )}
            {open === name ? <StartGame game={name} onCancel={() => setOpen(undefined)} /> : undefined}
          </li>
        ))}
      </ul>
    </Section>
  )
}
