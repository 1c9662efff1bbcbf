// The current forms, on one screen. Input is stored in this browser until the server has it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { StudyForm } from 'paracosm/protocol'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { studyClient } from '../../data/client.ts'
import { studyStateQuery } from '../../data/study.ts'
import { type Drafts, draftKey, faultsOf, toResponses } from './answers.ts'
import { Heading } from './frame.tsx'
import { Question } from './question.tsx'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'

interface FormsProps {
  readonly study: string
  readonly accessKey: string
  readonly forms: readonly StudyForm[]
  readonly group: string
  /** Whether nothing has been played yet. */
  readonly isFirst: boolean
}

export function Forms({ study, accessKey, forms, group, isFirst }: FormsProps) {
  const words = useWords()
  const cache = useQueryClient()
  const place = `paracosm.study-draft.${study}.${group}`
  const [drafts, setDrafts] = useState<Drafts>(() => readDrafts(place))
  const [isTried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const faults = isTried ? faultsOf(forms, drafts) : new Map()
  const [isKept, setKept] = useState(false)
  useEffect(() => setKept(keepDrafts(place, drafts)), [place, drafts])
  const send = useMutation({
    mutationFn: () => studyClient(study).answer(group, toResponses(forms, drafts)),
    onSuccess: (state) => {
      localStorage.removeItem(place)
      cache.setQueryData(studyStateQuery(study, accessKey).queryKey, state)
      scrollTo(0, 0)
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (faultsOf(forms, drafts).size === 0) send.mutate()
    // After the faults are rendered.
    else setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 0)
  }
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate>
      <Heading>{isFirst ? words.questionsFirst : words.questions}</Heading>
      {forms.map(({ name, questions }) => (
        <div key={name} className={styles.form}>
          {questions.map((question) => {
            const key = draftKey(name, question.key)
            return (
              <Question
                key={key}
                question={question}
                draft={drafts[key]}
                fault={faults.get(key)}
                onDraft={(draft) => setDrafts((known) => ({ ...known, [key]: draft }))}
              />
            )
          })}
        </div>
      ))}
      {faults.size > 0 ? (
        <p className={styles.fault} role="alert">
          {words.faults}
        </p>
      ) : undefined}
      {send.error ? <Trouble error={send.error} /> : undefined}
      <div className={styles.buttons}>
        <Button type="submit" look="primary" why={send.isPending ? words.sending : undefined}>
          {send.isPending ? words.sending : words.continue}
        </Button>
        {isKept ? <p className={styles.small}>{words.savedHere}</p> : undefined}
      </div>
    </form>
  )
}

/** False: this browser has no storage, or no space. That must not stop a participant. */
function keepDrafts(place: string, drafts: Drafts): boolean {
  try {
    localStorage.setItem(place, JSON.stringify(drafts))
    return true
  } catch {
    return false
  }
}

function readDrafts(place: string): Drafts {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    return Object.fromEntries(
      Object.entries(kept).flatMap(([key, value]): [string, Drafts[string]][] => {
        if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return [[key, value]]
        if (!Array.isArray(value)) return []
        return [[key, value.filter((each) => typeof each === 'number')]]
      }),
    )
  } catch {
    // The stored value is invalid: the form starts empty.
    return {}
  }
}
