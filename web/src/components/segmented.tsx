// A choice between a few options, all visible. The chosen one is ink.
import { useId } from 'react'
import styles from './segmented.module.css'

interface SegmentedProps<T extends string> {
  readonly label: string
  readonly options: readonly { readonly id: T; readonly label: string }[]
  readonly chosen: T
  onChoose(id: T): void
}

export function Segmented<T extends string>({ label, options, chosen, onChoose }: SegmentedProps<T>) {
  const name = useId()
  return (
    <fieldset className={styles.group} aria-label={label}>
      {options.map(({ id, label: text }) => (
        <label key={id} className={styles.option}>
          <input type="radio" name={name} value={id} checked={id === chosen} onChange={() => onChoose(id)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  )
}
