// A live episode, and how to stop it: with a reason, which its journal keeps.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { EpisodeSummary } from 'paracosm/protocol'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { isOperatorOnly } from '../../components/operator-only.tsx'
import { operatorClient } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { ago, playerList } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './operate.module.css'

export function LiveEpisode({ episode }: { episode: EpisodeSummary }) {
  const [isAsked, setAsked] = useState(false)
  const started = episode.started_at === null ? undefined : Date.parse(episode.started_at)
  return (
    <li className={styles.row}>
      <a className={styles.name} href={`/episodes/${encodeURIComponent(episode.id)}/`}>
        {playerList(episode.players)}
      </a>
      <span>{episode.world?.id ?? 'unknown world'}</span>
      <span>{started === undefined ? '' : ago(started)}</span>
      {isAsked ? undefined : <Button onClick={() => setAsked(true)}>{`Stop ${episode.world?.id ?? 'it'}`}</Button>}
      {isAsked ? <Stop id={episode.id} onCancel={() => setAsked(false)} /> : undefined}
    </li>
  )
}

function Stop({ id, onCancel }: { id: string; onCancel(): void }) {
  const [reason, setReason] = useState('')
  const cache = useQueryClient()
  const stop = useMutation({
    mutationFn: () => operatorClient().episodes.end(id, reason.trim()),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['episodes'] }),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (reason.trim() !== '') stop.mutate()
  }
  return (
    <form className={styles.stop} onSubmit={submit}>
      <TextField
        label="Reason"
        help="Its journal keeps the reason; the standing becomes the result."
        required
        maxLength={500}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        error={stop.error ? whyNot(stop.error) : undefined}
      />
      <div className={styles.buttons}>
        <Button type="submit" look="primary" why={stop.isPending ? 'The episode is being stopped.' : undefined}>
          {stop.isPending ? 'Stopping' : 'Stop the episode'}
        </Button>
        <Button look="bare" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

const whyNot = (error: unknown): string =>
  isOperatorOnly(codeOf(error))
    ? 'Only administrators may stop episodes: on the server’s machine, or with the admin key.'
    : explain(error).text
