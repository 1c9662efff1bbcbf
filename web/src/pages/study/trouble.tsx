// A participant's failed request: what it means for them, and a retry button.
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { codeOf } from '../../data/query-client.ts'
import { explain } from '../../shell/error-page.tsx'
import { useWords } from './use-words.ts'

export function Trouble({ error, onAgain }: { error: unknown; onAgain?: () => void }) {
  const words = useWords()
  const code = codeOf(error)
  return (
    <div role="alert">
      <Notice
        code={code}
        actions={onAgain === undefined ? undefined : <Button onClick={onAgain}>{words.again}</Button>}
      >
        {sentence(code) === undefined ? explain(error).text : words[sentence(code) ?? 'failed']}
      </Notice>
    </div>
  )
}

function sentence(code: string): 'unknown' | 'badLink' | 'failed' | undefined {
  if (code === 'NOT_FOUND' || code === 'UNKNOWN_EXPERIMENT') return 'unknown'
  if (code === 'FORBIDDEN' || code === 'STUDY_FORBIDDEN') return 'badLink'
  return code === 'UNREACHABLE' || code === 'TIMEOUT' ? 'failed' : undefined
}
