// One question of a form, of every kind that study files have.
import type { FormQuestion } from 'paracosm/protocol'
import { type ReactNode, useId } from 'react'
import { Icon } from '../../components/icon.tsx'
import { Prose } from '../chat/prose.tsx'
import type { Draft, Fault } from './answers.ts'
import styles from './study.module.css'
import { useWords } from './use-words.ts'

interface QuestionProps {
  readonly question: FormQuestion
  readonly draft: Draft | undefined
  readonly fault: Fault | undefined
  onDraft(draft: Draft): void
}

const INPUTS = {
  number: { type: 'text', inputMode: 'decimal' },
  email: { type: 'email', inputMode: 'email', autoComplete: 'email' },
  phone: { type: 'tel', inputMode: 'tel', autoComplete: 'tel' },
} as const

/** Maximum length of a text, in characters. */
const MAX_TEXT = 20_000
/** Maximum number of options for which numbers are shown as a scale in one row. */
const SCALE = 11

export function Question(props: QuestionProps) {
  const { question, draft, onDraft, fault } = props
  const id = useId()
  const kind = question.answer_type
  if (kind === null) return <Prose text={question.prompt} voice="world" />
  if (kind === 'bool' || kind === 'single_choice' || kind === 'multi_choice') return <Options {...props} />
  const common = {
    id,
    className: styles.input,
    value: typeof draft === 'string' ? draft : '',
    'aria-describedby': fault === undefined ? undefined : `${id}-fault`,
    'aria-invalid': fault === undefined ? undefined : true,
    'aria-required': question.required,
    onChange: ({ target }: { target: { value: string } }) => onDraft(target.value),
  } as const
  return (
    <div className={styles.question}>
      <label htmlFor={id} className={styles.prompt}>
        <Prompt question={question} />
      </label>
      {kind === 'string' ? (
        <textarea {...common} rows={2} maxLength={MAX_TEXT} />
      ) : (
        <input {...common} {...INPUTS[kind]} maxLength={500} />
      )}
      <FaultLine id={`${id}-fault`} fault={fault} />
    </div>
  )
}

function Prompt({ question }: { question: FormQuestion }) {
  const words = useWords()
  return (
    <>
      {question.prompt.trim()}
      {question.required ? undefined : <span className={styles.optional}>{` ${words.optional}`}</span>}
    </>
  )
}

function FaultLine({ id, fault }: { id: string; fault: Fault | undefined }) {
  const words = useWords()
  if (fault === undefined) return undefined
  return (
    <p id={id} className={styles.fault}>
      <Icon name="warn" size={14} /> {fault === 'number' ? words.badNumber : words.missing}
    </p>
  )
}

/** Radio buttons or check boxes, the chosen ones highlighted. */
function Options({ question, draft, fault, onDraft }: QuestionProps) {
  const words = useWords()
  const id = useId()
  const isMany = question.answer_type === 'multi_choice'
  const isBool = question.answer_type === 'bool'
  const labels = isBool ? [words.yes, words.no] : (question.options ?? []).map(String)
  const isScale = !isMany && labels.length <= SCALE && labels.length > 2 && labels.every((label) => /^\d+$/.test(label))
  const isChosen = (index: number): boolean => {
    if (isBool) return draft === (index === 0)
    return typeof draft === 'object' ? draft.includes(index) : draft === index
  }
  const choose = (index: number, isOn: boolean): void => {
    if (isBool) onDraft(index === 0)
    else if (!isMany) onDraft(index)
    else
      onDraft([...(typeof draft === 'object' ? draft : []).filter((each) => each !== index), ...(isOn ? [index] : [])])
  }
  return (
    <Group id={id} question={question} fault={fault}>
      <div className={isScale ? styles.scale : styles.options}>
        {labels.map((label, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place; two may read alike
          <label key={index} className={isChosen(index) ? styles.optionHere : styles.option}>
            <input
              type={isMany ? 'checkbox' : 'radio'}
              name={id}
              checked={isChosen(index)}
              {...(fault !== undefined && index === 0 ? { 'aria-invalid': true } : {})}
              onChange={({ target }) => choose(index, target.checked)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </Group>
  )
}

interface GroupProps {
  readonly id: string
  readonly question: FormQuestion
  readonly fault: Fault | undefined
  readonly children: ReactNode
}

function Group({ id, question, fault, children }: GroupProps) {
  return (
    <fieldset className={styles.question} {...(fault === undefined ? {} : { 'aria-describedby': `${id}-fault` })}>
      <legend className={styles.prompt}>
        <Prompt question={question} />
      </legend>
      {children}
      <FaultLine id={`${id}-fault`} fault={fault} />
    </fieldset>
  )
}
