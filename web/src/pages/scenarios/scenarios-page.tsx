// Characters with scenarios on this server, and how far each is: answered and judged.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { researchClient } from '../../data/research.ts'
import { scenarioListQuery } from '../../data/scenarios.ts'
import { useStore } from '../../data/store.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { Gate } from '../studies/admin-key.tsx'
import styles from './scenarios.module.css'

export function ScenariosPage() {
  useTitle('Scenarios')
  const key = useStore(operatorKeyStore)
  const { data, error, refetch } = useQuery(scenarioListQuery(key))
  if (key !== undefined && !data && !error) return <Opening what="Opening the scenarios" />
  const characters = data?.characters ?? []
  return (
    <Gate error={error} hasData={data !== undefined} onAgain={() => void refetch()}>
      <ReadingPage>
        <PageTitle above={count(characters.length, 'character')}>Scenarios</PageTitle>
        <p className={styles.lead}>
          A character answers messages that put it under pressure, each in a branch of its own; people judge what it
          answers. The verdicts decide whether it is released.
        </p>
        {characters.length === 0 ? <Notice>No character has scenarios on this server yet.</Notice> : undefined}
        <ul className={styles.list} aria-label="Characters">
          {characters.map(({ npc_hid: hid, attempts, unanswered, unjudged, is_answering }) => (
            <li key={hid}>
              <Link to="/scenarios/$character" params={{ character: hid }}>
                {hid}
              </Link>
              <span>
                {count(attempts - unanswered, 'response')} of {attempts}, {unjudged} to judge
                {is_answering ? ', answering now' : ''}
              </span>
            </li>
          ))}
        </ul>
        <NewScenarios />
      </ReadingPage>
    </Gate>
  )
}

function NewScenarios() {
  const [hid, setHid] = useState('')
  const cache = useQueryClient()
  const create = useMutation({
    mutationFn: () => researchClient().hitlCreate(hid.trim()),
    onSuccess: () => {
      setHid('')
      void cache.invalidateQueries({ queryKey: ['research'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <form className={styles.create} onSubmit={submit}>
      <TextField
        label="Character"
        help="Its short name, such as OCTA. Twelve kinds of pressure, and its own contexts."
        value={hid}
        onChange={({ target }) => setHid(target.value)}
        error={create.error ? explain(create.error).text : undefined}
      />
      <Button type="submit" look="primary" why={hid.trim() === '' ? 'Name a character first.' : undefined}>
        Make scenarios
      </Button>
    </form>
  )
}
