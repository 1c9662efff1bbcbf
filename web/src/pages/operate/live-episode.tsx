// A live episode, and a form to stop it with a reason, which its journal records.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { EpisodeSummary } from 'paracosm/protocol'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { operatorClient } from '../../data/operator.ts'
import { ago, playerList } from '../../data/words.ts'
import styles from './operate.module.css'
import { StopForm } from './stop-form.tsx'

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
  const cache = useQueryClient()
  const stop = useMutation({
    mutationFn: (reason: string) => operatorClient().episodes.end(id, reason),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['episodes'] }),
  })
  return (
    <StopForm
      action="Stop the episode"
      help="Its journal keeps the reason; the standing becomes the result."
      isPending={stop.isPending}
      error={stop.error}
      onStop={(reason) => stop.mutate(reason)}
      onCancel={onCancel}
    />
  )
}
