// Recruitment: new links, shown once, the open link, and the settings for recruiting platforms.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { MadeLinks, StudyBoard } from 'paracosm/protocol'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { CopyLine, copyText } from '../../components/copy-line.tsx'
import { TextField } from '../../components/field.tsx'
import { Section } from '../../components/page.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { linkGroupsQuery, researchClient } from '../../data/research.ts'
import { useStore } from '../../data/store.ts'
import { count, formatNumber } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { saveText } from '../study/save.ts'
import styles from './invite.module.css'

/** Maximum links per request. */
const MAX_LINKS = 1000
/** Links that are shown; the file has them all. */
const SHOWN = 20

export function Invite({ board }: { board: StudyBoard }) {
  const [made, setMade] = useState<MadeLinks['links']>([])
  return (
    <div className={styles.invite}>
      <OpenLink board={board} />
      <Section title="Make links">
        <p className={styles.text}>
          A personal link belongs to the first person who opens it, on all of their devices. A reusable link lets in
          everybody who has it.
        </p>
        <LinkForm board={board} onMade={setMade} />
        {made.length === 0 ? undefined : <Made study={board.name} links={made} />}
      </Section>
      <Groups study={board.name} />
    </div>
  )
}

function OpenLink({ board }: { board: StudyBoard }) {
  const address = `${location.origin}/study/${encodeURIComponent(board.name)}`
  return (
    <Section title="Open link">
      {board.has_open_link ? (
        <>
          <p className={styles.text}>Anybody who has this address can join.</p>
          <CopyLine text={address} label="Copy the open link" />
          <p className={styles.text}>For Prolific, which fills in who comes:</p>
          <CopyLine
            text={`${address}?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}`}
            label="Copy the link for Prolific"
          />
          <p className={styles.small}>
            Somebody who comes back by such a link continues where they were. <code>workerId</code> does the same for
            MTurk. <code>study.completion.url</code> in the file leads back to the platform.
          </p>
        </>
      ) : (
        <p className={styles.text}>
          This study has no open link: only links that you make let people in. <code>open_link: true</code> below{' '}
          <code>study:</code> in the file changes that. A reusable link takes the parameters of Prolific too.
        </p>
      )}
    </Section>
  )
}

function LinkForm({ board, onMade }: { board: StudyBoard; onMade(links: MadeLinks['links']): void }) {
  const [kind, setKind] = useState<'personal' | 'reusable'>('personal')
  const [number, setNumber] = useState('20')
  const [label, setLabel] = useState('')
  const cache = useQueryClient()
  const make = useMutation({
    mutationFn: () =>
      researchClient().links(board.name, {
        count: kind === 'reusable' ? 1 : Number(number),
        is_reusable: kind === 'reusable',
        label: label.trim() === '' ? null : label.trim(),
      }),
    onSuccess: async ({ links }) => {
      onMade(links)
      await cache.invalidateQueries({ queryKey: ['research'] })
    },
  })
  const isFine = kind === 'reusable' || (/^[1-9]\d{0,3}$/.test(number.trim()) && Number(number) <= MAX_LINKS)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isFine) make.mutate()
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Segmented<'personal' | 'reusable'>
        label="Kind of links"
        options={[
          { id: 'personal', label: 'Personal links' },
          { id: 'reusable', label: 'One reusable link' },
        ]}
        chosen={kind}
        onChoose={setKind}
      />
      {kind === 'personal' ? (
        <TextField
          label="How many"
          inputMode="numeric"
          value={number}
          onChange={({ target }) => setNumber(target.value)}
          error={isFine ? undefined : `Write a number from 1 to ${formatNumber(MAX_LINKS)}.`}
        />
      ) : undefined}
      <TextField
        label="Label"
        maxLength={200}
        value={label}
        onChange={({ target }) => setLabel(target.value)}
        help="Shown in the monitor as where people came from. It can be left empty."
      />
      {make.error ? (
        <p className={styles.error} role="alert">
          {explain(make.error).text}
        </p>
      ) : undefined}
      <Button type="submit" look="primary" icon="link" why={make.isPending ? 'The links are being made.' : undefined}>
        {make.isPending ? 'Making' : kind === 'personal' ? 'Make the links' : 'Make the link'}
      </Button>
    </form>
  )
}

const addressOf = ({ path }: MadeLinks['links'][number]): string => location.origin + path

function Made({ study, links }: { study: string; links: MadeLinks['links'] }) {
  const [isCopied, setCopied] = useState(false)
  const all = links.map(addressOf).join('\n')
  return (
    <div className={styles.made} role="status">
      <p>
        <b>
          {links.length === 1
            ? 'This link is shown once.'
            : `These ${formatNumber(links.length)} links are shown once.`}
        </b>{' '}
        The server keeps no copy: save them now.
      </p>
      <div className={styles.buttons}>
        <Button icon="copy" onClick={() => void copyText(all).then(setCopied)}>
          {isCopied ? 'Copied' : links.length === 1 ? 'Copy the link' : 'Copy all'}
        </Button>
        <Button icon="download" onClick={() => saveText(csvOf(links), `${study} links.csv`, 'text/csv;charset=utf-8')}>
          Save as CSV
        </Button>
      </div>
      <ol className={styles.links}>
        {links.slice(0, SHOWN).map((link) => (
          <li key={link.token}>
            <code>{addressOf(link)}</code>
          </li>
        ))}
      </ol>
      {links.length > SHOWN ? (
        <p className={styles.small}>{count(links.length - SHOWN, 'more link')} in the copy and in the file.</p>
      ) : undefined}
    </div>
  )
}

function csvOf(links: MadeLinks['links']): string {
  const cell = (text: string): string => {
    // A spreadsheet must not interpret a label as a formula.
    const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
  }
  const rows = links.map((link, index) => [String(index + 1), link.label ?? '', addressOf(link)].map(cell).join(','))
  return ['number,label,link', ...rows, ''].join('\r\n')
}

function Groups({ study }: { study: string }) {
  const key = useStore(operatorKeyStore)
  const { data } = useQuery(linkGroupsQuery(key, study))
  if (!data || data.groups.length === 0) return undefined
  return (
    <Section title="Links so far">
      <ul className={styles.groups} aria-label="Links by label">
        {data.groups.map((group) => (
          <li key={`${group.label} ${group.is_reusable}`}>
            <span>{group.label ?? <i>without a label</i>}</span>
            <span>{group.is_reusable ? count(group.made, 'reusable link') : count(group.made, 'personal link')}</span>
            <span>{group.is_reusable ? '' : `${formatNumber(group.used)} opened`}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
