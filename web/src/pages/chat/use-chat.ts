// The session of a page: opened and closed with it, and folded into a conversation.
import { ClientError, type PlaySession } from 'paracosm/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { apiClient } from '../../data/client.ts'
import { reportTrouble } from '../../data/connection.ts'
import { type ChatLog, EMPTY_LOG, failed, say, take } from './chat-log.ts'

export interface Chat {
  readonly log: ChatLog
  /** Why the session could not be opened, or was lost. */
  readonly error: unknown
  /** When the current input was sent, in milliseconds since 1970. */
  readonly sentAt: number | undefined
  send(text: string): void
  /** Ends the session on the server. */
  close(): Promise<void>
  /** Opens the session again after an error. */
  again(): void
}

export function useChat(id: string): Chat {
  const [log, setLog] = useState(EMPTY_LOG)
  const [error, setError] = useState<unknown>()
  const [sentAt, setSentAt] = useState<number>()
  const [attempt, setAttempt] = useState(0)
  const session = useRef<PlaySession>(undefined)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens the session anew
  useEffect(() => {
    const abort = new AbortController()
    setLog(EMPTY_LOG)
    setError(undefined)
    const follow = async (): Promise<void> => {
      try {
        const opened = await apiClient().play(id, { tokens: true, signal: abort.signal })
        session.current = opened
        for await (const event of opened) setLog((known) => take(known, event))
      } catch (thrown) {
        if (abort.signal.aborted) return
        reportTrouble()
        setError(thrown)
      }
    }
    void follow()
    return () => abort.abort()
  }, [id, attempt])

  const send = useCallback((text: string) => {
    const open = session.current
    if (!open) return
    setLog((known) => say(known, text))
    setSentAt(Date.now())
    open
      .say(text)
      .catch((thrown: unknown) => {
        if (thrown instanceof ClientError && (thrown.code === 'LEFT' || thrown.code === 'ABORTED')) return
        setLog((known) => failed(known, thrown instanceof Error ? thrown.message : String(thrown)))
      })
      .finally(() => setSentAt(undefined))
  }, [])

  const close = useCallback(async () => {
    await session.current?.close()
  }, [])
  return { log, error, sentAt, send, close, again: () => setAttempt((count) => count + 1) }
}
