// The conversation of a participant: the chat of text games inside the study's frame. A reload or another device
// continues at the same place; at the end, a button leads on.
import { useQueryClient } from '@tanstack/react-query'
import { ClientError } from 'paracosm/client'
import { type ReactNode, useRef, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import pane from '../../components/pane-head.module.css'
import { studyStateQuery } from '../../data/study.ts'
import chat from '../chat/chat.module.css'
import { ChatWordsContext } from '../chat/chat-words.ts'
import { Composer } from '../chat/composer.tsx'
import { Transcript } from '../chat/transcript.tsx'
import { useChat } from '../chat/use-chat.ts'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'

interface ConversationProps {
  readonly study: string
  readonly accessKey: string
  readonly session: string
  /** How far the participant is. */
  readonly step: string
  /** The way out of the study. */
  readonly leave: ReactNode
}

export function StudyConversation({ study, accessKey, session, step, leave }: ConversationProps) {
  const words = useWords()
  const cache = useQueryClient()
  const { log, error, again, send, sentAt } = useChat(session)
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const goOn = (): Promise<void> => cache.invalidateQueries({ queryKey: studyStateQuery(study, accessKey).queryKey })
  if (error !== undefined) return <Lost error={error} onAgain={again} onContinue={() => void goOn()} />
  const why = whyNot(log.connection, log.isWaiting, words.chat)
  return (
    <ChatWordsContext value={words.chat}>
      <div className={styles.conversation}>
        <header className={`${pane.head} ${chat.head}`}>
          <div>
            <h1>{words.conversation}</h1>
            <p>{step}</p>
          </div>
          <div className={`${pane.actions} ${chat.actions}`}>
            {leave}
            {log.isOver ? undefined : (
              <Button title={words.finishWhy} onClick={() => send('/finish')} why={why}>
                {words.finish}
              </Button>
            )}
          </div>
        </header>
        <div className={chat.scroll}>
          <Transcript
            session={session}
            log={log}
            sentAt={sentAt}
            onEdit={(given) => {
              setText(given)
              field.current?.focus()
            }}
          />
        </div>
        {log.isOver ? (
          <div className={styles.over} role="status">
            <p>{words.over}</p>
            <Button look="primary" onClick={() => void goOn()}>
              {words.continue}
            </Button>
          </div>
        ) : (
          <Composer field={field} text={text} onText={setText} onSend={send} why={why} placeholder="" />
        )}
      </div>
    </ChatWordsContext>
  )
}

function whyNot(
  connection: string,
  isWaiting: boolean,
  words: { readonly reconnecting: string; readonly opening: string; readonly writeAhead: string },
): string | undefined {
  if (connection === 'waiting') return words.reconnecting
  if (connection !== 'open') return words.opening
  return isWaiting ? words.writeAhead : undefined
}

interface LostProps {
  readonly error: unknown
  onAgain(): void
  onContinue(): void
}

function Lost({ error, onAgain, onContinue }: LostProps) {
  const words = useWords()
  const code = error instanceof ClientError ? error.code : ''
  return (
    <div className={styles.screen}>
      {code === 'ALREADY_CONNECTED' ? (
        <Notice
          actions={
            <Button look="primary" onClick={onAgain}>
              {words.again}
            </Button>
          }
        >
          {words.elsewhere}
        </Notice>
      ) : (
        <>
          <Trouble error={error} onAgain={onAgain} />
          <Button onClick={onContinue}>{words.continue}</Button>
        </>
      )}
    </div>
  )
}
