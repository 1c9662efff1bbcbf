// A form for a character: every fault next to its field, and the changes before saving.
import { Dialog } from '@base-ui/react/dialog'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Character } from '../../../../src/protocol/character.ts'
import { Button } from '../../components/button.tsx'
import dialog from '../../components/dialog.module.css'
import { AreaField, SelectField, TextField } from '../../components/field.tsx'
import {
  changesOf,
  type Draft,
  draftOf,
  type Faults,
  FIELDS,
  type FieldId,
  readDraft,
} from '../../data/character-edit.ts'
import { operatorClient } from '../../data/operator.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { toast } from '../../shell/toasts.tsx'
import styles from './characters.module.css'

interface EditProps {
  /** The current version; undefined: a new character. */
  readonly before: Character | undefined
  onClose(saved: string | undefined): void
}

const EMPTY = Character.parse({
  hid: 'NEW',
  authors: [],
  is_human: true,
  pc_eligible: true,
  common_labels: [],
  short_description: '',
  long_description: '',
  abilities: [],
  goals: [],
  hsn_divergence: {},
  dimensions: null,
})

export function EditDialog({ before, onClose }: EditProps) {
  const [draft, setDraft] = useState<Draft>(() => (before ? draftOf(before) : { ...draftOf(EMPTY), hid: '' }))
  const [wasSent, setSent] = useState(false)
  const read = readDraft(draft, before)
  const faults = wasSent && 'faults' in read ? read.faults : {}
  const changes = 'sheet' in read ? changesOf(before, read.sheet) : []
  const save = useSave(onClose)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setSent(true)
    if ('sheet' in read && changes.length > 0) save.mutate(read.sheet)
  }
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose(undefined)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.popup}>
          <Dialog.Title className={dialog.title}>{before ? `Edit ${before.hid}` : 'A new character'}</Dialog.Title>
          <Dialog.Description className={dialog.text}>
            Games that run keep the sheet they began with. The next game has the new one.
          </Dialog.Description>
          <form className={styles.edit} onSubmit={submit} noValidate>
            <Fields draft={draft} isNew={before === undefined} faults={faults} onChange={setDraft} />
            <p role="status" className={styles.changes}>
              {'faults' in read
                ? wasSent
                  ? `${count(Object.keys(read.faults).length, 'field')} must be mended.`
                  : ''
                : changes.length === 0
                  ? 'Nothing has changed yet.'
                  : before === undefined
                    ? 'A new character is added.'
                    : `Changes: ${changes.map((name) => name.replaceAll('_', ' ')).join(', ')}.`}
            </p>
            {save.error ? (
              <p role="alert" className={dialog.error}>
                {explain(save.error).text}
              </p>
            ) : undefined}
            <div className={dialog.actions}>
              <Dialog.Close className={dialog.cancel}>Cancel</Dialog.Close>
              <Button type="submit" look="primary" why={save.isPending ? 'It is being saved.' : undefined}>
                {save.isPending ? 'Saving' : 'Save'}
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

interface FieldsProps {
  readonly draft: Draft
  readonly isNew: boolean
  readonly faults: Faults
  onChange(draft: Draft): void
}

function Fields({ draft, isNew, faults, onChange }: FieldsProps) {
  const area = (id: FieldId, label: string, help?: string) => ({ label, help, error: faults[id] })
  return (
    <>
      <TextField
        label="Id"
        help={isNew ? 'Two to eight capital letters or digits.' : undefined}
        error={faults.hid}
        value={draft.hid}
        readOnly={!isNew}
        maxLength={100}
        onChange={({ target }) => onChange({ ...draft, hid: target.value })}
      />
      <SelectField
        label="Kind"
        value={draft.is_human ? 'human' : 'other'}
        disabled={!isNew}
        options={[
          { id: 'human', label: 'Human' },
          { id: 'other', label: 'Not human' },
        ]}
        onChange={({ target }) => onChange({ ...draft, is_human: target.value === 'human' })}
      />
      <SelectField
        label="Players may be it"
        value={draft.pc_eligible ? 'yes' : 'no'}
        options={[
          { id: 'yes', label: 'Yes' },
          { id: 'no', label: 'No' },
        ]}
        onChange={({ target }) => onChange({ ...draft, pc_eligible: target.value === 'yes' })}
      />
      {FIELDS.map((field) => (
        <AreaField
          key={field.id}
          {...area(field.id, field.label, 'help' in field ? field.help : undefined)}
          rows={field.id === 'long_description' ? 8 : 3}
          value={draft.texts[field.id]}
          onChange={({ target }) => onChange({ ...draft, texts: { ...draft.texts, [field.id]: target.value } })}
        />
      ))}
      <AreaField
        {...area(
          'profile',
          draft.is_human ? 'What it diverges from, as JSON' : 'Its nine dimensions, as JSON',
          'Section, then assumption or dimension, then value and explanation.',
        )}
        rows={8}
        spellCheck={false}
        value={draft.profile}
        onChange={({ target }) => onChange({ ...draft, profile: target.value })}
      />
      <AreaField
        {...area('more', 'Everything else, as JSON')}
        rows={4}
        spellCheck={false}
        value={draft.more}
        onChange={({ target }) => onChange({ ...draft, more: target.value })}
      />
    </>
  )
}

function useSave(onClose: (saved: string | undefined) => void) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (sheet: Character) => operatorClient().saveCharacter(sheet),
    onSuccess: async (hid) => {
      await cache.invalidateQueries({ queryKey: ['character', hid] })
      await cache.invalidateQueries({ queryKey: ['character-table'] })
      await cache.invalidateQueries({ queryKey: ['character-coverage'] })
      toast(`${hid} is saved.`)
      onClose(hid)
    },
  })
}
