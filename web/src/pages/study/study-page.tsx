// The participant's page of a study, from the link to the completion code. The server determines the stage; each stage
// is one screen with one task. Opened again, on this or another device, it continues at the same place.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ParticipantState } from 'paracosm/protocol'
import { type ReactNode, useLayoutEffect, useState } from 'react'
import { useTitle } from '../../components/page.tsx'
import { actAs } from '../../data/client.ts'
import { codeOf } from '../../data/query-client.ts'
import { useStore } from '../../data/store.ts'
import { keptArrival, needsJoin, studyInfoQuery, studyKey, studyKeysStore, studyStateQuery } from '../../data/study.ts'
import { useLater } from '../../shell/opening.tsx'
import { Assignment } from './assignment.tsx'
import { useCall } from './call.ts'
import { Choice } from './choice.tsx'
import { Consent } from './consent.tsx'
import { Closed, Finished, Withdrawn } from './endings.tsx'
import { Forms } from './forms.tsx'
import { Frame } from './frame.tsx'
import { Leave, LeaveButton } from './leave.tsx'
import { stepOf } from './progress.ts'
import styles from './study.module.css'
import { StudyConversation } from './study-conversation.tsx'
import { StudyEpisode } from './study-episode.tsx'
import { Trouble } from './trouble.tsx'
import { useWords, WordsContext } from './use-words.ts'
import { Waiting } from './waiting.tsx'
import { Joining, Welcome } from './welcome.tsx'
import { type LanguageId, languageOf } from './words.ts'

const LANGUAGE = 'paracosm.study-language'
/** Milliseconds between two polls while waiting for others. */
const WAIT_MS = 2000
/** The same while playing with others. */
const PLAY_MS = 5000

export function StudyPage() {
  const { study } = useParams({ from: '/study/$study' })
  useStore(studyKeysStore)
  const key = studyKey(study)
  // Every request of this page uses the participant's key, whatever account is signed in.
  useLayoutEffect(() => {
    actAs(key)
    return () => actAs(undefined)
  }, [key])
  const [chosen, setChosen] = useState<string | undefined>(
    () => keptArrival(study).language ?? sessionStorage.getItem(LANGUAGE) ?? undefined,
  )
  const { data: info, error, refetch } = useQuery(studyInfoQuery(study))
  const language = languageOf([chosen, info?.language, ...navigator.languages])
  const choose = (id: LanguageId): void => {
    sessionStorage.setItem(LANGUAGE, id)
    setChosen(id)
  }
  useTitle(info?.title ?? '')
  useLayoutEffect(() => {
    document.documentElement.lang = language.id
    return () => {
      document.documentElement.lang = 'en'
    }
  }, [language.id])
  const frame = { title: info?.title ?? '', language: language.id, onLanguage: choose }
  return (
    <WordsContext value={language.words}>
      {info ? (
        <Inside study={study} accessKey={key} hasOpenLink={info.has_open_link} info={info} frame={frame} />
      ) : (
        <Frame {...frame}>{error ? <Trouble error={error} onAgain={() => void refetch()} /> : <OpeningWords />}</Frame>
      )}
    </WordsContext>
  )
}

const OPENING_MS = 400

function OpeningWords() {
  const words = useWords()
  return useLater(OPENING_MS) ? <p role="status">{words.opening}</p> : undefined
}

interface InsideProps {
  readonly study: string
  readonly accessKey: string | undefined
  readonly hasOpenLink: boolean
  readonly info: ParticipantState['study']
  readonly frame: { readonly title: string; readonly language: LanguageId; onLanguage(id: LanguageId): void }
}

function Inside({ study, accessKey, hasOpenLink, info, frame }: InsideProps) {
  const {
    data: state,
    error,
    refetch,
  } = useQuery({
    ...studyStateQuery(study, accessKey),
    refetchInterval: ({ state: { data } }) => pollMs(data),
    // A participant who waits in another tab is still present.
    refetchIntervalInBackground: true,
  })
  useCall(state?.stage)
  const { shown, ...game } = useHeldGame(state)
  const [hasLeft, setLeft] = useState<'kept' | 'erased' | 'declined'>()
  if (hasLeft !== undefined) {
    return (
      <Frame {...frame}>
        <Withdrawn how={hasLeft} />
      </Frame>
    )
  }
  if (needsJoin(study)) {
    return (
      <Frame {...frame}>
        <Joining study={study} />
      </Frame>
    )
  }
  const isStranger = error !== null && codeOf(error) === 'UNAUTHORIZED'
  if (accessKey === undefined || isStranger) {
    return (
      <Frame {...frame}>
        <Welcome study={study} info={info} hasOpenLink={hasOpenLink} />
      </Frame>
    )
  }
  if (!shown) {
    return (
      <Frame {...frame}>{error ? <Trouble error={error} onAgain={() => void refetch()} /> : <OpeningWords />}</Frame>
    )
  }
  const leave = <Leave study={study} accessKey={accessKey} onLeft={setLeft} />
  const isEnded = shown.stage === 'withdrawn' || shown.stage === 'closed'
  return (
    <StageFrame
      state={shown}
      game={game}
      frame={frame}
      leave={isEnded ? undefined : leave}
      study={study}
      accessKey={accessKey}
      onLeft={setLeft}
    />
  )
}

/** Stages that follow a game. */
const AFTER_GAMES: ReadonlySet<ParticipantState['stage']> = new Set(['forms', 'choice', 'assignment', 'finished'])

interface HeldGame {
  /** Whether the server has the next stage already. */
  readonly hasMovedOn: boolean
  onContinue(): void
}

/** A game that is over stays on the screen until the participant continues, although polls find the next stage. */
function useHeldGame(state: ParticipantState | undefined): HeldGame & { shown: ParticipantState | undefined } {
  const [last, setLast] = useState<ParticipantState>()
  const [leftId, setLeftId] = useState<string>()
  if (state?.stage === 'episode' && state !== last) setLast(state)
  // Back in the waiting room, say: that game is not shown again.
  else if (state && last && state.stage !== 'episode' && !AFTER_GAMES.has(state.stage)) setLast(undefined)
  const id = last?.playing?.episode_id
  const hasMovedOn = state !== undefined && AFTER_GAMES.has(state.stage) && id !== undefined && id !== leftId
  return { shown: hasMovedOn ? last : state, hasMovedOn, onContinue: () => setLeftId(id) }
}

/** Others come to a waiting room, and may disappear from a game. False: only the participant changes the state. */
function pollMs(state: ParticipantState | undefined): number | false {
  if (state?.stage === 'waiting') return WAIT_MS
  return state?.stage === 'episode' && (state.arm?.people ?? 1) > 1 ? PLAY_MS : false
}

interface StageProps extends Pick<InsideProps, 'study' | 'frame'> {
  readonly accessKey: string
  readonly state: ParticipantState
  readonly game: HeldGame
  readonly leave: ReactNode
  onLeft(how: 'kept' | 'erased' | 'declined'): void
}

function StageFrame({ study, accessKey, state, game, frame, leave, onLeft }: StageProps) {
  const words = useWords()
  const step = stepOf(state, words)
  if (state.stage === 'session' && state.session) {
    return (
      <Frame {...frame} isWide>
        <StudyConversation
          key={state.session.session_id}
          study={study}
          accessKey={accessKey}
          session={state.session.session_id}
          step={step?.words ?? ''}
          leave={<LeaveButton study={study} onLeft={onLeft} />}
        />
      </Frame>
    )
  }
  if (state.stage === 'episode' && state.playing) {
    return (
      <Frame {...frame} isWide>
        <StudyEpisode
          key={state.playing.episode_id}
          study={study}
          accessKey={accessKey}
          playing={state.playing}
          step={step?.words ?? ''}
          leave={<LeaveButton study={study} onLeft={onLeft} />}
          {...game}
        />
      </Frame>
    )
  }
  return (
    <Frame {...frame} step={step} footer={leave}>
      <div className={styles.screen} key={`${state.stage} ${state.group_id}`}>
        <Stage study={study} accessKey={accessKey} state={state} onLeft={onLeft} />
      </div>
    </Frame>
  )
}

function Stage({ study, accessKey, state, onLeft }: Omit<StageProps, 'frame' | 'game' | 'leave'>) {
  const at = { study, accessKey }
  switch (state.stage) {
    case 'consent':
      return state.study.consent ? (
        <Consent {...at} consent={state.study.consent} onDeclined={() => onLeft('declined')} />
      ) : undefined
    case 'forms':
      return <Forms {...at} forms={state.forms} group={state.group_id ?? ''} isFirst={state.completed === 0} />
    case 'choice':
      return <Choice {...at} options={state.options} />
    case 'assignment':
    case 'session':
    case 'episode':
      return <Assignment {...at} state={state} />
    case 'waiting':
      return <Waiting {...at} waiting={state.waiting} />
    case 'finished':
      return <Finished completion={state.completion} is_released={state.is_released} />
    case 'closed':
      return <Closed />
    case 'withdrawn':
      return <Withdrawn how="kept" />
  }
}
