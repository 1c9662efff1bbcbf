// The player's feedback on a scene. One press stores it; afterwards it is one line with Change.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Feedback as StoredFeedback } from 'paracosm/protocol'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { apiClient } from '../../data/client.ts'
import { recordQuery } from '../../data/text-games.ts'
import styles from './feedback.module.css'

const CHOICES = [
  { id: 'liked', label: 'Believable' },
  { id: 'out_of_character', label: 'Out of character' },
  { id: 'doesnt_make_sense', label: 'Contradicts itself' },
  { id: 'other', label: 'Something else' },
] as const
type ChoiceId = (typeof CHOICES)[number]['id']

export function Feedback({ session, event, isLast }: { session: string; event: string; isLast: boolean }) {
  const { data } = useQuery(recordQuery(session))
  const stored = StoredFeedback.nullish().safeParse(data?.events.find(({ event_id }) => event_id === event)?.feedback)
  const given = stored.success && stored.data ? CHOICES.find(({ id }) => stored.data?.[id]) : undefined
  const [chosen, setChosen] = useState<ChoiceId | undefined>()
  const [isChanging, setChanging] = useState(false)
  const [note, setNote] = useState<string>()
  const cache = useQueryClient()
  const store = useMutation({
    mutationFn: (choice: ChoiceId) =>
      apiClient().setFeedback(session, event, {
        liked: choice === 'liked',
        doesnt_make_sense: choice === 'doesnt_make_sense',
        out_of_character: choice === 'out_of_character',
        other: choice === 'other',
        comment: note ?? '',
      }),
    onSuccess: (_answer, choice) => {
      setChosen(choice)
      setChanging(false)
      setNote(undefined)
      void cache.invalidateQueries(recordQuery(session))
    },
  })
  const shown = CHOICES.find(({ id }) => id === chosen) ?? given
  if (shown && !isChanging) {
    return (
      <p className={styles.given}>
        You said: {shown.label.toLowerCase()}.{' '}
        <Button look="bare" onClick={() => setChanging(true)}>
          Change
        </Button>
      </p>
    )
  }
  return (
    <div className={isLast || isChanging ? styles.feedback : styles.quietFeedback}>
      {CHOICES.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          className={styles.pill}
          onClick={() => (id === 'other' ? setNote(note ?? '') : store.mutate(id))}
        >
          {label}
        </button>
      ))}
      {note === undefined ? undefined : (
        <form
          className={styles.note}
          onSubmit={(submitted) => {
            submitted.preventDefault()
            store.mutate('other')
          }}
        >
          <label>
            What is wrong?
            <input value={note} maxLength={2000} onChange={({ target }) => setNote(target.value)} />
          </label>
          <Button type="submit">Store</Button>
        </form>
      )}
      {store.error ? <span role="alert">It was not stored. Press again to retry.</span> : undefined}
    </div>
  )
}
