// One text game: the conversation, its rules on the left, the composer below. A reload continues at the same place.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { ClientError } from 'paracosm/client'
import { useRef, useState } from 'react'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import pane from '../../components/pane-head.module.css'
import { keyStore } from '../../data/account.ts'
import { useStore } from '../../data/store.ts'
import { recordQuery } from '../../data/text-games.ts'
import { explain } from '../../shell/error-page.tsx'
import { SignIn } from '../account/sign-in.tsx'
import styles from './chat.module.css'
import { CHAT_WORDS } from './chat-words.ts'
import { Composer } from './composer.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { SidePanel } from './side-panel.tsx'
import { Transcript } from './transcript.tsx'
import { type Chat, useChat } from './use-chat.ts'

export function ChatPage() {
  const { session } = useParams({ from: '/play/$session' })
  const key = useStore(keyStore)
  // Another player needs another connection.
  return <Conversation key={key ?? ''} session={session} />
}

function Conversation({ session }: { session: string }) {
  const chat = useChat(session)
  const { data: record } = useQuery({ ...recordQuery(session), enabled: chat.log.connection === 'open' })
  const game = typeof record?.session.game_name === 'string' ? record.session.game_name : 'Text game'
  const [text, setText] = useState('')
  const [isLeaving, setLeaving] = useState(false)
  const [isAbout, setAbout] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  useTitle(game)
  if (chat.error !== undefined) return <Lost error={chat.error} onAgain={chat.again} />
  const { log } = chat
  const edit = (given: string): void => {
    setText(given)
    field.current?.focus()
  }
  return (
    <div className={styles.page}>
      <SidePanel log={log} record={record} isOpen={isAbout} />
      <div className={styles.column}>
        <header className={`${pane.head} ${styles.head}`}>
          <div>
            <h1>{game}</h1>
            <p>{log.npc === '' ? 'Opening' : `${log.pc} with ${log.npc}`}</p>
          </div>
          <div className={`${pane.actions} ${styles.actions}`}>
            <span className={styles.about}>
              <Button look="bare" aria-expanded={isAbout} onClick={() => setAbout(!isAbout)}>
                {isAbout ? 'Back' : 'About'}
              </Button>
            </span>
            {log.isOver ? (
              <ButtonLink to="/play">Play again</ButtonLink>
            ) : (
              <Button onClick={() => setLeaving(true)}>Leave</Button>
            )}
          </div>
        </header>
        <div className={styles.scroll}>
          <Transcript session={session} log={log} sentAt={chat.sentAt} onEdit={edit} />
        </div>
        {log.isOver ? (
          <p className={styles.over}>This game is over. The transcript stays here.</p>
        ) : (
          <Composer
            field={field}
            text={text}
            onText={setText}
            onSend={chat.send}
            why={whyNot(chat)}
            placeholder="I knock on the door."
          />
        )}
      </div>
      <Leaving isOpen={isLeaving} onClose={() => setLeaving(false)} chat={chat} />
    </div>
  )
}

/** Why no input can be sent now. */
function whyNot({ log }: Chat): string | undefined {
  if (log.connection === 'waiting') return CHAT_WORDS.reconnecting
  if (log.connection !== 'open') return CHAT_WORDS.opening
  return log.isWaiting ? CHAT_WORDS.writeAhead : undefined
}

function Leaving({ isOpen, onClose, chat }: { isOpen: boolean; onClose(): void; chat: Chat }) {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const go = async (): Promise<void> => {
    // The cached entry of this session is outdated.
    await cache.invalidateQueries({ queryKey: ['sessions'] })
    await navigate({ to: '/play' })
  }
  return (
    <LeaveDialog
      isOpen={isOpen}
      onCancel={onClose}
      onPause={go}
      onEnd={async () => {
        await chat.close()
        await go()
      }}
    />
  )
}

function Lost({ error, onAgain }: { error: unknown; onAgain(): void }) {
  const code = error instanceof ClientError ? error.code : ''
  if (code === 'UNAUTHORIZED') {
    return (
      <ReadingPage>
        <PageTitle>Whose game is this?</PageTitle>
        <SignIn />
      </ReadingPage>
    )
  }
  const { title, text } =
    code === 'ALREADY_CONNECTED'
      ? { title: 'This game is open elsewhere', text: 'Close it on the other device or tab, then continue here.' }
      : code === 'FORBIDDEN'
        ? { title: 'This game is another player’s', text: 'Sign in as the player who started it.' }
        : code === 'NOT_FOUND'
          ? { title: 'There is no such game', text: 'It may have been removed, or the address may be mistyped.' }
          : explain(error)
  return (
    <ReadingPage>
      <PageTitle>{title}</PageTitle>
      <Notice
        code={code === '' ? undefined : code}
        actions={
          <>
            <Button look="primary" onClick={onAgain}>
              Try again
            </Button>
            <ButtonLink to="/play">Your games</ButtonLink>
          </>
        }
      >
        {text}
      </Notice>
    </ReadingPage>
  )
}
