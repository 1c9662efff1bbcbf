// The scenarios of one character: the server lets it answer, and a person judges one response after the other.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { HitlFile, type HitlState } from 'paracosm/protocol'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { researchClient } from '../../data/research.ts'
import { scenariosQuery } from '../../data/scenarios.ts'
import { useStore } from '../../data/store.ts'
import { explain } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { Gate } from '../studies/admin-key.tsx'
import { attemptsOf, isAnswered, nextToJudge, type ShownAttempt } from './attempts.ts'
import styles from './scenarios.module.css'
import { type Verdict, VerdictForm } from './verdict.tsx'

const route = getRouteApi('/scenarios/$character')

export function CharacterScenariosPage() {
  const { character } = route.useParams()
  useTitle(`Scenarios of ${character}`)
  const key = useStore(operatorKeyStore)
  const { data, error, refetch } = useQuery(scenariosQuery(key, character))
  if (key !== undefined && !data && !error) return <Opening what="Opening the scenarios" />
  return (
    <Gate error={error} hasData={data !== undefined} onAgain={() => void refetch()}>
      {data ? <Scenarios character={character} state={data} /> : undefined}
    </Gate>
  )
}

function Scenarios({ character, state }: { character: string; state: HitlState }) {
  const { progress, failed } = state
  const all = attemptsOf(HitlFile.parse(state.file))
  const [at, setAt] = useState(() => nextToJudge(all, -1) ?? 0)
  const cache = useQueryClient()
  const keep = (next: HitlState): void =>
    void cache.setQueryData(scenariosQuery(operatorKeyStore.get(), character).queryKey, next)
  const answer = useMutation({
    // Sessions that are gone are made anew from the history in the file.
    mutationFn: () => researchClient().hitlAnswer(character, true),
    onSuccess: keep,
  })
  const judge = useMutation({
    mutationFn: (verdict: Verdict & { scenario: string; attempt: number }) =>
      researchClient().hitlJudge(character, verdict),
    onSuccess: (next) => {
      keep(next)
      setAt(nextToJudge(attemptsOf(HitlFile.parse(next.file)), at) ?? at)
    },
  })
  const shown = all[at]
  return (
    <ReadingPage>
      <PageTitle above={<Link to="/scenarios">Scenarios</Link>}>{character}</PageTitle>
      <div className={styles.bar}>
        <p role="status">
          {progress.attempts - progress.unanswered} of {progress.attempts} answered, {progress.unjudged} to judge
          {progress.is_answering ? '. The character is answering.' : '.'}
        </p>
        {progress.unanswered > 0 && !progress.is_answering ? (
          <Button look="primary" onClick={() => answer.mutate()} why={answer.isPending ? 'It begins.' : undefined}>
            Let the character answer
          </Button>
        ) : undefined}
      </div>
      {answer.error ? <Notice>{explain(answer.error).text}</Notice> : undefined}
      {failed.map(({ scenario, message }) => (
        <p key={scenario} role="alert">
          <code>{scenario}</code> {message}
        </p>
      ))}
      {shown ? (
        <>
          <nav className={styles.bar} aria-label="Attempts">
            <Button onClick={() => setAt(at - 1)} why={at === 0 ? 'This is the first one.' : undefined}>
              Back
            </Button>
            <span>
              {at + 1} of {all.length}
            </span>
            <Button onClick={() => setAt(at + 1)} why={at === all.length - 1 ? 'This is the last one.' : undefined}>
              Forward
            </Button>
          </nav>
          <Attempt key={at} character={character} shown={shown} />
          {isAnswered(shown) ? (
            <VerdictForm
              key={`verdict ${at}`}
              given={shown.attempt.evaluator_feedback ?? undefined}
              isSending={judge.isPending}
              onGive={(verdict) => judge.mutate({ ...verdict, scenario: shown.scenario.id, attempt: shown.number })}
            />
          ) : (
            <Notice>The character has not answered this yet.</Notice>
          )}
          {judge.error ? <Notice>{explain(judge.error).text}</Notice> : undefined}
        </>
      ) : undefined}
    </ReadingPage>
  )
}

function Attempt({ character, shown }: { character: string; shown: ShownAttempt }) {
  const { group, failure, scenario, attempt } = shown
  return (
    <section className={styles.attempt} aria-label="Response">
      <h2>{group}</h2>
      <p>{scenario.description}</p>
      <p className={styles.failure}>Expected failure: {failure}</p>
      {scenario.conversation_history.map(({ role, content }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows
        <p key={index} className={styles.said}>
          <b>{role === 'user' ? 'Player' : character}</b> {content}
        </p>
      ))}
      <p className={styles.said}>
        <b>Player</b> {attempt.player_message}
      </p>
      {typeof attempt.simulator_response === 'string' ? (
        <p className={styles.response}>
          <b>{character}</b> {attempt.simulator_response || '(nothing)'}
        </p>
      ) : undefined}
    </section>
  )
}
