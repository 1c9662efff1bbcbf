// A participant's failed request: what it means for them, and a retry button. The server writes in the page's language.
import { ClientError } from 'paracosm/client'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { codeOf } from '../../data/query-client.ts'
import { asSentence } from '../../shell/error-page.tsx'
import { useWords } from './use-words.ts'

export function Trouble({ error, onAgain }: { error: unknown; onAgain?: () => void }) {
  const words = useWords()
  const code = codeOf(error)
  const known = sentence(code)
  const told = error instanceof ClientError && error.code !== 'PROTOCOL' ? asSentence(error.message) : words.pageFailed
  return (
    <div role="alert">
      <Notice
        code={code}
        actions={onAgain === undefined ? undefined : <Button onClick={onAgain}>{words.again}</Button>}
      >
        {known === undefined ? told : words[known]}
      </Notice>
    </div>
  )
}

function sentence(code: string): 'unknown' | 'badLink' | 'failed' | undefined {
  if (code === 'NOT_FOUND' || code === 'UNKNOWN_EXPERIMENT') return 'unknown'
  if (code === 'FORBIDDEN' || code === 'STUDY_FORBIDDEN') return 'badLink'
  return code === 'UNREACHABLE' || code === 'TIMEOUT' ? 'failed' : undefined
}
