// Controls for a person who plays a world without a view of its own: a button for each command that needs one press,
// and a form for the others.
import type { JsonObject } from 'paracosm/protocol'
import { type FormEvent, useMemo, useState } from 'react'
import { Button } from './button.tsx'
import { type CommandChoice, type CommandField, choicesOf, commandOf, pressesOf, readable } from './command-fields.ts'
import styles from './command-form.module.css'
import { AreaField, SelectField, TextField } from './field.tsx'

interface FormWords {
  /** Label of the whole, and of the choice between commands. */
  readonly command: string
  readonly send: string
}

interface CommandFormProps {
  /** JSON Schema of the world's commands. */
  readonly schema: JsonObject
  readonly words?: FormWords
  onSend(command: JsonObject): void
}

const WORDS: FormWords = { command: 'Command', send: 'Send' }

export function CommandForm({ schema, words = WORDS, onSend }: CommandFormProps) {
  const { presses, forms } = useMemo(() => {
    const all = choicesOf(schema).map((choice) => ({ choice, presses: pressesOf(choice) }))
    return {
      presses: all.flatMap((each) => each.presses),
      forms: all.filter((each) => each.presses.length === 0).map(({ choice }) => choice),
    }
  }, [schema])
  const [chosen, setChosen] = useState('0')
  const form = forms[Number(chosen)]
  return (
    <section className={styles.commands} aria-label={words.command}>
      {presses.length === 0 ? undefined : (
        <div className={styles.presses}>
          {presses.map(({ label, command }) => (
            <Button key={label} onClick={() => onSend(command)}>
              {label}
            </Button>
          ))}
        </div>
      )}
      {forms.length < 2 ? undefined : (
        <SelectField
          label={words.command}
          value={chosen}
          options={forms.map(({ label }, index) => ({ id: String(index), label }))}
          onChange={({ target }) => setChosen(target.value)}
        />
      )}
      {form === undefined ? undefined : <Fields key={chosen} form={form} words={words} onSend={onSend} />}
    </section>
  )
}

interface FieldsProps {
  readonly form: CommandChoice
  readonly words: FormWords
  onSend(command: JsonObject): void
}

function Fields({ form, words, onSend }: FieldsProps) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(
      form.fields.flatMap(({ name, isRequired, input }) =>
        isRequired && input.kind === 'choice' ? [[name, '0']] : [],
      ),
    ),
  )
  const [fault, setFault] = useState<string>()
  const send = (event: FormEvent): void => {
    event.preventDefault()
    try {
      onSend(commandOf(form, values))
      setFault(undefined)
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <form className={styles.form} onSubmit={send}>
      {form.fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          fault={field.input.kind === 'json' ? fault : undefined}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <Button type="submit" look="primary">
        {words.send}
      </Button>
    </form>
  )
}

interface FieldProps {
  readonly field: CommandField
  readonly value: string
  readonly fault: string | undefined
  onChange(value: string): void
}

function Field({ field: { name, isRequired, help, input }, value, fault, onChange }: FieldProps) {
  const frame = { label: name === '' ? 'JSON' : readable(name), help, required: isRequired }
  if (input.kind === 'choice' || input.kind === 'switch') {
    const options =
      input.kind === 'switch'
        ? ['false', 'true'].map((id) => ({ id, label: id === 'true' ? 'yes' : 'no' }))
        : input.options.map((option, index) => ({ id: String(index), label: readable(String(option)) }))
    const all = isRequired ? options : [{ id: '', label: '–' }, ...options]
    return <SelectField {...frame} value={value} options={all} onChange={({ target }) => onChange(target.value)} />
  }
  if (input.kind === 'json') {
    return (
      <AreaField
        {...frame}
        error={fault}
        rows={3}
        placeholder="JSON"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    )
  }
  const limits =
    input.kind === 'number'
      ? { type: 'number', step: input.isWhole ? 1 : 'any', min: input.minimum, max: input.maximum }
      : { type: 'text', maxLength: input.maxLength }
  return <TextField {...frame} {...limits} value={value} onChange={({ target }) => onChange(target.value)} />
}
