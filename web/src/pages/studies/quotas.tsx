// How full each game is: completed, being played, held, and open; and how many players each game needs.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { StudyBoard } from 'paracosm/protocol'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { researchClient } from '../../data/research.ts'
import { count, formatNumber } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './quotas.module.css'

export function Quotas({ board }: { board: StudyBoard }) {
  const { arms, reservation_minutes: minutes, strategy, seed } = board
  return (
    <>
      <h2 className={styles.title}>Quotas</h2>
      <ul className={styles.arms}>
        {arms.map((arm) => (
          <Arm key={arm.game_name} arm={arm} />
        ))}
      </ul>
      <p className={styles.small}>
        {minutes === null ? 'Places are not held.' : `Places are held for ${formatNumber(minutes)} minutes.`}{' '}
        Assignment: {strategy.replaceAll('_', ' ')}
        {seed === null ? '' : `, seed ${seed}`}. At most {count(board.maximum, 'conversation')} a person.
      </p>
      <Extend board={board} />
    </>
  )
}

function Arm({ arm }: { arm: StudyBoard['arms'][number] }) {
  const { quota, completed, in_progress: playing, reserved } = arm
  const most = Math.max(1, quota ?? completed + playing + reserved)
  const open = quota === null ? undefined : Math.max(0, quota - completed - playing - reserved)
  const width = (value: number) => ({ width: `${Math.min(100, (100 * value) / most)}%` })
  const parts = [
    playing === 0 ? '' : `${formatNumber(playing)} in progress`,
    reserved === 0 ? '' : `${formatNumber(reserved)} held`,
    open === undefined ? '' : open === 0 ? 'full' : `${formatNumber(open)} open`,
  ].filter((part) => part !== '')
  return (
    <li>
      <div className={styles.arm}>
        <b>{arm.game_name}</b>
        <span>
          <b>{formatNumber(completed)}</b>
          {quota === null ? '' : ` of ${formatNumber(quota)}`}
        </span>
      </div>
      <div className={styles.bar} aria-hidden>
        <span className={styles.done} style={width(completed)} />
        <span className={styles.playing} style={width(playing)} />
        <span className={styles.held} style={width(reserved)} />
      </div>
      <p className={styles.small}>{parts.join(', ') || 'nothing played yet'}</p>
    </li>
  )
}

function Extend({ board }: { board: StudyBoard }) {
  const quota = board.arms[0]?.quota ?? null
  const [text, setText] = useState<string>()
  const cache = useQueryClient()
  const change = useMutation({
    mutationFn: (wanted: number) => researchClient().setQuota(board.name, wanted),
    onSuccess: async () => {
      setText(undefined)
      await cache.invalidateQueries({ queryKey: ['research'] })
    },
  })
  if (text === undefined) {
    return (
      <Button onClick={() => setText(String(quota ?? 20))}>
        {quota === null ? 'Set a quota' : 'Change the quota'}
      </Button>
    )
  }
  const isWhole = /^[1-9]\d{0,6}$/.test(text.trim())
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isWhole) change.mutate(Number(text.trim()))
  }
  return (
    <form className={styles.extend} onSubmit={submit}>
      <TextField
        label="Players for each game"
        inputMode="numeric"
        value={text}
        onChange={({ target }) => setText(target.value)}
        help="Written into the study file; the rest of it stays as it is."
        error={change.error ? explain(change.error).text : isWhole ? undefined : 'Write a whole number above 0.'}
      />
      <div className={styles.buttons}>
        <Button type="submit" look="primary" why={change.isPending ? 'The file is being written.' : undefined}>
          {change.isPending ? 'Saving' : 'Save the quota'}
        </Button>
        <Button look="bare" onClick={() => setText(undefined)}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
