// The waiting room: the time waited, who is here, and what happens if no other participant comes.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ParticipantState } from 'paracosm/protocol'
import { useEffect, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { studyClient } from '../../data/client.ts'
import { studyStateQuery } from '../../data/study.ts'
import { canNotify, setSound, wantsSound } from './call.ts'
import { Heading } from './frame.tsx'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'

interface WaitingProps {
  readonly study: string
  readonly accessKey: string
  readonly waiting: ParticipantState['waiting']
}

const SECOND_MS = 1000

export function Waiting({ study, accessKey, waiting }: WaitingProps) {
  const words = useWords()
  const cache = useQueryClient()
  const passed = usePassed(waiting)
  const leave = useMutation({
    mutationFn: () => studyClient(study).leaveRoom(),
    onSuccess: () => cache.invalidateQueries({ queryKey: studyStateQuery(study, accessKey).queryKey }),
  })
  if (!waiting || waiting.size === 1) {
    return (
      <div className={styles.form}>
        <Heading>{words.begins}</Heading>
        <p role="status">{words.gathering}</p>
      </div>
    )
  }
  return (
    <div className={styles.form}>
      <Heading>{words.waiting}</Heading>
      <p>{words.waitingWhy}</p>
      <p role="status">{words.present(waiting.present, waiting.size)}</p>
      <dl className={styles.facts}>
        <dt>{words.waited}</dt>
        <dd>
          <time role="timer">{clock(waiting.waited_ms + passed)}</time>
        </dd>
        <dt>{waiting.on_timeout === 'bot' ? words.thenBegins : words.thenReleased}</dt>
        <dd>
          <time role="timer">{clock(Math.max(0, waiting.left_ms - passed))}</time>
        </dd>
      </dl>
      <Calls />
      {leave.error ? <Trouble error={leave.error} /> : undefined}
      <div className={styles.buttons}>
        <Button onClick={() => leave.mutate()}>{words.stopWaiting}</Button>
      </div>
    </div>
  )
}

/** How to alert a participant who is doing something else. */
function Calls() {
  const words = useWords()
  const [hasSound, setHasSound] = useState(wantsSound)
  const [permission, setPermission] = useState(() => (canNotify() ? Notification.permission : 'denied'))
  return (
    <>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={hasSound}
          onChange={({ target }) => {
            setSound(target.checked)
            setHasSound(target.checked)
          }}
        />
        {words.playSound}
      </label>
      {permission === 'default' ? (
        <Button look="bare" onClick={() => void Notification.requestPermission().then(setPermission)}>
          {words.notify}
        </Button>
      ) : undefined}
      {permission === 'granted' ? <p className={styles.small}>{words.notified}</p> : undefined}
    </>
  )
}

/** Milliseconds since the server's last report of the time waited. */
function usePassed(waiting: ParticipantState['waiting']): number {
  const [passed, setPassed] = useState(0)
  useEffect(() => {
    if (!waiting) return
    const since = performance.now()
    setPassed(0)
    const timer = setInterval(() => setPassed(performance.now() - since), SECOND_MS)
    return () => clearInterval(timer)
  }, [waiting])
  return passed
}

function clock(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
