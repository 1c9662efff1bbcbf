// The file of an existing study: edited, checked, and replaced, with a warning if it already has participants.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { StudyBoard } from 'paracosm/protocol'
import { useEffect, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { researchClient } from '../../data/research.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { toast } from '../../shell/toasts.tsx'
import { saveText } from '../study/save.ts'
import { forgetDraft, keepDraft, readDraft } from './draft.ts'
import styles from './editor.module.css'
import { StudyEditor } from './study-editor.tsx'

export function EditStudy({ board }: { board: StudyBoard }) {
  const place = `study:${board.name}`
  const [source, setSource] = useState(() => readDraft(place) ?? board.source)
  const [isAsked, setAsked] = useState(false)
  const isChanged = source !== board.source
  useEffect(() => (isChanged ? keepDraft(place, source) : forgetDraft(place)), [place, source, isChanged])
  const cache = useQueryClient()
  const save = useMutation({
    mutationFn: () => researchClient().put(source, board.name),
    onSuccess: async () => {
      forgetDraft(place)
      setAsked(false)
      toast('The study file is saved.')
      await cache.invalidateQueries({ queryKey: ['research'] })
    },
  })
  const { joined } = board.people
  return (
    <StudyEditor
      source={source}
      onChange={setSource}
      actions={({ isValid, isChecking }) => (
        <div className={styles.save}>
          {isAsked ? (
            <p role="alert" className={styles.warning}>
              {count(joined, 'person has', 'people have')} joined already. Forms and games that you change count from
              now on; who has answered or played before keeps what was. A new consent version is asked of everybody
              again.
            </p>
          ) : undefined}
          {save.error ? (
            <p role="alert" className={styles.error}>
              {explain(save.error).text}
            </p>
          ) : undefined}
          <div className={styles.saveButtons}>
            <Button
              look="primary"
              onClick={() => (joined > 0 && !isAsked ? setAsked(true) : save.mutate())}
              why={whyNot({ isSaving: save.isPending, isChanged, isChecking, isValid })}
            >
              {save.isPending ? 'Saving' : isAsked ? 'Save all the same' : 'Save the file'}
            </Button>
            {isAsked ? (
              <Button look="bare" onClick={() => setAsked(false)}>
                Not now
              </Button>
            ) : undefined}
            <Button look="bare" icon="download" onClick={() => saveText(source, `${board.name}.yml`, 'text/yaml')}>
              Download
            </Button>
            {isChanged ? (
              <Button look="bare" onClick={() => setSource(board.source)}>
                Back to the saved file
              </Button>
            ) : undefined}
          </div>
        </div>
      )}
    />
  )
}

interface Why {
  readonly isSaving: boolean
  readonly isChanged: boolean
  readonly isChecking: boolean
  readonly isValid: boolean
}

function whyNot({ isSaving, isChanged, isChecking, isValid }: Why): string | undefined {
  if (isSaving) return 'The file is being saved.'
  if (!isChanged) return 'Nothing has changed.'
  if (isChecking) return 'The file is being checked.'
  return isValid ? undefined : 'Correct the mistakes first.'
}
