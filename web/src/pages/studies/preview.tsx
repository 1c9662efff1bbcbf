// A study as its participants will see it: consent, and every form with the controls of the participant pages. Input is
// not stored.
import type { CheckedStudy, StudyForm } from 'paracosm/protocol'
import { type ReactNode, useState } from 'react'
import { count } from '../../data/words.ts'
import { Prose } from '../chat/prose.tsx'
import { type Drafts, draftKey } from '../study/answers.ts'
import { Question } from '../study/question.tsx'
import participant from '../study/study.module.css'
import { WordsContext } from '../study/use-words.ts'
import { languageOf } from '../study/words.ts'
import styles from './editor.module.css'

type StudyPreview = NonNullable<CheckedStudy['preview']>

export function Preview({ preview }: { preview: StudyPreview }) {
  const { title, description, consent, forms, games, language, maximum, quota } = preview
  return (
    <WordsContext value={languageOf([language]).words}>
      <div className={styles.card} lang={language}>
        <h2 className={styles.cardTitle}>{title}</h2>
        {description === '' ? undefined : <p className={styles.cardText}>{description}</p>}
        <p className={styles.summary}>
          {count(games.length, 'game')}: {games.join(', ')}. At most {count(maximum, 'conversation')} a person
          {quota === null ? ', without a quota' : `, ${count(quota, 'player')} for each game`}.
        </p>
        {consent === null ? undefined : (
          <Part title={`Consent, version ${consent.version}`}>
            <Prose text={consent.text} voice="world" />
            {consent.signature ? <p className={styles.summary}>The participant signs with a name.</p> : undefined}
          </Part>
        )}
        {forms.map((form) => (
          <Part key={form.name} title={`${form.name} · ${momentOf(form)}`}>
            <FormPreview form={form} />
          </Part>
        ))}
        {forms.length === 0 ? <p className={styles.summary}>The study asks no questions.</p> : undefined}
      </div>
    </WordsContext>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

const MOMENTS = {
  before: 'before everything',
  after: 'after each conversation',
  before_all_assignments: 'before everything',
  before_assignment: 'before each conversation',
  after_assignment: 'after each conversation',
  after_all_assignments: 'at the end',
} as const

const momentOf = (form: StudyForm): string => MOMENTS['trigger' in form ? form.trigger.event : form.before_or_after]

function FormPreview({ form }: { form: StudyForm }) {
  const [drafts, setDrafts] = useState<Drafts>({})
  return (
    <div className={participant.form}>
      {form.questions.map((question) => {
        const key = draftKey(form.name, question.key)
        return (
          <Question
            key={key}
            question={question}
            draft={drafts[key]}
            fault={undefined}
            onDraft={(draft) => setDrafts((known) => ({ ...known, [key]: draft }))}
          />
        )
      })}
    </div>
  )
}
