// A verdict on one response: up or down, what is wrong, and a comment.
import type { HitlScenario } from 'paracosm/protocol'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import styles from './scenarios.module.css'

export interface Verdict {
  readonly liked: boolean
  readonly comment: string
  readonly out_of_character: boolean
  readonly doesnt_make_sense: boolean
  readonly other: boolean
}

const FLAGS = [
  { id: 'out_of_character', label: 'Out of character' },
  { id: 'doesnt_make_sense', label: 'Makes no sense' },
  { id: 'other', label: 'Something else' },
] as const

const NONE: Verdict = { liked: true, comment: '', out_of_character: false, doesnt_make_sense: false, other: false }

interface VerdictProps {
  readonly given: HitlScenario['attempts'][number]['evaluator_feedback']
  readonly isSending: boolean
  onGive(verdict: Verdict): void
}

export function VerdictForm({ given, isSending, onGive }: VerdictProps) {
  const [draft, setDraft] = useState<Verdict>(() => ({ ...NONE, ...given }))
  const { comment, out_of_character, doesnt_make_sense, other } = draft
  const give = (liked: boolean) => (event: FormEvent) => {
    event.preventDefault()
    const flags = liked
      ? { out_of_character: false, doesnt_make_sense: false, other: false }
      : { out_of_character, doesnt_make_sense, other }
    onGive({ liked, comment: comment.trim(), ...flags })
  }
  const why = isSending ? 'The verdict is being stored.' : undefined
  return (
    <form className={styles.verdict} aria-label="Verdict" onSubmit={give(true)}>
      {given ? <p>Judged: {given.liked ? 'it holds' : 'it fails'}. Judge again to replace it.</p> : undefined}
      <TextField
        label="Comment"
        maxLength={500}
        value={comment}
        onChange={({ target }) => setDraft({ ...draft, comment: target.value })}
      />
      <fieldset className={styles.flags}>
        <legend>What is wrong, if it fails</legend>
        {FLAGS.map(({ id, label }) => (
          <label key={id}>
            <input
              type="checkbox"
              checked={draft[id]}
              onChange={({ target }) => setDraft({ ...draft, [id]: target.checked })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <div className={styles.bar}>
        <Button type="submit" look="primary" icon="up" why={why}>
          It holds
        </Button>
        <Button icon="down" onClick={give(false)} why={why}>
          It fails
        </Button>
      </div>
    </form>
  )
}
