// The number of participants at each stage, as numbers with bars on one scale.
import type { StudyPeople } from 'paracosm/protocol'
import { formatNumber } from '../../data/words.ts'
import styles from './funnel.module.css'

interface FunnelProps {
  readonly people: StudyPeople
  /** Whether the study asks for consent; default: shown where anybody has consented. */
  readonly hasConsent?: boolean
}

export function Funnel({ people, hasConsent = people.consented > 0 }: FunnelProps) {
  const steps: readonly (readonly [string, number])[] = [
    ['Joined', people.joined],
    ...(hasConsent ? [['Consented', people.consented] as const] : []),
    ['Assigned', people.assigned],
    ['Conversed', people.conversed],
    ['Finished', people.finished],
  ]
  const most = Math.max(1, people.joined)
  return (
    <dl className={styles.funnel}>
      {steps.map(([label, value]) => (
        <div key={label} className={styles.step}>
          <dt>{label}</dt>
          <dd>
            <b>{formatNumber(value)}</b>
            <span className={styles.bar} aria-hidden>
              <span style={{ width: `${(100 * value) / most}%` }} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
