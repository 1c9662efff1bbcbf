// A person in a slot: the world as the slot sees it, with the controls that the world's view brings.
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import type { LiveFollow } from 'paracosm/client'
import type { EpisodeSummary, JsonObject, WorldDetail } from 'paracosm/protocol'
import type { ViewSource } from 'paracosm/world'
import { useEffect, useMemo, useState } from 'react'
import type { ViewFrame } from '../../../../src/protocol/live.ts'
import { ButtonLink } from '../../components/button.tsx'
import { SlotName } from '../../components/mark.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import { WorldView } from '../../components/world-view.tsx'
import { apiClient } from '../../data/client.ts'
import { episodeQuery } from '../../data/episodes.ts'
import { createStore, type Store, useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import { worldQuery } from '../../data/worlds.ts'
import { ErrorPage } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { slotAddress as route } from './address.ts'
import styles from './slot.module.css'

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
        A slot is played by the link that its episode gave out. Copy the whole of it, or start an episode of your own.
      </Notice>
    </ReadingPage>
  )
}

type Line = 'open' | 'lost' | 'over' | 'failed' | 'replaced' | 'refused'

interface Game {
  readonly line: Line
  readonly frame: ViewFrame | undefined
  readonly refused: string | undefined
  readonly isWaiting: boolean
}

const WORDS: Readonly<Record<Exclude<Line, 'open'>, string>> = {
  lost: 'The connection is down; it is tried again. Your last command goes on.',
  over: 'The episode is over.',
  failed: 'The episode failed. What was played is kept.',
  replaced: 'This slot is played over another connection, or was handed over.',
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
        {summary.players.map(({ name }, each) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
          <li key={each}>
            <SlotName slot={each} name={each === slot ? 'You' : name} />
            <b>{formatNumber(frame?.standing.scores[each] ?? 0)}</b>
          </li>
        ))}
      </ol>
      <div className={styles.view}>
        <WorldView world={world.id} kind={world.view} source={source} />
      </div>
      <p role="status" className={styles.refused}>
        {refused === undefined ? '' : `Not taken: ${refused}`}
      </p>
    </div>
  )
}

type Send = (command: JsonObject) => void

/** Plays the slot: the slot's own eyes from its socket, scores and events from the public feed. */
function useGame(game: Store<Game>, at: { id: string; slot: number; token: string; count: number }): Send {
  const { id, slot, token, count } = at
  const [sends] = useState<{ current: Send }>(() => ({ current: () => undefined }))
  useEffect(() => {
    const set = (change: Partial<Game>): void => game.set({ ...game.get(), ...change })
    let standing: ViewFrame['standing'] = { scores: Array.from({ length: count }, () => 0) }
    let step = 0
    const play = apiClient().episodes.play(id, slot, token, {
      observation(seen, isFinal) {
        step = typeof seen.tick === 'number' ? seen.tick : step
        const frame: ViewFrame = { step, view: seen, standing, events: [] }
        set({ frame, isWaiting: seen.started === false, line: isFinal ? 'over' : 'open' })
      },
      refused: (reason) => set({ refused: reason }),
      lost: () => set({ line: 'lost' }),
      closed: (why) => set({ line: why }),
    })
    const feed: LiveFollow = apiClient().episodes.live(id, {
      hello: ({ frame }) => take(frame),
      frame: (frame) => take(frame),
      status: () => undefined,
      end: () => undefined,
      lost: () => undefined,
      gone: () => undefined,
    })
    const take = (frame: ViewFrame): void => {
      standing = frame.standing
      step = frame.step
      const shown = game.get().frame
      if (shown) set({ frame: { ...shown, step, standing, events: frame.events } })
    }
    sends.current = (command) => {
      set({ refused: undefined })
      play.send(command)
    }
    return () => {
      play.leave()
      feed.stop()
    }
  }, [game, id, slot, token, count, sends])
  return useMemo(() => (command) => sends.current(command), [sends])
}

/** Steps a second that views may show as motion. */
const PLAY_SPEED = 5

function sourceFor(
  game: Store<Game>,
  { summary, world, slot, send }: { summary: EpisodeSummary; world: WorldDetail; slot: number; send: Send },
): ViewSource {
  return {
    world: { id: world.id, version: world.version, variant: summary.variant ?? '', title: world.title },
    slots: summary.players.map(({ name }, each) => ({ slot: each, name })),
    perspective: slot,
    get frame() {
      return game.get().frame
    },
    subscribe: (listener) => game.subscribe(listener),
    speed: PLAY_SPEED,
    send,
    reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
  }
}
