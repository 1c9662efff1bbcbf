// The conversation: scenes in serif, the player's actions hanging at the right, refusals with what they cost.
import { useEffect, useRef } from 'react'
import { Button } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { Mark } from '../../components/mark.tsx'
import { useLater } from '../../shell/opening.tsx'
import styles from './chat.module.css'
import type { ChatLog, Entry } from './chat-log.ts'
import { useChatWords } from './chat-words.ts'
import { Feedback } from './feedback.tsx'
import { Prose } from './prose.tsx'

interface TranscriptProps {
  readonly session: string
  readonly log: ChatLog
  /** When the current input was sent; undefined: there is none. */
  readonly sentAt: number | undefined
  /** Puts a text back into the composer. */
  onEdit(text: string): void
}

export function Transcript({ session, log, sentAt, onEdit }: TranscriptProps) {
  const end = useRef<HTMLDivElement>(null)
  const { entries, streaming, isWaiting } = log
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when something new has come
  useEffect(() => {
    void end.current?.scrollIntoView({ block: 'end' })
  }, [entries.length, streaming.length > 0, isWaiting])
  const lastScene = entries.findLast(({ kind }) => kind === 'scene')
  return (
    <div className={styles.transcript}>
      {entries.map((entry) => (
        <EntryView key={entry.key} entry={entry} session={session} isLast={entry === lastScene} onEdit={onEdit} />
      ))}
      {streaming === '' ? undefined : (
        <article className={styles.scene} aria-busy>
          <p className={styles.world}>
            {streaming}
            <span className={styles.caret} aria-hidden />
          </p>
        </article>
      )}
      {isWaiting && streaming === '' ? <Waiting key={sentAt} /> : undefined}
      <Announcer text={lastScene?.kind === 'scene' ? lastScene.text : ''} />
      <div ref={end} />
    </div>
  )
}

/** Assistive technology announces only finished scenes. */
function Announcer({ text }: { text: string }) {
  return (
    <p role="log" aria-live="polite" className={styles.hidden}>
      {text}
    </p>
  )
}

interface EntryProps {
  readonly entry: Entry
  readonly session: string
  readonly isLast: boolean
  onEdit(text: string): void
}

function EntryView({ entry, session, isLast, onEdit }: EntryProps) {
  const words = useChatWords()
  if (entry.kind === 'info') return <Prose text={entry.text} voice="game" />
  if (entry.kind === 'scene') {
    return (
      <article className={styles.scene} id={`turn-${entry.turn}`}>
        <a className={styles.turn} href={`#turn-${entry.turn}`}>
          {words.turn} {entry.turn}
        </a>
        <Prose text={entry.text} voice="world" />
        {entry.event === null ? undefined : <Feedback session={session} event={entry.event} isLast={isLast} />}
      </article>
    )
  }
  return <Said entry={entry} onEdit={onEdit} />
}

function Said({ entry, onEdit }: { entry: Extract<Entry, { kind: 'said' }>; onEdit(text: string): void }) {
  const words = useChatWords()
  const isPlayed = entry.state === 'played' || entry.state === 'sent'
  return (
    <div className={styles.said}>
      <p className={isPlayed ? styles.action : styles.refusedAction}>
        <Mark slot={0} />
        <span>{entry.text}</span>
      </p>
      {isPlayed ? undefined : (
        <div className={entry.state === 'refused' ? styles.refusal : styles.fault}>
          {entry.state === 'refused' ? (
            <p>
              <Chip kind="refused">{words.notPlayed}</Chip> <span className={styles.cost}>{words.cost}</span>
            </p>
          ) : undefined}
          {entry.reasons.map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
          <Button onClick={() => onEdit(entry.text)}>{words.edit}</Button>
        </div>
      )}
    </div>
  )
}

const SOON_MS = 2000
const SLOW_MS = 10_000

function Waiting() {
  const words = useChatWords()
  const isSoon = useLater(SOON_MS)
  const isSlow = useLater(SLOW_MS)
  const word = isSlow ? words.slow : isSoon ? words.reading : words.sent
  return (
    <p role="status" className={styles.waiting}>
      {word}
    </p>
  )
}
