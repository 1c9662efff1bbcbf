// Minutes of silence after which a participant counts as stuck, and as dropped out. The address keeps both.
import { useId } from 'react'
import { boardRoute } from './address.ts'
import styles from './monitor.module.css'
import type { Limits } from './standing.ts'

const CHOICES = { stuck: [2, 5, 10, 15, 30], dropped: [15, 30, 60, 120, 1440] } as const

export function LimitFields({ limits }: { limits: Limits }) {
  const navigate = boardRoute.useNavigate()
  return (
    <div className={styles.limits}>
      <LimitField
        label="Stuck after"
        value={limits.stuck}
        choices={CHOICES.stuck}
        onChoose={(stuck) => void navigate({ search: (before) => ({ ...before, stuck }), replace: true })}
      />
      <LimitField
        label="Dropped out after"
        value={limits.dropped}
        choices={CHOICES.dropped}
        onChoose={(dropped) => void navigate({ search: (before) => ({ ...before, dropped }), replace: true })}
      />
    </div>
  )
}

interface FieldProps {
  readonly label: string
  readonly value: number
  readonly choices: readonly number[]
  onChoose(minutes: number): void
}

function LimitField({ label, value, choices, onChoose }: FieldProps) {
  const id = useId()
  const all = [...new Set([...choices, value])].toSorted((a, b) => a - b)
  return (
    <span className={styles.limit}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChoose(Number(target.value))}>
        {all.map((minutes) => (
          <option key={minutes} value={minutes}>
            {minutes === 1440 ? '24 hours' : `${minutes} min`}
          </option>
        ))}
      </select>
    </span>
  )
}
