// Asks for a reason before something is stopped: the question is the confirmation.
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { isOperatorOnly } from '../../components/operator-only.tsx'
import { codeOf } from '../../data/query-client.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './operate.module.css'

interface StopFormProps {
  /** 'Stop the episode' */
  readonly action: string
  readonly help: string
  readonly isPending: boolean
  readonly error: unknown
  onStop(reason: string): void
  onCancel(): void
}

export function StopForm({ action, help, isPending, error, onStop, onCancel }: StopFormProps) {
  const [reason, setReason] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (reason.trim() !== '') onStop(reason.trim())
  }
  return (
    <form className={styles.stop} onSubmit={submit}>
      <TextField
        label="Reason"
        help={help}
        required
        maxLength={500}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        error={error === null || error === undefined ? undefined : whyNot(error)}
      />
      <div className={styles.buttons}>
        <Button type="submit" look="primary" why={isPending ? 'It is being stopped.' : undefined}>
          {isPending ? 'Stopping' : action}
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
    ? 'Only administrators may do this: on the server’s machine, or with the admin key.'
    : explain(error).text
