// One command: the agent's perception on the left, its reasoning on the right, the outcome below.
import { useQuery } from '@tanstack/react-query'
import type { CommandLogRow } from 'paracosm/protocol'
import type { ReactNode } from 'react'
import { Chip } from '../../components/chip.tsx'
import { Facts } from '../../components/facts.tsx'
import { Notice } from '../../components/notice.tsx'
import { commandQuery } from '../../data/command-log.ts'
import { formatNumber, fullDate } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './log.module.css'
import { kindOfOutcome } from './outcome.ts'
import type { Log } from './use-log.ts'

interface CommandDetailProps {
  readonly id: number | undefined
  readonly log: Log
  readonly accessKey: string | undefined
}

export function CommandDetail({ id, log, accessKey }: CommandDetailProps) {
  if (id === undefined) {
    return <p className={styles.hint}>Choose a command, or press the down arrow in the list.</p>
  }
  const known = log.pages.at(log.pages.indexOf(id))
  return <Read key={`${id} ${accessKey ?? ''}`} id={id} known={known} accessKey={accessKey} />
}

interface ReadProps {
  readonly id: number
  readonly known: CommandLogRow | undefined
  readonly accessKey: string | undefined
}

function Read({ id, known, accessKey }: ReadProps) {
  const { data: row, error } = useQuery(commandQuery(id, known, accessKey))
  if (error) {
    return (
      <div className={styles.error}>
        <Notice>{explain(error).text}</Notice>
      </div>
    )
  }
  if (!row) return <p className={styles.hint}>Opening command {id}</p>
  return <Shown row={row} />
}

function Shown({ row }: { row: CommandLogRow }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={styles.detail} aria-label={`Command ${row.id}`} tabIndex={0}>
      <p className={styles.spoken} role="status">
        {`Command ${row.id}: ${row.agent_id}, ${row.command}, ${kindOfOutcome(row.outcome)}`}
      </p>
      <div className={styles.halves}>
        <Part title="Perception">
          {row.perception_snapshot === null ? (
            <p className={styles.none}>What the agent saw is not known.</p>
          ) : (
            <Facts value={row.perception_snapshot} />
          )}
        </Part>
        <Part title="Reasoning">
          {row.reasoning === '' ? (
            <p className={styles.none}>The agent gave no reason.</p>
          ) : (
            <p className={styles.reasoning}>{row.reasoning}</p>
          )}
        </Part>
      </div>
      <Part title="Command and outcome">
        <div className={styles.result}>
          <div>
            <code>{row.command}</code>
            <Facts value={row.params} />
          </div>
          <div>
            <Outcome outcome={row.outcome} />
            {row.score === null ? undefined : <p>Score then: {formatNumber(row.score)}</p>}
          </div>
          <Facts value={aboutOf(row)} />
        </div>
      </Part>
    </section>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Outcome({ outcome }: { outcome: string | null }) {
  if (outcome === null) return <p>Under way: there is no outcome yet.</p>
  const kind = kindOfOutcome(outcome)
  const rest = outcome.slice(kind.length).replace(/^:\s*/, '')
  return (
    <p>
      {kind === 'refused' ? <Chip kind="refused">Refused</Chip> : <strong>{kind}</strong>}
      {rest === '' ? undefined : <span>{` ${rest}`}</span>}
    </p>
  )
}

function aboutOf(row: CommandLogRow): Readonly<Record<string, unknown>> {
  const { agent_id, world, episode_id, slot, cell, timestamp, command_id, heartbeat_cycle } = row
  const facts = { agent: agent_id, world, episode: episode_id, slot, cell, turn: heartbeat_cycle, name: command_id }
  const known = Object.entries(facts).filter(([, value]) => value !== null)
  return { number: row.id, ...Object.fromEntries(known), sent: fullDate(Date.parse(timestamp)) }
}
