// A YAML field: line numbers, faults next to their lines, and automatic indentation. It is a plain text area, so the
// keyboard, screen readers, undo and phones work as usual.
import type { CheckedStudy } from 'paracosm/protocol'
import { type KeyboardEvent, useId, useMemo, useRef } from 'react'
import styles from './code-field.module.css'

export type Fault = CheckedStudy['faults'][number]

interface CodeFieldProps {
  readonly label: string
  readonly value: string
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
  onChange(value: string): void
  /** Gives the field to the list of faults, which links to lines. */
  readonly field: { current: HTMLTextAreaElement | null }
  /** The id of the list of mistakes. */
  readonly describedBy: string
}

export function CodeField({ label, value, faults, warnings, onChange, field, describedBy }: CodeFieldProps) {
  const id = useId()
  const scrolled = useRef<HTMLDivElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const lines = useMemo(() => value.split('\n'), [value])
  const byLine = useMemo(() => {
    const found = new Map<number, { readonly kind: 'fault' | 'warning'; readonly message: string }>()
    for (const { line, message } of warnings) found.set(line, { kind: 'warning', message })
    for (const { line, message } of faults.toReversed()) found.set(line, { kind: 'fault', message })
    return found
  }, [faults, warnings])
  const onScroll = ({ currentTarget }: { currentTarget: HTMLTextAreaElement }): void => {
    const { scrollTop, scrollLeft } = currentTarget
    if (gutter.current) gutter.current.style.transform = `translateY(${-scrollTop}px)`
    if (scrolled.current) scrolled.current.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`
  }
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <div className={styles.box}>
        <div className={styles.gutter} aria-hidden>
          <div ref={gutter}>
            {lines.map((_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
              <span key={index} className={styles[byLine.get(index + 1)?.kind ?? 'number']}>
                {index + 1}
              </span>
            ))}
          </div>
        </div>
        <div className={styles.text}>
          <div className={styles.under} aria-hidden>
            <div ref={scrolled}>
              {[...byLine].map(([line, { kind, message }]) => (
                <p
                  key={line}
                  className={kind === 'fault' ? styles.faultLine : styles.warningLine}
                  style={{ top: `calc(${line - 1} * var(--line-height) + 12px)` }}
                >
                  <span className={styles.spacer}>{lines[line - 1]}</span>
                  <span className={styles.message}>{message}</span>
                </p>
              ))}
            </div>
          </div>
          <textarea
            ref={field}
            id={id}
            className={styles.area}
            value={value}
            onChange={({ target }) => onChange(target.value)}
            onScroll={onScroll}
            onKeyDown={continueIndentation}
            wrap="off"
            spellCheck={false}
            autoCapitalize="off"
            autoCorrect="off"
            autoComplete="off"
            aria-invalid={faults.length > 0}
            aria-describedby={describedBy}
          />
        </div>
      </div>
    </div>
  )
}

/** A new line has the indentation of the previous one, or two more after `:`. Tab leaves the field, as usual. */
function continueIndentation(event: KeyboardEvent<HTMLTextAreaElement>): void {
  const { key, ctrlKey, metaKey, altKey, shiftKey, currentTarget, nativeEvent } = event
  if (key !== 'Enter' || ctrlKey || metaKey || altKey || shiftKey || nativeEvent.isComposing) return
  const before = currentTarget.value.slice(0, currentTarget.selectionStart)
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const indent = /^ */.exec(line)?.[0] ?? ''
  const deeper = /:\s*[|>]?\s*$/.test(line) ? '  ' : ''
  if (indent === '' && deeper === '') return
  event.preventDefault()
  // Keeps the browser's undo history, unlike setting the value.
  document.execCommand('insertText', false, `\n${indent}${deeper}`)
}

/** Moves the caret to a fault, and scrolls it into view. */
export function goTo(field: HTMLTextAreaElement, { line, column }: Pick<Fault, 'line' | 'column'>): void {
  const lines = field.value.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0)
  const at = Math.min(field.value.length, start + Math.max(0, column - 1))
  field.focus()
  field.setSelectionRange(at, at)
  const height = Number.parseFloat(getComputedStyle(field).lineHeight)
  field.scrollTop = Math.max(0, (line - 1) * height - field.clientHeight / 2)
}
