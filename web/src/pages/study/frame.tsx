// The frame of every participant screen: the study's name, the language, the progress, and the exits. Without the
// application's top bar.
import { type ReactNode, useId } from 'react'
import type { StudyStep } from './progress.ts'
import styles from './study.module.css'
import { useWords } from './use-words.ts'
import { LANGUAGES, type LanguageId } from './words.ts'

interface FrameProps {
  readonly title: string
  readonly language: LanguageId
  onLanguage(id: LanguageId): void
  readonly step?: StudyStep | undefined
  /** Fills the page: the conversation has its own scrolling. */
  readonly isWide?: boolean
  readonly children: ReactNode
  readonly footer?: ReactNode
}

export function Frame({ title, language, onLanguage, step, isWide = false, children, footer }: FrameProps) {
  const words = useWords()
  const id = useId()
  return (
    <div className={styles.study} lang={language}>
      <header className={styles.bar}>
        <p className={styles.name}>{title}</p>
        <label className={styles.hidden} htmlFor={id}>
          {words.language}
        </label>
        <select
          id={id}
          className={styles.language}
          value={language}
          onChange={({ target }) => {
            const found = LANGUAGES.find((each) => each.id === target.value)
            if (found) onLanguage(found.id)
          }}
        >
          {LANGUAGES.map((each) => (
            <option key={each.id} value={each.id} lang={each.id}>
              {each.label}
            </option>
          ))}
        </select>
      </header>
      <div className={isWide ? styles.wide : styles.column}>
        {step ? <Progress step={step} /> : undefined}
        {children}
      </div>
      {footer === undefined ? undefined : <footer className={styles.footer}>{footer}</footer>}
    </div>
  )
}

function Progress({ step: { words, done, total } }: { step: StudyStep }) {
  return (
    <div className={styles.progress}>
      <div className={styles.parts} aria-hidden>
        {Array.from({ length: total }, (_, part) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
          <span key={part} className={part < done ? styles.partDone : part === done ? styles.partNow : styles.part} />
        ))}
      </div>
      <p>{words}</p>
    </div>
  )
}

/** The heading of a screen. It takes the focus, so that screen readers announce the screen. */
export function Heading({ children }: { children: ReactNode }) {
  return (
    <h1 className={styles.heading} tabIndex={-1} ref={(element) => element?.focus({ preventScroll: true })}>
      {children}
    </h1>
  )
}
