// Joining: by a personal or reusable link, by the study's open link, or with the key of another device.
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ParticipantState } from 'paracosm/protocol'
import { type FormEvent, useEffect, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { studyClient } from '../../data/client.ts'
import { joinQuery, keepJoined, keepStudyKey } from '../../data/study.ts'
import { Prose } from '../chat/prose.tsx'
import { Heading } from './frame.tsx'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'

/** The link identifies the participant, so nothing is asked. */
export function Joining({ study }: { study: string }) {
  const words = useWords()
  const { data, error, refetch } = useQuery(joinQuery(study))
  useEffect(() => {
    if (data) keepJoined(study, data.api_key)
  }, [data, study])
  if (error) return <Trouble error={error} onAgain={() => void refetch()} />
  return <p role="status">{words.opening}</p>
}

interface WelcomeProps {
  readonly study: string
  readonly info: ParticipantState['study']
  readonly hasOpenLink: boolean
}

export function Welcome({ study, info, hasOpenLink }: WelcomeProps) {
  const words = useWords()
  const join = useMutation({
    mutationFn: () => studyClient(study).join({}),
    onSuccess: ({ api_key }) => keepStudyKey(study, api_key),
  })
  return (
    <div className={styles.screen}>
      <Heading>{info.title}</Heading>
      {info.description.trim() === '' ? undefined : <Prose text={info.description} voice="world" />}
      {hasOpenLink && info.is_open ? (
        <>
          <p>{words.welcomeOpen}</p>
          {join.error ? <Trouble error={join.error} /> : undefined}
          <div className={styles.buttons}>
            <Button look="primary" onClick={() => join.mutate()} why={join.isPending ? words.beginning : undefined}>
              {join.isPending ? words.beginning : words.begin}
            </Button>
          </div>
        </>
      ) : (
        <p role="status">{info.is_open ? words.needsLink : words.closedWhy}</p>
      )}
      <GiveKey study={study} />
    </div>
  )
}

function GiveKey({ study }: { study: string }) {
  const words = useWords()
  const [key, setKey] = useState('')
  const check = useMutation({
    mutationFn: (given: string) => studyClient(study, given).me(),
    onSuccess: () => keepStudyKey(study, key.trim()),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    check.mutate(key.trim())
  }
  return (
    <details className={styles.more}>
      <summary>{words.startedBefore}</summary>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label={words.yourKey}
          type="password"
          autoComplete="off"
          required
          value={key}
          onChange={({ target }) => setKey(target.value)}
          help={words.yourKeyHelp}
          error={check.error ? words.wrongKey : undefined}
        />
        <div className={styles.buttons}>
          <Button type="submit">{words.continueWithKey}</Button>
        </div>
      </form>
    </details>
  )
}
