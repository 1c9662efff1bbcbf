// A record as text: names and values in two columns, nested ones indented, long ones folded. Never raw JSON.
import styles from './facts.module.css'

/** Entries of a list or record that are shown before the rest is folded. */
const SHOWN = 12
/** Maximum length of a list on one line, in characters. */
const LINE = 80
/** Levels that are indented; deeper ones are written as text. */
const MAX_DEPTH = 6

export function Facts({ value, depth = 0 }: { value: unknown; depth?: number }) {
  if (!isComposite(value)) return <span className={styles.value}>{textOf(value)}</span>
  const line = asLine(value)
  if (line !== undefined) return <span className={styles.value}>{line}</span>
  if (depth >= MAX_DEPTH) return <code className={styles.value}>{JSON.stringify(value)}</code>
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((each, index): [string, unknown] => [String(index), each])
    : Object.entries(value)
  const rest = entries.slice(SHOWN)
  return (
    <>
      <Entries entries={entries.slice(0, SHOWN)} depth={depth} />
      {rest.length === 0 ? undefined : (
        <details className={styles.rest}>
          <summary>{`${rest.length} more`}</summary>
          <Entries entries={rest} depth={depth} />
        </details>
      )}
    </>
  )
}

function Entries({ entries, depth }: { entries: readonly (readonly [string, unknown])[]; depth: number }) {
  return (
    <dl className={styles.facts}>
      {entries.map(([name, each]) => (
        <div key={name} className={isComposite(each) && asLine(each) === undefined ? styles.nested : styles.fact}>
          <dt>{name}</dt>
          <dd>
            <Facts value={each} depth={depth + 1} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

const isComposite = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A short list of plain values, or an empty value, on one line; undefined: it needs more lines. */
function asLine(value: object): string | undefined {
  if (!Array.isArray(value)) return Object.keys(value).length === 0 ? 'nothing' : undefined
  if (value.length === 0) return 'none'
  if (value.some(isComposite)) return undefined
  const line = value.map(textOf).join(', ')
  return line.length <= LINE ? line : undefined
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'not known'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}
