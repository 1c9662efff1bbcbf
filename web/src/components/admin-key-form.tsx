// Asks for the admin key; the server verifies it before the tab keeps it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createClient } from 'paracosm/client'
import { type FormEvent, useState } from 'react'
import { callerQuery, giveOperatorKey } from '../data/operator.ts'
import { explain } from '../shell/error-page.tsx'
import styles from './admin-key-form.module.css'
import { Button } from './button.tsx'
import { TextField } from './field.tsx'

const WRONG = 'The server does not accept this key.'
const NONE = 'This server was started without an admin key, so it accepts none.'

export function AdminKeyForm() {
  const [key, setKey] = useState('')
  const cache = useQueryClient()
  const check = useMutation({
    mutationFn: async (given: string) => {
      const caller = await createClient({ url: location.origin, key: given }).caller()
      if (caller.administrator === 'key') {
        cache.setQueryData(callerQuery(given).queryKey, caller)
        giveOperatorKey(given)
        return undefined
      }
      return caller.has_admin_key ? WRONG : NONE
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (key.trim() !== '') check.mutate(key.trim())
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label="Administrator’s key"
        type="password"
        autoComplete="off"
        required
        value={key}
        onChange={({ target }) => {
          setKey(target.value)
          check.reset()
        }}
        help="Kept in this tab until you close it."
        error={check.error ? explain(check.error).text : check.data}
      />
      <Button type="submit" look="primary" why={check.isPending ? 'The key is being checked.' : undefined}>
        {check.isPending ? 'Checking' : 'Use this key'}
      </Button>
    </form>
  )
}
