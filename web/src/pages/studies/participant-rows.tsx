// Participants, one line each: the stages as bars on one axis, ending at the participant's current one.
import { Link } from '@tanstack/react-router'
import type { StudyParticipant } from 'paracosm/protocol'
import { Chip } from '../../components/chip.tsx'
import { ago, fullDate } from '../../data/words.ts'
import styles from './participant-rows.module.css'
import { axisMinutes, type Course, courseOf, STAGE_WORDS, type Standing } from './standing.ts'

export interface ShownParticipant {
  readonly participant: StudyParticipant
  readonly standing: Standing
}

interface RowsProps {
  readonly study: string
  readonly rows: readonly ShownParticipant[]
  /** The server's clock, milliseconds since 1970. */
  readonly now: number
}

const MINUTE = 60_000

export function ParticipantRows({ study, rows, now }: RowsProps) {
  const courses = rows.map(({ participant, standing }) => courseOf(participant, now, standing))
  const axis = axisMinutes(courses)
  return (
    <div>
      <div className={styles.head} aria-hidden>
        <span>Participant</span>
        <span>Source</span>
        <span>Joined</span>
        <span className={styles.axis}>
          <span>0</span>
          <span>{axis / 2}</span>
          <span>{axis} min</span>
        </span>
        <span>Stage</span>
        <span className={styles.right}>In all</span>
        <span>Last seen</span>
        <span>State</span>
      </div>
      <ul className={styles.rows} aria-label="Participants">
        {rows.map((row, index) => (
          <Row
            key={row.participant.player_id}
            study={study}
            row={row}
            course={courses[index] ?? { segments: [], total: 0 }}
            axis={axis * MINUTE}
            now={now}
          />
        ))}
      </ul>
    </div>
  )
}

interface RowProps {
  readonly study: string
  readonly row: ShownParticipant
  readonly course: Course
  /** Milliseconds of the whole axis. */
  readonly axis: number
  readonly now: number
}

function Row({ study, row: { participant, standing }, course, axis, now }: RowProps) {
  const joined = Date.parse(participant.joined_at)
  const seen = Date.parse(participant.active_at)
  const current = participant.assignments.findLast(({ status }) => status === 'in_progress')
  return (
    <li className={styles.row}>
      <Link
        to="/studies/$study/participants/$player"
        params={{ study, player: participant.player_id }}
        className={styles.id}
        title={participant.player_id}
      >
        {shortId(participant.player_id)}
      </Link>
      <span className={styles.source}>{participant.source}</span>
      <time className={styles.joined} title={fullDate(joined)}>
        {clockOf(joined, now)}
      </time>
      <Line course={course} axis={axis} standing={standing} />
      <span className={styles.stage}>
        {STAGE_WORDS[participant.stage]}
        {current && (participant.stage === 'session' || participant.stage === 'episode') ? (
          <small> {current.game_name}</small>
        ) : undefined}
      </span>
      <span className={styles.total}>{lengthWords(course.total)}</span>
      <time className={styles.seen} title={fullDate(seen)}>
        {standing === 'active' || standing === 'stuck' || standing === 'dropped' ? seenWords(seen, now) : ''}
      </time>
      <span className={styles.state}>
        <StandingChip standing={standing} />
      </span>
    </li>
  )
}

/** The end of an id: the beginning is the time, which participants who join together share. */
export const shortId = (id: string): string => id.slice(-6)

const seenWords = (seen: number, now: number): string => (now - seen < MINUTE ? 'now' : ago(seen, now))

/** The hour of today, or the date. */
function clockOf(at: number, now: number): string {
  const date = new Date(at)
  if (date.toDateString() === new Date(now).toDateString()) {
    return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  }
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
}

function lengthWords(ms: number): string {
  const minutes = Math.floor(ms / MINUTE)
  if (minutes < 120) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`
}

export function StandingChip({ standing }: { standing: Standing }) {
  switch (standing) {
    case 'active':
      return 'In progress'
    case 'stuck':
      return <Chip kind="warn">Stuck</Chip>
    case 'dropped':
      return <Chip kind="plain">Dropped out</Chip>
    case 'complete':
      return <Chip kind="proved">Complete</Chip>
    case 'declined':
      return <Chip kind="plain">Declined</Chip>
    case 'withdrawn':
      return <Chip kind="plain">Left</Chip>
    case 'away':
      return <Chip kind="plain">Turned away</Chip>
  }
}

/** Decoration: the words beside it say the same. */
function Line({ course, axis, standing }: { course: Course; axis: number; standing: Standing }) {
  const at = (ms: number): number => Math.min(100, (100 * ms) / axis)
  const last = course.segments.length - 1
  const isHere = standing === 'active' || standing === 'stuck'
  return (
    <span className={styles.line} aria-hidden>
      {course.segments.map(({ from, to }, index) => (
        <span
          key={from}
          className={index === last && isHere ? (standing === 'stuck' ? styles.stuck : styles.here) : styles.part}
          style={{ left: `${at(from)}%`, width: `max(2px, calc(${at(to) - at(from)}% - 2px))` }}
        />
      ))}
      {isHere ? (
        <span
          className={standing === 'stuck' ? styles.diamond : styles.dot}
          style={{ left: `min(${at(course.total)}%, calc(100% - 10px))` }}
        />
      ) : undefined}
    </span>
  )
}
