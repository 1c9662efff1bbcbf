// Researchers' pages need the server's admin key: this asks for it, and explains what is missing.
import type { ReactNode } from 'react'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage } from '../../components/page.tsx'
import { giveOperatorKey, operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { useStore } from '../../data/store.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './studies.module.css'

const REFUSED: readonly string[] = ['FORBIDDEN', 'UNAUTHORIZED']

interface GateProps {
  /** The error of the page's first request; null: none yet, or it succeeded. */
  readonly error: Error | null
  readonly hasData: boolean
  onAgain(): void
  readonly children: ReactNode
}

/** Shows the page, or why it cannot be shown. */
export function Gate({ error, hasData, onAgain, children }: GateProps) {
  const key = useStore(operatorKeyStore)
  if (key === undefined) return <KeyPage isRefused={false} />
  if (error !== null && REFUSED.includes(codeOf(error))) return <KeyPage isRefused />
  if (error === null || hasData) return children
  return (
    <ReadingPage>
      <PageTitle>{explain(error).title}</PageTitle>
      <Notice code={codeOf(error)} actions={<Button onClick={onAgain}>Try again</Button>}>
        {explain(error).text}
      </Notice>
    </ReadingPage>
  )
}

function KeyPage({ isRefused }: { isRefused: boolean }) {
  const [key, setKey] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (key.trim() !== '') giveOperatorKey(key.trim())
    setKey('')
  }
  return (
    <ReadingPage>
      <PageTitle>Studies</PageTitle>
      <Notice command={'paracosm serve --admin-key "$ADMIN_KEY"'}>
        Studies are for researchers: these pages need the administrator’s key of this server. The server has one if it
        was started like this.
      </Notice>
      <form className={styles.key} onSubmit={submit}>
        <TextField
          label="Administrator’s key"
          type="password"
          autoComplete="off"
          required
          value={key}
          onChange={({ target }) => setKey(target.value)}
          help="Kept in this tab until you close it."
          error={isRefused ? 'The server did not accept the key that you gave.' : undefined}
        />
        <Button type="submit" look="primary">
          Use this key
        </Button>
      </form>
    </ReadingPage>
  )
}
