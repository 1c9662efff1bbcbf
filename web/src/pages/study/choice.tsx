// The choice of a game, then of one's own character, then of the other one; each list depends on the previous choices.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ParticipantState } from 'paracosm/protocol'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { SelectField } from '../../components/field.tsx'
import { studyClient } from '../../data/client.ts'
import { studyStateQuery } from '../../data/study.ts'
import { charactersQuery, gamesQuery } from '../../data/text-games.ts'
import { Heading } from './frame.tsx'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'

interface ChoiceProps {
  readonly study: string
  readonly accessKey: string
  readonly options: ParticipantState['options']
}

/** The chosen option while it is still offered, otherwise the first. */
const among = <T,>(all: readonly T[], wanted: T | undefined): T | undefined =>
  wanted !== undefined && all.includes(wanted) ? wanted : all[0]

const distinct = <T,>(all: readonly T[]): T[] => [...new Set(all)]

export function Choice({ study, accessKey, options }: ChoiceProps) {
  const words = useWords()
  const cache = useQueryClient()
  const { data: games } = useQuery(gamesQuery)
  const { data: characters } = useQuery(charactersQuery)
  const sheet = (hid: string | null | undefined) => characters?.find((each) => each.hid === hid)?.short_description
  const [wanted, setWanted] = useState<{ game?: string; pc?: string; npc?: string | null }>({})
  const allGames = distinct(options.map(({ game_name }) => game_name))
  const game = among(allGames, wanted.game)
  const ofGame = options.filter(({ game_name }) => game_name === game)
  const pcs = distinct(ofGame.map(({ pc_hid }) => pc_hid))
  const pc = among(pcs, wanted.pc)
  const npcs = distinct(ofGame.filter(({ pc_hid }) => pc_hid === pc).map(({ npc_hid }) => npc_hid))
  const npc = among(npcs, wanted.npc)
  const select = useMutation({
    mutationFn: () => studyClient(study).select({ game_name: game ?? '', pc_hid: pc ?? '', npc_hid: npc ?? null }),
    onSuccess: (state) => cache.setQueryData(studyStateQuery(study, accessKey).queryKey, state),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    select.mutate()
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Heading>{words.choose}</Heading>
      <SelectField
        label={words.game}
        options={allGames.map((id) => ({ id, label: id }))}
        value={game}
        onChange={({ target }) => setWanted({ game: target.value })}
        help={games?.find(({ name }) => name === game)?.description ?? undefined}
      />
      <SelectField
        label={words.youPlay}
        options={pcs.map((id) => ({ id, label: id }))}
        value={pc}
        onChange={({ target }) => setWanted({ ...wanted, pc: target.value })}
        help={sheet(pc)}
      />
      {npcs.length < 2 && npc === null ? undefined : (
        <SelectField
          label={words.youMeet}
          options={npcs.map((id) => ({ id: id ?? '', label: id ?? '' }))}
          value={npc ?? ''}
          onChange={({ target }) => setWanted({ ...wanted, npc: target.value })}
        />
      )}
      {select.error ? <Trouble error={select.error} /> : undefined}
      <div className={styles.buttons}>
        <Button type="submit" look="primary" why={select.isPending ? words.sending : undefined}>
          {select.isPending ? words.sending : words.continue}
        </Button>
      </div>
    </form>
  )
}
