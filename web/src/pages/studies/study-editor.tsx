// The editor of a study file: checked while it is written, with what participants will see beside it.
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Icon } from '../../components/icon.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { checkQuery } from '../../data/research.ts'
import { useStore } from '../../data/store.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { CodeField, type Fault, goTo } from './code-field.tsx'
import styles from './editor.module.css'
import { Preview } from './preview.tsx'

/** Milliseconds without typing after which the file is checked. */
const PAUSE_MS = 300

interface EditorProps {
  readonly source: string
  onChange(source: string): void
  /** The save actions below. `isValid`: the current file has been checked, and has no faults. */
  actions(at: { readonly isValid: boolean; readonly isChecking: boolean }): ReactNode
}

export function StudyEditor({ source, onChange, actions }: EditorProps) {
  const key = useStore(operatorKeyStore)
  const settled = useSettled(source)
  const check = useQuery(checkQuery(key, settled))
  const field = useRef<HTMLTextAreaElement>(null)
  const problems = useId()
  const [shown, setShown] = useState<'file' | 'preview'>('file')
  const isFresh = settled === source && !check.isPlaceholderData && check.data !== undefined
  const { faults = [], warnings = [], preview = null } = check.data ?? {}
  const go = (fault: Fault): void => {
    setShown('file')
    // On a phone the field exists only once it is shown.
    setTimeout(() => field.current && goTo(field.current, fault), 0)
  }
  return (
    <div className={styles.editor} data-shown={shown}>
      <div className={styles.switch}>
        <Segmented<'file' | 'preview'>
          label="What is shown"
          options={[
            { id: 'file', label: 'File' },
            { id: 'preview', label: 'Preview' },
          ]}
          chosen={shown}
          onChoose={setShown}
        />
      </div>
      <div className={styles.file}>
        <CodeField
          label="Study file (YAML)"
          value={source}
          faults={faults}
          warnings={warnings}
          onChange={onChange}
          field={field}
          describedBy={problems}
        />
        <div id={problems} className={styles.problems}>
          <p role="status" className={faults.length > 0 ? styles.bad : styles.good}>
            {check.error ? (
              explain(check.error).text
            ) : source.trim() === '' ? (
              'The file is empty.'
            ) : !check.data ? (
              'Checking'
            ) : faults.length > 0 ? (
              <>
                <Icon name="warn" size={14} /> {count(faults.length, 'mistake')}
              </>
            ) : (
              <>
                <Icon name="proved" size={14} /> The file has no mistake.
              </>
            )}
          </p>
          <ul>
            {[...faults, ...warnings].map((fault) => (
              <li key={`${fault.line} ${fault.column} ${fault.path} ${fault.message}`}>
                <button type="button" className={styles.problem} onClick={() => go(fault)}>
                  <span className={styles.place}>
                    Line {fault.line}, column {fault.column}
                  </span>
                  <span>{fault.message}</span>
                  <span className={styles.hint}>{fault.hint}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
        {actions({ isValid: isFresh && faults.length === 0, isChecking: !isFresh && check.error === null })}
      </div>
      <section className={styles.preview} aria-label="Preview">
        {preview === null ? (
          <p className={styles.none}>The preview appears once the file has no mistake.</p>
        ) : (
          <Preview preview={preview} />
        )}
      </section>
    </div>
  )
}

function useSettled(source: string): string {
  const [settled, setSettled] = useState(source)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(source), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [source])
  return settled
}
