// Commands around the playhead, by step and slot; an agent's reason is shown below its command.
import { useQuery } from '@tanstack/react-query'
import type { CommandLogRow } from 'paracosm/protocol'
import { useEffect, useMemo } from 'react'
import { Mark } from '../../components/mark.tsx'
import { VirtualList } from '../../components/virtual-list.tsx'
import type { CommandRow } from '../../course/types.ts'
import { operatorClient } from '../../data/operator.ts'
import { useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import type { EpisodePlayer } from '../../playback/player.ts'
import styles from './panel.module.css'
import { useCourseRows } from './use-course.ts'

const ROW = 26
/** Milliseconds between two checks for newer commands of a live episode. */
const CHECK_MS = 1000
/** Maximum rows of the command log that are read for reasons. */
const MAX_REASONS = 1000

const readCommands = (player: EpisodePlayer, from: number, to: number) => player.course.commands(from, to)

export function CommandsTab({ player }: { player: EpisodePlayer }) {
  const { step, summary, isLive, info } = useStore(player.state)
  const rows = useCourseRows<CommandRow>(player, readCommands)
  useEffect(() => {
    if (!isLive) return undefined
    const timer = setInterval(() => void player.catchUp(), CHECK_MS)
    return () => clearInterval(timer)
  }, [player, isLive])
  const names = summary.players.map(({ name }) => name)
  const at = rows.findIndex((row) => row.step >= step - 1)
  if (info?.problem) return <p className={styles.empty}>Commands cannot be read: {info.problem.message}.</p>
  if (rows.length === 0) {
    return <p className={styles.empty}>{isLive ? 'No commands are on record yet.' : 'No commands around this step.'}</p>
  }
  return (
    <>
      <div className={styles.head} aria-hidden="true">
        <span>Step</span>
        <span>Player</span>
        <span>Command</span>
      </div>
      <VirtualList
        label="Commands"
        count={rows.length}
        rowHeight={ROW}
        at={at}
        row={(index) => {
          const row = rows[index]
          const isFirst = rows[index - 1]?.step !== row?.step
          return row ? (
            <Row row={row} isHere={row.step === step - 1} isFirst={isFirst} name={names[row.slot] ?? ''} />
          ) : undefined
        }}
      />
      <Reasons player={player} episode={summary.id} />
    </>
  )
}

function Row({ row, isHere, isFirst, name }: { row: CommandRow; isHere: boolean; isFirst: boolean; name: string }) {
  const text = JSON.stringify(row.command)
  return (
    <div className={`${styles.row} ${isHere ? styles.here : ''}`}>
      <span className={styles.step}>{isFirst ? formatNumber(row.step + 1) : ''}</span>
      <span className={styles.who}>
        <Mark slot={row.slot} size={10} />
        <span>{name}</span>
      </span>
      <code className={row.refused === undefined ? styles.command : styles.refused} title={row.refused ?? text}>
        {row.refused === undefined ? text : `not taken: ${row.refused}`}
        {row.isTimeout ? ' (out of time)' : ''}
      </code>
    </div>
  )
}

/** The agents' reasoning from the command log, which only administrators may read. */
function Reasons({ player, episode }: { player: EpisodePlayer; episode: string }) {
  const { frame } = useStore(player.state)
  const { data } = useQuery({
    queryKey: ['reasons', episode],
    queryFn: () => operatorClient().commands({ episode_id: episode, limit: MAX_REASONS }),
    retry: false,
  })
  const reasons = useMemo(() => data?.entries.filter(({ reasoning }) => reasoning !== '') ?? [], [data])
  const shown = nearest(reasons, frame?.step ?? 0)
  if (!shown) return undefined
  return (
    <figure className={styles.reason}>
      <blockquote>“{shown.reasoning}”</blockquote>
      <figcaption>
        {shown.slot === null ? undefined : <Mark slot={shown.slot} size={10} />} {shown.command}, turn{' '}
        {shown.heartbeat_cycle ?? '?'}. {shown.outcome ?? 'Under way.'}
      </figcaption>
    </figure>
  )
}

/** The last reason given before a step, by the step that the agent's perception names. */
function nearest(rows: readonly CommandLogRow[], step: number): CommandLogRow | undefined {
  const stepOf = (row: CommandLogRow): number => {
    const raw = row.perception_snapshot?.raw_engine_data
    const tick = typeof raw === 'object' && raw !== null && 'tick' in raw ? raw.tick : undefined
    return typeof tick === 'number' ? tick : Number.NaN
  }
  return rows.filter((row) => stepOf(row) <= step).toSorted((a, b) => stepOf(b) - stepOf(a))[0] ?? rows.at(-1)
}
