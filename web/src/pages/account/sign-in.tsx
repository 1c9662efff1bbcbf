// Registers a player, or accepts an existing key. Used on the account page, and wherever a key is needed.
import { useMutation, useQuery } from '@tanstack/react-query'
import { ClientError, createClient } from 'paracosm/client'
import type { Registration } from 'paracosm/protocol'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { serverConfigQuery, signIn } from '../../data/account.ts'
import { apiClient } from '../../data/client.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './sign-in.module.css'

const WAYS = [
  { id: 'register', label: 'I am new here' },
  { id: 'key', label: 'I have a key' },
] as const

export function SignIn() {
  const [way, setWay] = useState<(typeof WAYS)[number]['id']>('register')
  const { data: config } = useQuery(serverConfigQuery)
  if (config && !config.registration_enabled) return <PasteKey />
  return (
    <div className={styles.box}>
      <Segmented label="How to sign in" options={WAYS} chosen={way} onChoose={(id) => setWay(id)} />
      {way === 'register' ? <Register /> : <PasteKey />}
    </div>
  )
}

const EMPTY: Registration = {
  full_name: '',
  email: '',
  phone_number: '',
  consent_signature: '',
  consent_to_followup: false,
}

function Register() {
  const [form, setForm] = useState(EMPTY)
  const register = useMutation({
    mutationFn: (given: Registration) => apiClient().register(given),
    onSuccess: ({ api_key }) => signIn(api_key),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    register.mutate(form)
  }
  const text = (name: 'full_name' | 'email' | 'phone_number' | 'consent_signature') => ({
    value: form[name],
    required: true,
    onChange: ({ target }: { target: HTMLInputElement }) => setForm({ ...form, [name]: target.value }),
  })
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField label="Name" autoComplete="name" maxLength={500} {...text('full_name')} />
      <TextField label="Email" type="email" autoComplete="email" maxLength={500} {...text('email')} />
      <TextField label="Phone" type="tel" autoComplete="tel" maxLength={100} {...text('phone_number')} />
      <TextField
        label="Signature"
        help="Type your name to agree that what you say in games is stored on this server."
        maxLength={500}
        {...text('consent_signature')}
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={form.consent_to_followup}
          onChange={({ target }) => setForm({ ...form, consent_to_followup: target.checked })}
        />
        <span>The operator may write to me about these games.</span>
      </label>
      {register.error ? <Notice>{explain(register.error).text}</Notice> : undefined}
      <Button type="submit" look="primary" why={register.isPending ? 'Your registration is on its way.' : undefined}>
        {register.isPending ? 'Registering' : 'Register'}
      </Button>
    </form>
  )
}

function PasteKey() {
  const [key, setKey] = useState('')
  const check = useMutation({
    mutationFn: (given: string) => createClient({ url: location.origin, key: given }).authenticate(),
    onSuccess: () => signIn(key.trim()),
  })
  const isUnknown = check.error instanceof ClientError && check.error.code === 'UNAUTHORIZED'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    check.mutate(key.trim())
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label="Key"
        type="password"
        autoComplete="current-password"
        required
        value={key}
        onChange={({ target }) => setKey(target.value)}
        help="It was shown when you registered."
        error={isUnknown ? 'No player of this server has this key.' : undefined}
      />
      {check.error && !isUnknown ? <Notice>{explain(check.error).text}</Notice> : undefined}
      <Button type="submit" look="primary" why={check.isPending ? 'The key is being checked.' : undefined}>
        {check.isPending ? 'Checking' : 'Sign in'}
      </Button>
    </form>
  )
}
