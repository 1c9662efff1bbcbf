// What a participant did, with the time since the step before; forms open to their answers.
import { Link } from '@tanstack/react-router'
import type { ParticipantTimeline } from 'paracosm/protocol'
import { duration, fullDate } from '../../data/words.ts'
import styles from './person.module.css'
import { type TimelineEvent, timelineEvents } from './timeline-events.ts'

interface TimelineProps {
  readonly study: string
  readonly data: ParticipantTimeline
  /** The session whose transcript is shown. */
  readonly shown: string | undefined
}

export function Timeline({ study, data, shown }: TimelineProps) {
  const events = timelineEvents(data)
  return (
    <ol className={styles.timeline}>
      {events.map((event, index) => (
        <Event
          key={`${event.at} ${event.what} ${event.about}`}
          study={study}
          player={data.participant.player_id}
          event={event}
          isNewDay={dayOf(event.at) !== dayOf(events[index - 1]?.at ?? 0)}
          since={index === 0 ? undefined : event.at - (events[index - 1]?.at ?? event.at)}
          isShown={event.session !== undefined && event.session === shown}
        />
      ))}
    </ol>
  )
}

const dayOf = (at: number): string => new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })

interface EventProps {
  readonly study: string
  readonly player: string
  readonly event: TimelineEvent
  /** Milliseconds since the previous step. */
  readonly since: number | undefined
  readonly isShown: boolean
  /** Whether the previous step was on another day. */
  readonly isNewDay: boolean
}

function Event({ study, player, event, since, isShown, isNewDay }: EventProps) {
  const time = new Date(event.at).toLocaleTimeString('en-GB')
  return (
    <li className={isShown ? styles.eventHere : styles.event}>
      <time title={fullDate(event.at)}>
        {isNewDay ? `${dayOf(event.at)} ` : ''}
        {time}
      </time>
      <div>
        <p>
          <b>{event.what}</b>
          {event.about === undefined ? undefined : <span> {event.about}</span>}
          {event.session === undefined ? undefined : (
            <>
              {' '}
              <Link
                to="/studies/$study/participants/$player"
                params={{ study, player }}
                search={{ session: event.session }}
                resetScroll={false}
                replace
                {...(isShown ? { 'aria-current': true } : {})}
              >
                Transcript
              </Link>
            </>
          )}
        </p>
        {event.answers === undefined || event.answers.length === 0 ? undefined : (
          <details>
            <summary>Answers</summary>
            <dl className={styles.answers}>
              {event.answers.map(({ prompt, answer }) => (
                <div key={prompt}>
                  <dt>{prompt}</dt>
                  <dd>{answer}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
      <span className={styles.since}>{since === undefined || since < 1000 ? '' : `+ ${duration(since)}`}</span>
    </li>
  )
}
