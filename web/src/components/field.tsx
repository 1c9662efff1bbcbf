// A field with its label, help and error, associated for assistive technology.
import { type ComponentProps, type ReactNode, useId } from 'react'
import styles from './field.module.css'
import { Icon } from './icon.tsx'

interface Frame {
  readonly label: string
  readonly help?: string | undefined
  readonly error?: string | undefined
}

function FieldFrame({ label, help, error, id, children }: Frame & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children}
      {error === undefined ? undefined : (
        <p id={`${id}-error`} className={styles.error}>
          <Icon name="warn" size={14} />
          {error}
        </p>
      )}
      {help === undefined ? undefined : (
        <p id={`${id}-help`} className={styles.help}>
          {help}
        </p>
      )}
    </div>
  )
}

const describedBy = (id: string, { help, error }: Omit<Frame, 'label'>) => {
  const ids = [error === undefined ? '' : `${id}-error`, help === undefined ? '' : `${id}-help`].filter(Boolean)
  return ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') }
}

export function TextField({ label, help, error, ...rest }: Frame & Omit<ComponentProps<'input'>, 'className' | 'id'>) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} help={help} error={error}>
      <input
        {...rest}
        id={id}
        className={styles.input}
        {...describedBy(id, { help, error })}
        {...(error === undefined ? {} : { 'aria-invalid': true })}
      />
    </FieldFrame>
  )
}

interface SelectProps extends Frame, Omit<ComponentProps<'select'>, 'className' | 'id'> {
  readonly options: readonly { readonly id: string; readonly label: string }[]
}

/** The system's own list: it works everywhere, and is the best one on phones. */
export function SelectField({ label, help, error, options, ...rest }: SelectProps) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} help={help} error={error}>
      <select {...rest} id={id} className={styles.input} {...describedBy(id, { help, error })}>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  )
}

/** A text of several lines. */
export function AreaField({
  label,
  help,
  error,
  ...rest
}: Frame & Omit<ComponentProps<'textarea'>, 'className' | 'id'>) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} help={help} error={error}>
      <textarea
        {...rest}
        id={id}
        className={styles.input}
        {...describedBy(id, { help, error })}
        {...(error === undefined ? {} : { 'aria-invalid': true })}
      />
    </FieldFrame>
  )
}
