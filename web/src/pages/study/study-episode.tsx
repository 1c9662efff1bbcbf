// A world that a participant plays: the world's own view inside the study's frame. A reload or another device takes the
// same slot again; at the end, a button leads on.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { EpisodeSummary, ParticipantState, WorldDetail } from 'paracosm/protocol'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { SlotName } from '../../components/mark.tsx'
import pane from '../../components/pane-head.module.css'
import { WorldView } from '../../components/world-view.tsx'
import { episodeQuery } from '../../data/episodes.ts'
import { createStore, useStore } from '../../data/store.ts'
import { studyStateQuery } from '../../data/study.ts'
import { formatNumber } from '../../data/words.ts'
import { worldQuery } from '../../data/worlds.ts'
import chat from '../chat/chat.module.css'
import { type Game, type Line, sourceFor, useGame } from '../slot/slot-game.ts'
import episode from './episode.module.css'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'
import type { Words } from './words.ts'

type TakenSlot = NonNullable<ParticipantState['playing']>

interface EpisodeProps {
  readonly study: string
  readonly accessKey: string
  readonly playing: TakenSlot
  /** How far the participant is. */
  readonly step: string
  /** The way out of the study. */
  readonly leave: ReactNode
  /** Whether the server has the next stage already: the game is over, whatever its socket has said. */
  readonly hasMovedOn: boolean
  /** The participant has seen the end. */
  onContinue(): void
}

export function StudyEpisode(props: EpisodeProps) {
  const { playing } = props
  const summary = useQuery(episodeQuery(playing.episode_id))
  const world = useQuery(worldQuery(playing.world))
  const error = summary.error ?? world.error
  const { hasMovedOn, onContinue } = props
  useEffect(() => {
    // There is no end to see.
    if (error && hasMovedOn) onContinue()
  }, [error, hasMovedOn, onContinue])
  if (error) {
    return (
      <div className={styles.screen}>
        <Trouble error={error} onAgain={() => void Promise.all([summary.refetch(), world.refetch()])} />
      </div>
    )
  }
  return summary.data && world.data ? <Play {...props} summary={summary.data} world={world.data} /> : undefined
}

type PlayProps = EpisodeProps & { readonly summary: EpisodeSummary; readonly world: WorldDetail }

/** Milliseconds between two polls for the next stage, once the game is over. */
const NEXT_MS = 1500

function Play({
  study,
  accessKey,
  playing: { slot, token, stand_ins },
  step,
  leave,
  summary,
  world,
  ...end
}: PlayProps) {
  const { hasMovedOn, onContinue } = end
  const words = useWords()
  const cache = useQueryClient()
  const [game] = useState(() =>
    createStore<Game>({ line: 'open', frame: undefined, refused: undefined, isWaiting: true }),
  )
  const names = useMemo(
    () => summary.players.map((_, each) => (each === slot ? words.you : words.player(each + 1))),
    [summary, slot, words],
  )
  const send = useGame(game, { id: summary.id, slot, token, count: summary.players.length })
  const source = useMemo(() => {
    const players = summary.players.map((player, each) => ({ ...player, name: names[each] ?? player.name }))
    return sourceFor(game, { summary: { ...summary, players }, world, slot, send })
  }, [game, summary, world, slot, send, names])
  const { line, frame, refused, isWaiting } = useStore(game)
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    if (!isDone) return
    const look = (): void => void cache.invalidateQueries({ queryKey: studyStateQuery(study, accessKey).queryKey })
    look()
    const timer = setInterval(look, NEXT_MS)
    return () => clearInterval(timer)
  }, [isDone, cache, study, accessKey])
  const finish = (): void => {
    setDone(true)
    onContinue()
  }
  const isOver = hasMovedOn || line === 'over' || line === 'failed' || line === 'refused'
  return (
    <div className={episode.episode}>
      <header className={`${pane.head} ${chat.head}`}>
        <div>
          <h1>{world.title}</h1>
          <p>{isWaiting ? words.gathering : step}</p>
        </div>
        <div className={`${pane.actions} ${chat.actions}`}>{leave}</div>
      </header>
      <ol className={episode.scores}>
        {source.slots.map(({ slot: each, name }) => (
          <li key={each}>
            <SlotName slot={each} name={name} />
            <b>{formatNumber(frame?.standing.scores[each] ?? 0)}</b>
          </li>
        ))}
      </ol>
      <div className={world.view === 'none' ? episode.view : `${episode.view} ${episode.filled}`}>
        <WorldView world={world.id} kind={world.view} source={source} />
      </div>
      <p role="status" className={episode.said}>
        {stand_ins.filter((each) => each !== slot).map((each) => `${words.standIn(names[each] ?? '')} `)}
        {line === 'open' && refused ? refusalOf(refused, words) : wordsOf(line, words)}
      </p>
      {isOver ? (
        <div className={styles.over}>
          <p>{line === 'failed' ? words.gameFailed : words.gameOver}</p>
          <Button look="primary" onClick={finish} why={isDone ? words.sending : undefined}>
            {words.continue}
          </Button>
        </div>
      ) : undefined}
    </div>
  )
}

function refusalOf({ reason, code }: NonNullable<Game['refused']>, words: Words): string {
  return code === 'UNREACHABLE' ? words.notSent : `${words.notTaken} ${reason}`
}

function wordsOf(line: Line, words: Words): string {
  if (line === 'lost') return words.lostLine
  return line === 'replaced' ? words.takenOver : ''
}
