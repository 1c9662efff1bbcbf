// Chooses the characters of a text game and starts it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Setup } from 'paracosm/protocol'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { SelectField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { apiClient } from '../../data/client.ts'
import { charactersQuery, setupQuery } from '../../data/text-games.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './play.module.css'

/** Characters of a description that fit beside a name in a list. */
const SHORT = 70
const ANYONE = { id: '', label: 'Anyone: the server draws' }

export function StartGame({ game, onCancel }: { game: string; onCancel(): void }) {
  const { data: setup, error } = useQuery(setupQuery(game))
  const { data: characters } = useQuery(charactersQuery)
  const [pc, setPc] = useState('')
  const [npc, setNpc] = useState('')
  const navigate = useNavigate()
  const cache = useQueryClient()
  const start = useMutation({
    mutationFn: () =>
      apiClient().startSession({
        game,
        source: 'web',
        pc_choice: pc === '' ? null : pc,
        npc_choice: npc === '' ? null : npc,
      }),
    onSuccess: async ({ session_id }) => {
      void cache.invalidateQueries({ queryKey: ['sessions'] })
      await navigate({ to: '/play/$session', params: { session: session_id } })
    },
  })
  if (error) return <Notice>{explain(error).text}</Notice>
  if (setup && !setup.can_start) return <Notice>{setup.message}</Notice>
  const sheets = new Map(characters?.map(({ hid, short_description }) => [hid, short_description]))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    start.mutate()
  }
  return (
    <form className={styles.start} onSubmit={submit}>
      <SelectField
        label="You play"
        options={choices(setup?.pcs, sheets)}
        value={pc}
        onChange={({ target }) => setPc(target.value)}
        help={sheets.get(pc)}
      />
      <SelectField
        label="You meet"
        options={choices(setup?.npcs, sheets)}
        value={npc}
        onChange={({ target }) => setNpc(target.value)}
        help={sheets.get(npc)}
      />
      {start.error ? <Notice>{explain(start.error).text}</Notice> : undefined}
      <div className={styles.buttons}>
        <Button type="submit" look="primary" why={start.isPending ? 'The game is starting.' : undefined}>
          {start.isPending ? 'Starting' : 'Start'}
        </Button>
        <Button look="bare" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

function choices(all: Setup['pcs'] | undefined, sheets: ReadonlyMap<string, string>) {
  return [
    ANYONE,
    ...(all ?? []).map(({ hid, label }) => {
      const sheet = sheets.get(hid) ?? ''
      const short = sheet.length > SHORT ? `${sheet.slice(0, SHORT)}…` : sheet
      return { id: hid, label: short === '' ? label : `${label}: ${short}` }
    }),
  ]
}
