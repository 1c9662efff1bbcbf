// The sheet of one character, or of two side by side with the differences marked.
import { useQuery } from '@tanstack/react-query'
import type { CharacterEntry } from 'paracosm/protocol'
import { Fragment, type ReactNode, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { SelectField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { characterQuery } from '../../data/characters.ts'
import { useWhyNoEdit } from '../../data/operator.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './characters.module.css'
import { EditDialog } from './edit-dialog.tsx'
import { type PairedRow, pairRows, rowsOf, type SheetRow } from './sheet.ts'

interface SheetProps {
  /** The selected character; undefined: none. */
  readonly read: string | undefined
  /** The character next to it. */
  readonly beside: string | undefined
  readonly all: readonly CharacterEntry[]
  onBeside(hid: string): void
  onClose(): void
}

export function Sheet({ read, beside, all, onBeside, onClose }: SheetProps) {
  const first = useQuery(characterQuery(read))
  const second = useQuery(characterQuery(beside))
  const [isEditing, setEditing] = useState(false)
  const whyNot = useWhyNoEdit()
  if (read === undefined) return <p className={styles.hint}>Choose a character to read its sheet.</p>
  const error = first.error ?? second.error
  const options = [
    { id: '', label: 'Nobody' },
    ...all.filter(({ hid }) => hid !== read).map(({ hid }) => ({ id: hid, label: hid })),
  ]
  return (
    <section className={styles.sheet} aria-label={`Sheet of ${read}`}>
      <header className={styles.sheetHead}>
        <h2>{read}</h2>
        <div className={styles.beside}>
          <SelectField
            label="Compare with"
            options={options}
            value={beside ?? ''}
            onChange={({ target }) => onBeside(target.value)}
          />
          <Button
            why={whyNot ?? (first.data ? undefined : 'The sheet is being read.')}
            onClick={() => setEditing(true)}
          >
            Edit
          </Button>
          <Button look="bare" onClick={onClose}>
            Close
          </Button>
        </div>
      </header>
      {isEditing && first.data ? <EditDialog before={first.data} onClose={() => setEditing(false)} /> : undefined}
      {error ? <Notice>{explain(error).text}</Notice> : undefined}
      {first.data && beside !== undefined && second.data ? (
        <Pair names={[read, beside]} rows={pairRows(first.data, second.data)} />
      ) : first.data ? (
        <Alone rows={rowsOf(first.data).filter(({ lines }) => lines.length > 0)} />
      ) : undefined}
    </section>
  )
}

/** The heading of a row's section, where a new one begins. */
function sectionBefore(rows: readonly SheetRow[], index: number): string | undefined {
  const section = rows[index]?.section
  return section === rows[index - 1]?.section ? undefined : section
}

function Alone({ rows }: { rows: readonly SheetRow[] }) {
  return (
    <>
      {rows.map((row, index) => (
        <Fragment key={`${row.section} ${row.name}`}>
          <SectionHead title={sectionBefore(rows, index)} />
          <div className={styles.fact}>
            <h4>{row.name}</h4>
            <Lines lines={row.lines} />
          </div>
        </Fragment>
      ))}
    </>
  )
}

function Pair({ names, rows }: { names: readonly [string, string]; rows: readonly PairedRow[] }) {
  const shown = rows.filter(({ lines, other }) => lines.length > 0 || other.length > 0)
  const differing = shown.filter(({ differs }) => differs).length
  return (
    <>
      <p role="status">{`${count(differing, 'part')} of ${shown.length} differ.`}</p>
      <div className={styles.names} aria-hidden>
        <span />
        {names.map((name) => (
          <strong key={name}>{name}</strong>
        ))}
      </div>
      {shown.map((row, index) => (
        <Fragment key={`${row.section} ${row.name}`}>
          <SectionHead title={sectionBefore(shown, index)} />
          <div className={row.differs ? styles.differing : styles.pair}>
            <h4>
              {row.name} {row.differs ? <Chip kind="plain">Differs</Chip> : undefined}
            </h4>
            <Side name={names[0]}>
              <Lines lines={row.lines} />
            </Side>
            <Side name={names[1]}>
              <Lines lines={row.other} />
            </Side>
          </div>
        </Fragment>
      ))}
    </>
  )
}

function Side({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <span className={styles.sideName}>{name}</span>
      {children}
    </div>
  )
}

function SectionHead({ title }: { title: string | undefined }) {
  return title === undefined ? undefined : <h3 className={styles.section}>{title}</h3>
}

function Lines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return <p className={styles.none}>Nothing is said.</p>
  return (
    <>
      {lines.map((line) => (
        <p key={line} className={styles.line}>
          {line}
        </p>
      ))}
    </>
  )
}
