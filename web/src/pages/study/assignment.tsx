// The next game, and the participant's role in it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ParticipantState } from 'paracosm/protocol'
import { Button } from '../../components/button.tsx'
import { studyClient } from '../../data/client.ts'
import { studyStateQuery } from '../../data/study.ts'
import { charactersQuery, gamesQuery } from '../../data/text-games.ts'
import { Prose } from '../chat/prose.tsx'
import { Heading } from './frame.tsx'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'

interface AssignmentProps {
  readonly study: string
  readonly accessKey: string
  readonly state: ParticipantState
}

export function Assignment({ study, accessKey, state }: AssignmentProps) {
  const words = useWords()
  const cache = useQueryClient()
  const { data: games } = useQuery(gamesQuery)
  const { data: characters } = useQuery(charactersQuery)
  const { assignment, arm } = state
  const start = useMutation({
    mutationFn: async () => void (await (arm ? studyClient(study).play() : studyClient(study).start())),
    // The server determines the session: the same on every device.
    onSuccess: () => cache.invalidateQueries({ queryKey: studyStateQuery(study, accessKey).queryKey }),
  })
  if (!assignment) return undefined
  const description = games?.find(({ name }) => name === assignment.game_name)?.description
  const sheet = characters?.find(({ hid }) => hid === assignment.pc_hid)?.short_description
  const isAgain = assignment.status === 'interrupted'
  return (
    <div className={styles.form}>
      <Heading>{assignment.game_name}</Heading>
      {description ? <Prose text={description} voice="world" /> : undefined}
      {arm ? (
        <Arm arm={arm} />
      ) : (
        <dl className={styles.facts}>
          <dt>{words.youPlay}</dt>
          <dd>
            <strong>{assignment.pc_hid}</strong>
            {sheet === undefined ? undefined : <p>{sheet}</p>}
          </dd>
          <dt>{words.youMeet}</dt>
          <dd>{assignment.npc_hid ?? words.withCharacter}</dd>
        </dl>
      )}
      {start.error ? <Trouble error={start.error} /> : undefined}
      <div className={styles.buttons}>
        <Button look="primary" onClick={() => start.mutate()} why={start.isPending ? words.starting : undefined}>
          {start.isPending ? words.starting : isAgain ? words.resumeGame : words.start}
        </Button>
      </div>
    </div>
  )
}

/** A world in the place of a text game. */
function Arm({ arm }: { arm: NonNullable<ParticipantState['arm']> }) {
  const words = useWords()
  return (
    <>
      <p className={styles.prompt}>{arm.title}</p>
      <Prose text={arm.description} voice="world" />
      {arm.people > 1 ? <p>{words.people(arm.people)}</p> : undefined}
    </>
  )
}
