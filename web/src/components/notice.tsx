// A notice in place of content: nothing yet, an error, not allowed. One sentence, then what to do.
import type { ReactNode } from 'react'
import { CopyLine } from './copy-line.tsx'
import styles from './notice.module.css'

interface NoticeProps {
  /** The sentence. */
  readonly children: ReactNode
  /** What to do: buttons or links. */
  readonly actions?: ReactNode
  /** The equivalent command, if there is one. */
  readonly command?: string
  /** A code for reports, shown last and small. */
  readonly code?: string | undefined
}

export function Notice({ children, actions, command, code }: NoticeProps) {
  return (
    <div className={styles.notice}>
      <p>{children}</p>
      {actions === undefined ? undefined : <div className={styles.actions}>{actions}</div>}
      {command === undefined ? undefined : <CopyLine text={command} />}
      {code === undefined ? undefined : <code className={styles.code}>{code}</code>}
    </div>
  )
}
