// The panel next to the conversation: the game, its progress, who plays whom, and what answers.
import { useQuery } from '@tanstack/react-query'
import type { Reconstruction } from 'paracosm/protocol'
import { charactersQuery, gamesQuery, modelsQuery } from '../../data/text-games.ts'
import styles from './chat.module.css'
import type { ChatLog } from './chat-log.ts'

interface SidePanelProps {
  readonly log: ChatLog
  readonly record: Reconstruction | undefined
  /** Whether it covers the page: on narrow screens a button opens it. */
  readonly isOpen: boolean
}

export function SidePanel({ log, record, isOpen }: SidePanelProps) {
  const { data: games } = useQuery(gamesQuery)
  const { data: characters } = useQuery(charactersQuery)
  const { data: models } = useQuery(modelsQuery)
  const name = record?.session.game_name
  const game = games?.find((each) => each.name === name)
  const sheet = (hid: string): string | undefined => characters?.find((each) => each.hid === hid)?.short_description
  const limit = turnLimit(record?.session.game_config_snapshot)
  return (
    <aside className={isOpen ? `${styles.side} ${styles.sideOpen}` : styles.side} aria-label="About this game">
      <section>
        <h2>Game</h2>
        <p className={styles.strong}>{game?.name ?? ''}</p>
        <p>{game?.description}</p>
      </section>
      <section>
        <p className={styles.meter}>
          <span>Turn</span>
          <span>
            <strong>{log.turns}</strong>
            {limit === undefined ? '' : ` of ${limit}`}
          </span>
        </p>
        {limit === undefined ? undefined : <meter min={0} max={limit} value={log.turns} aria-label="Turns played" />}
      </section>
      {log.pc === '' ? undefined : (
        <section>
          <h2>Your character</h2>
          <p className={styles.strong}>{log.pc}</p>
          <p>{sheet(log.pc)}</p>
        </section>
      )}
      {log.npc === '' ? undefined : (
        <section>
          <h2>With you</h2>
          <p className={styles.strong}>{log.npc}</p>
        </section>
      )}
      {models ? (
        <p className={styles.small}>
          {models.kind === 'model'
            ? `Played by ${models.models.updater_model}.`
            : 'Characters are played by a rule-based stand-in. Connect a model to have real conversations.'}{' '}
          Your words are stored on this server.
        </p>
      ) : undefined}
    </aside>
  )
}

/** The smallest number of turns after which the game stops; undefined: it has no such limit. */
function turnLimit(snapshot: unknown): number | undefined {
  if (typeof snapshot !== 'object' || snapshot === null || !('stopping_conditions' in snapshot)) return undefined
  const conditions = snapshot.stopping_conditions
  if (typeof conditions !== 'object' || conditions === null || !('turns' in conditions)) return undefined
  const turns = Array.isArray(conditions.turns) ? conditions.turns : []
  const limits = turns.flatMap((each) => /^>=(\d+)$/.exec(String(each))?.[1] ?? []).map(Number)
  return limits.length === 0 ? undefined : Math.min(...limits)
}
