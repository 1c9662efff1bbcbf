// A researcher's actions on one participant: end the session, release the assignment, export, delete.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ParticipantTimeline } from 'paracosm/protocol'
import { useState } from 'react'
import { Button, ButtonLink } from '../../components/button.tsx'
import { researchClient } from '../../data/research.ts'
import { explain } from '../../shell/error-page.tsx'
import { toast } from '../../shell/toasts.tsx'
import { saveText } from '../study/save.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import styles from './person.module.css'

export function PersonActions({ study, data }: { study: string; data: ParticipantTimeline }) {
  const { participant } = data
  const player = participant.player_id
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [isAsked, setAsked] = useState(false)
  const isEpisode = participant.stage === 'episode'
  const playing = participant.assignments.find(({ status }) => status === 'in_progress')?.active_session_id ?? undefined
  const waiting = participant.assignments.find(({ status }) => status === 'assigned' || status === 'interrupted')
  const again = () => cache.invalidateQueries({ queryKey: ['research'] })
  const end = useMutation({
    mutationFn: (session: string) => researchClient().endSession(study, session),
    onSettled: again,
  })
  const release = useMutation({
    mutationFn: (assignment: string) => researchClient().release(study, player, assignment),
    onSettled: again,
  })
  const save = useMutation({
    mutationFn: () => researchClient().data(study, player),
    onSuccess: (all) => saveText(JSON.stringify(all, undefined, 2), `${study} ${player}.json`, 'application/json'),
  })
  const erase = useMutation({
    mutationFn: () => researchClient().erase(study, player),
    onSuccess: async () => {
      toast('Everything that the study held of the participant is deleted.')
      await navigate({ to: '/studies/$study', params: { study } })
      await again()
    },
  })
  const error = end.error ?? release.error ?? save.error
  return (
    <div className={styles.actions}>
      <div className={styles.buttons}>
        {playing !== undefined && isEpisode ? (
          <ButtonLink to="/episodes/$episode" params={{ episode: playing }}>
            Watch the episode
          </ButtonLink>
        ) : undefined}
        {playing === undefined || isEpisode ? undefined : (
          <Button onClick={() => end.mutate(playing)} why={end.isPending ? 'The session is being ended.' : undefined}>
            {end.isPending ? 'Ending' : 'End the session'}
          </Button>
        )}
        {waiting === undefined ? undefined : (
          <Button
            onClick={() => release.mutate(waiting.assignment_id)}
            why={release.isPending ? 'The assignment is being taken back.' : undefined}
          >
            {release.isPending ? 'Taking back' : `Take back ${waiting.game_name}`}
          </Button>
        )}
        <Button icon="download" onClick={() => save.mutate()} why={save.isPending ? 'It is being read.' : undefined}>
          Export this participant
        </Button>
        <Button onClick={() => setAsked(true)}>Delete…</Button>
      </div>
      {error ? (
        <p role="alert" className={styles.error}>
          {explain(error).text}
        </p>
      ) : undefined}
      <DeleteDialog
        isOpen={isAsked}
        player={player}
        error={erase.error}
        isBusy={erase.isPending}
        onCancel={() => setAsked(false)}
        onDelete={() => erase.mutate()}
      />
    </div>
  )
}
