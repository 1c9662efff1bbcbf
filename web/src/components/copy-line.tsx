// A line of the record that people copy: a command, a link, a seed.
import { Fragment, useState } from 'react'
import { IconButton } from './button.tsx'
import styles from './copy-line.module.css'

/** Milliseconds for which the button shows that the text was copied. */
const COPIED_MS = 2000

export function CopyLine({ text, label = 'Copy the command' }: { text: string; label?: string }) {
  const [said, setSaid] = useState<string>()
  const copy = async (): Promise<void> => {
    setSaid((await copyText(text)) ? 'Copied' : 'Select the text and copy it')
    setTimeout(() => setSaid(undefined), COPIED_MS)
  }
  return (
    <div className={styles.line}>
      <code className={styles.text}>
        {text.split(' ').map((word, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: words have no other identity
          <Fragment key={index}>
            {index > 0 ? ' ' : undefined}
            <span className={styles.word}>{word}</span>
          </Fragment>
        ))}
      </code>
      <span role="status" className={styles.said}>
        {said}
      </span>
      <IconButton icon={said === 'Copied' ? 'check' : 'copy'} label={label} onClick={() => void copy()} />
    </div>
  )
}

/** False if the browser does not allow it: on pages without TLS from another machine. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
