// A new study: from a template or from a file, checked while it is written. What is typed is kept in this browser.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ChangeEvent, useEffect, useId, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { researchClient, researchStudiesQuery } from '../../data/research.ts'
import { useStore } from '../../data/store.ts'
import { explain } from '../../shell/error-page.tsx'
import { Gate } from './admin-key.tsx'
import { forgetDraft, keepDraft, readDraft } from './draft.ts'
import styles from './editor.module.css'
import { StudyEditor } from './study-editor.tsx'
import { STUDY_TEMPLATES } from './templates.ts'

const DRAFT = 'new'

export function NewStudyPage() {
  useTitle('New study')
  const key = useStore(operatorKeyStore)
  const { data, error, refetch } = useQuery(researchStudiesQuery(key))
  return (
    <Gate error={error} hasData={data !== undefined} onAgain={() => void refetch()}>
      <ReadingPage>
        <PageTitle above={<Link to="/studies">Studies</Link>}>New study</PageTitle>
        <NewStudy />
      </ReadingPage>
    </Gate>
  )
}

function NewStudy() {
  const [source, setSource] = useState(() => readDraft(DRAFT) ?? '')
  useEffect(() => keepDraft(DRAFT, source), [source])
  const cache = useQueryClient()
  const navigate = useNavigate()
  const save = useMutation({
    mutationFn: () => researchClient().put(source, null),
    onSuccess: async ({ name }) => {
      forgetDraft(DRAFT)
      await cache.invalidateQueries({ queryKey: ['research'] })
      await navigate({ to: '/studies/$study', params: { study: name }, search: { tab: 'invite' } })
    },
  })
  if (source === '') return <Beginnings onChoose={setSource} />
  return (
    <StudyEditor
      source={source}
      onChange={setSource}
      actions={({ isValid, isChecking }) => (
        <div className={styles.save}>
          {save.error ? (
            <p role="alert" className={styles.error}>
              {explain(save.error).text}
            </p>
          ) : undefined}
          <div className={styles.saveButtons}>
            <Button
              look="primary"
              onClick={() => save.mutate()}
              why={
                save.isPending
                  ? 'The study is being saved.'
                  : isChecking
                    ? 'The file is being checked.'
                    : isValid
                      ? undefined
                      : 'Correct the mistakes first.'
              }
            >
              {save.isPending ? 'Saving' : 'Create the study'}
            </Button>
            <Button look="bare" onClick={() => setSource('')}>
              Start over
            </Button>
          </div>
        </div>
      )}
    />
  )
}

function Beginnings({ onChoose }: { onChoose(source: string): void }) {
  const id = useId()
  const read = async ({ target }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [file] = target.files ?? []
    if (file) onChoose(await file.text())
  }
  return (
    <>
      <ul className={styles.templates} aria-label="Templates">
        {STUDY_TEMPLATES.map((template) => (
          <li key={template.id}>
            <h2>{template.title}</h2>
            <p>{template.about}</p>
            <Button onClick={() => onChoose(template.source)} aria-label={`Begin with this: ${template.title}`}>
              Begin with this
            </Button>
          </li>
        ))}
      </ul>
      <div className={styles.fromFile}>
        <label htmlFor={id}>Or open a study file (YAML):</label>
        <input id={id} type="file" accept=".yml,.yaml,text/yaml" onChange={(event) => void read(event)} />
      </div>
    </>
  )
}
