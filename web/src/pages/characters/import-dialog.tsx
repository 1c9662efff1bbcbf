// Imports characters from a file: the effect on each is shown before anything is written.
import { Dialog } from '@base-ui/react/dialog'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { CharacterEntry } from 'paracosm/protocol'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import dialog from '../../components/dialog.module.css'
import { changesOf, type Imported, readImport } from '../../data/character-edit.ts'
import { characterQuery } from '../../data/characters.ts'
import { operatorClient } from '../../data/operator.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { toast } from '../../shell/toasts.tsx'
import styles from './characters.module.css'

interface ImportProps {
  readonly all: readonly CharacterEntry[]
  onClose(): void
}

export function ImportDialog({ all, onClose }: ImportProps) {
  const [found, setFound] = useState<readonly Imported[] | string>()
  const [standing, setStanding] = useState<'ready' | 'busy' | string>('ready')
  const cache = useQueryClient()
  const known = new Set(all.map(({ hid }) => hid))
  const good = Array.isArray(found) ? found.filter(({ sheet }) => sheet !== undefined) : []
  const bad = Array.isArray(found) ? found.length - good.length : 0
  const write = async (): Promise<void> => {
    setStanding('busy')
    let written = 0
    try {
      for (const { sheet } of good) {
        if (sheet) await operatorClient().saveCharacter(sheet)
        written++
      }
      toast(`${count(written, 'character is', 'characters are')} imported.`)
      onClose()
    } catch (error) {
      setStanding(`${written} of ${good.length} were imported, then: ${explain(error).text}`)
    }
    await cache.invalidateQueries({ queryKey: ['character'] })
    await cache.invalidateQueries({ queryKey: ['character-table'] })
    await cache.invalidateQueries({ queryKey: ['character-coverage'] })
  }
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.popup}>
          <Dialog.Title className={dialog.title}>Import characters</Dialog.Title>
          <Dialog.Description className={dialog.text}>
            A JSON file with one character or a list of them, as seed files have them. Nothing is written before you say
            so.
          </Dialog.Description>
          <label className={styles.file}>
            <span>File</span>
            <input
              type="file"
              accept=".json,application/json"
              onChange={({ target }) => {
                const file = target.files?.[0]
                setStanding('ready')
                if (file) void file.text().then((text) => setFound(readImport(text)))
              }}
            />
          </label>
          {typeof found === 'string' ? (
            <p role="alert" className={dialog.error}>
              {found}
            </p>
          ) : undefined}
          {Array.isArray(found) ? (
            <ul className={styles.imported} aria-label="Characters in the file">
              {found.map((each, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a file may name one id twice
                <Row key={index} imported={each} isKnown={known.has(each.hid)} />
              ))}
            </ul>
          ) : undefined}
          {bad > 0 ? <p role="status">{count(bad, 'character is', 'characters are')} left out.</p> : undefined}
          {standing === 'ready' || standing === 'busy' ? undefined : (
            <p role="alert" className={dialog.error}>
              {standing}
            </p>
          )}
          <div className={dialog.actions}>
            <Dialog.Close className={dialog.cancel}>Cancel</Dialog.Close>
            <Button
              look="primary"
              why={
                good.length === 0
                  ? 'No character has been read yet.'
                  : standing === 'busy'
                    ? 'They are being written.'
                    : undefined
              }
              onClick={() => void write()}
            >
              {standing === 'busy' ? 'Importing' : `Import ${count(good.length, 'character')}`}
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Row({ imported: { hid, sheet, fault }, isKnown }: { imported: Imported; isKnown: boolean }) {
  const { data: before } = useQuery(characterQuery(isKnown ? hid : undefined))
  const changes = sheet && before ? changesOf(before, sheet) : []
  return (
    <li>
      <b>{hid}</b>{' '}
      {fault === undefined ? (
        <Chip kind="plain">{isKnown ? 'Change' : 'New'}</Chip>
      ) : (
        <Chip kind="refused">Not a character</Chip>
      )}{' '}
      <span>
        {fault ??
          (isKnown && before
            ? changes.length === 0
              ? 'Nothing changes.'
              : changes.map((name) => name.replaceAll('_', ' ')).join(', ')
            : sheet?.short_description)}
      </span>
    </li>
  )
}
