// The filters of the log. Applying them writes them to the address.
import { type FormEvent, useId, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { filtersOf, LOG_FILTERS, type LogFilter, type LogFilters } from '../../data/command-log.ts'
import styles from './log.module.css'

const HINTS: Readonly<Partial<Record<LogFilter, string>>> = {
  since: '2026-03-21',
  until: '2026-03-21',
}

export function FilterBar({ filters, onFilter }: { filters: LogFilters; onFilter(filters: LogFilters): void }) {
  const [draft, setDraft] = useState<LogFilters>(filters)
  const id = useId()
  const given = Object.keys(filters).length
  const [isOpen, setOpen] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onFilter(filtersOf(draft))
  }
  return (
    <search className={styles.filters}>
      <div className={styles.filterToggle}>
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {given === 0 ? 'Filters' : `Filters: ${given}`}
        </Button>
      </div>
      <form className={isOpen ? styles.filterFormOpen : styles.filterForm} onSubmit={submit}>
        {LOG_FILTERS.map(({ id: name, label }) => (
          <div key={name} className={styles.filter}>
            <label htmlFor={`${id}-${name}`}>{label}</label>
            <input
              id={`${id}-${name}`}
              value={draft[name] ?? ''}
              placeholder={HINTS[name]}
              maxLength={128}
              spellCheck={false}
              autoComplete="off"
              inputMode={name === 'min_score' ? 'decimal' : 'text'}
              {...(name === 'min_score' ? { type: 'number', step: 'any' } : {})}
              onChange={({ target }) => setDraft({ ...draft, [name]: target.value })}
            />
          </div>
        ))}
        <div className={styles.filterButtons}>
          <Button type="submit" look="primary">
            Apply
          </Button>
          {given === 0 ? undefined : (
            <Button look="bare" onClick={() => onFilter({})}>
              Clear
            </Button>
          )}
        </div>
      </form>
    </search>
  )
}
