// What stands where only the operator may look: which right is missing, and the two ways to have it.
import { type FormEvent, useState } from 'react'
import { giveOperatorKey, operatorKeyStore } from '../data/operator.ts'
import { useStore } from '../data/store.ts'
import { Button } from './button.tsx'
import { TextField } from './field.tsx'
import { Notice } from './notice.tsx'
import styles from './operator-only.module.css'

/** Whether a failure says that the caller is not the operator. */
export const isOperatorOnly = (code: string): boolean =>
  code === 'LOCAL_ONLY' || code === 'FORBIDDEN' || code === 'UNAUTHORIZED'

/** @param what begins the sentence: 'The command log' */
export function OperatorOnly({ what }: { what: string }) {
  const given = useStore(operatorKeyStore)
  const [key, setKey] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    giveOperatorKey(key.trim())
    setKey('')
  }
  return (
    <div className={styles.box}>
      <Notice code="LOCAL_ONLY">
        {what} is for the operator of this server. Open this page on the server’s own machine, or give the key that the
        server was started with (<code>paracosm serve --admin-key</code>).
      </Notice>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="Operator’s key"
          type="password"
          autoComplete="off"
          required
          value={key}
          onChange={({ target }) => setKey(target.value)}
          help="Kept in this tab until you close it."
          error={given === undefined ? undefined : 'The server did not accept the key that you gave.'}
        />
        <Button type="submit" look="primary">
          Use this key
        </Button>
      </form>
    </div>
  )
}
