// A person in a slot: the world from the slot's perspective, with the controls of the world's view.
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import type { EpisodeSummary, WorldDetail } from 'paracosm/protocol'
import { useMemo, useState } from 'react'
import { ButtonLink } from '../../components/button.tsx'
import { SlotName } from '../../components/mark.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import { WorldView } from '../../components/world-view.tsx'
import { episodeQuery } from '../../data/episodes.ts'
import { createStore, useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import { worldQuery } from '../../data/worlds.ts'
import { ErrorPage } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { slotAddress as route } from './address.ts'
import styles from './slot.module.css'
import { type Game, type Line, sourceFor, useGame } from './slot-game.ts'

export function SlotPage() {
  const { episode: id } = route.useParams()
  const hash = useLocation({ select: ({ hash: text }) => text })
  const given = new URLSearchParams(hash)
  const token = given.get('token')
  const slot = Number(given.get('slot') ?? 'NaN')
  const { data: summary, error, refetch } = useQuery(episodeQuery(id))
  const world = useQuery({ ...worldQuery(summary?.world?.id ?? ''), enabled: summary?.world != null })
  useTitle('Play')
  if (error) return <ErrorPage error={error} reset={() => void refetch()} />
  if (token === null || !Number.isInteger(slot)) return <NoToken />
  if (!summary || !world.data) return <Opening what="Opening the episode" />
  return <Slot key={`${id} ${slot}`} summary={summary} world={world.data} slot={slot} token={token} />
}

function NoToken() {
  return (
    <ReadingPage>
      <PageTitle>This address has no slot</PageTitle>
      <Notice actions={<ButtonLink to="/worlds">Start an episode</ButtonLink>}>
        To play a slot you need the link that its episode issued. Copy the whole link, or start your own episode.
      </Notice>
    </ReadingPage>
  )
}

const WORDS: Readonly<Record<Exclude<Line, 'open'>, string>> = {
  lost: 'The connection is down; reconnecting. Your last command stays in effect.',
  over: 'The episode is over.',
  failed: 'The episode failed. What was played is kept.',
  replaced: 'Another connection plays this slot, or it was handed over.',
  refused: 'The slot cannot be taken: the link is wrong, or the episode is over.',
}

interface SlotProps {
  readonly summary: EpisodeSummary
  readonly world: WorldDetail
  readonly slot: number
  readonly token: string
}

function Slot({ summary, world, slot, token }: SlotProps) {
  const [game] = useState(() =>
    createStore<Game>({ line: 'open', frame: undefined, refused: undefined, isWaiting: true }),
  )
  const send = useGame(game, { id: summary.id, slot, token, count: summary.players.length })
  const source = useMemo(() => sourceFor(game, { summary, world, slot, send }), [game, summary, world, slot, send])
  const { line, frame, refused, isWaiting } = useStore(game)
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <SlotName slot={slot} name={`You, slot ${slot}`} />
        <p className={styles.step}>
          {isWaiting ? 'Waiting for the other players.' : `Step ${formatNumber(frame?.step ?? 0)}`}
        </p>
        <ButtonLink look="bare" to="/episodes/$episode" params={{ episode: summary.id }}>
          {line === 'over' ? 'Watch it again' : 'Watch instead'}
        </ButtonLink>
      </header>
      {line === 'open' ? undefined : (
        <p role="alert" className={styles.notice}>
          {WORDS[line]}
        </p>
      )}
      <ol className={styles.scores} aria-label="Scores">
        {source.slots.map(({ slot: each, name }) => (
          <li key={each}>
            <SlotName slot={each} name={each === slot ? 'You' : name} />
            <b>{formatNumber(frame?.standing.scores[each] ?? 0)}</b>
          </li>
        ))}
      </ol>
      <div className={world.view === 'none' ? styles.view : `${styles.view} ${styles.filled}`}>
        <WorldView world={world.id} kind={world.view} source={source} />
      </div>
      <p role="status" className={styles.refused}>
        {refused === undefined ? '' : `Not taken: ${refused.reason}`}
      </p>
    </div>
  )
}
