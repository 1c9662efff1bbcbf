// The characters: a table with filters in the address, the sheet of the selected one, and another next to it.
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { CharacterEntry } from 'paracosm/protocol'
import { useState } from 'react'
import { Button, ButtonLink } from '../../components/button.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { useTitle } from '../../components/page.tsx'
import pane from '../../components/pane-head.module.css'
import {
  type CharacterSearch,
  characterTableQuery,
  filterCharacters,
  readCharacterSearch,
} from '../../data/characters.ts'
import { useWhyNoEdit } from '../../data/operator.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './characters.module.css'
import { EditDialog } from './edit-dialog.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { Sheet } from './sheet-view.tsx'

/** New values of address parameters; blank or undefined removes one. */
type Change = { readonly [Name in keyof CharacterSearch]?: string | undefined }

const ANY = { id: '', label: 'Any' }

export function CharactersPage() {
  useTitle('Characters')
  const search = useSearch({ from: '/characters' })
  const navigate = useNavigate()
  const { data, error } = useQuery(characterTableQuery)
  const change = (by: Change): void =>
    void navigate({ to: '/characters', search: readCharacterSearch({ ...search, ...by }), replace: true })
  const all = data ?? []
  const found = filterCharacters(all, search)
  return (
    <div className={styles.page}>
      <div className={styles.list}>
        <header className={`${pane.head} ${styles.head}`}>
          <h1>Characters</h1>
          <p role="status">{data === undefined ? '' : `${found.length} of ${count(all.length, 'character')}`}</p>
        </header>
        <Tools all={all} onSaved={(hid) => change({ read: hid })} />
        <Filters search={search} labels={labelsOf(all)} onChange={change} />
        {error ? <Notice>{explain(error).text}</Notice> : undefined}
        {data && found.length === 0 ? (
          <Notice
            actions={
              <Button onClick={() => change({ q: undefined, kind: undefined, playable: undefined, label: undefined })}>
                Clear the filters
              </Button>
            }
          >
            No character matches these filters.
          </Notice>
        ) : undefined}
        <ul className={styles.rows} aria-label="Characters">
          {found.map((each) => (
            <li key={each.hid}>
              <Row entry={each} isHere={each.hid === search.read} onRead={() => change({ read: each.hid })} />
            </li>
          ))}
        </ul>
      </div>
      <Sheet
        read={search.read}
        beside={search.with}
        all={all}
        onBeside={(hid) => change({ with: hid === '' ? undefined : hid })}
        onClose={() => change({ read: undefined, with: undefined })}
      />
    </div>
  )
}

/** Coverage for all users; a new character and an import for users with the admin key. */
function Tools({ all, onSaved }: { all: readonly CharacterEntry[]; onSaved(hid: string): void }) {
  const [open, setOpen] = useState<'new' | 'import'>()
  const whyNot = useWhyNoEdit()
  return (
    <div className={styles.tools}>
      <ButtonLink to="/characters/coverage">Coverage</ButtonLink>
      <Button why={whyNot} onClick={() => setOpen('new')}>
        New
      </Button>
      <Button why={whyNot} onClick={() => setOpen('import')}>
        Import
      </Button>
      {whyNot === undefined ? undefined : (
        <p className={styles.whyNot}>
          {whyNot} <Link to="/account">Account</Link>
        </p>
      )}
      {open === 'new' ? (
        <EditDialog
          before={undefined}
          onClose={(saved) => {
            setOpen(undefined)
            if (saved !== undefined) onSaved(saved)
          }}
        />
      ) : undefined}
      {open === 'import' ? <ImportDialog all={all} onClose={() => setOpen(undefined)} /> : undefined}
    </div>
  )
}

const labelsOf = (all: readonly CharacterEntry[]): string[] =>
  [...new Set(all.flatMap(({ common_labels }) => common_labels))].toSorted((a, b) => a.localeCompare(b))

interface FiltersProps {
  readonly search: CharacterSearch
  readonly labels: readonly string[]
  onChange(by: Change): void
}

function Filters({ search, labels, onChange }: FiltersProps) {
  return (
    <search className={styles.filters}>
      <TextField
        label="Words"
        value={search.q ?? ''}
        maxLength={100}
        onChange={({ target }) => onChange({ q: target.value })}
      />
      <SelectField
        label="Kind"
        options={[ANY, { id: 'human', label: 'Human' }, { id: 'other', label: 'Not human' }]}
        value={search.kind ?? ''}
        onChange={({ target }) => onChange({ kind: target.value })}
      />
      <SelectField
        label="Players may be it"
        options={[ANY, { id: 'yes', label: 'Yes' }, { id: 'no', label: 'No' }]}
        value={search.playable ?? ''}
        onChange={({ target }) => onChange({ playable: target.value })}
      />
      <SelectField
        label="Label"
        options={[ANY, ...labels.map((id) => ({ id, label: id }))]}
        value={search.label ?? ''}
        onChange={({ target }) => onChange({ label: target.value })}
      />
    </search>
  )
}

function Row({ entry, isHere, onRead }: { entry: CharacterEntry; isHere: boolean; onRead(): void }) {
  const { hid, is_human, short_description, divergent } = entry
  return (
    <button
      type="button"
      className={isHere ? styles.rowHere : styles.row}
      aria-current={isHere ? 'true' : undefined}
      onClick={onRead}
    >
      <strong>{hid}</strong>
      <span className={styles.short}>{short_description}</span>
      <span className={styles.kind}>{is_human ? `human, ${divergent} divergent` : 'not human'}</span>
    </button>
  )
}
