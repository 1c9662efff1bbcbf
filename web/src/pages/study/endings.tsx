// The end of a participant's session, or a pause: the completion code, no place left, withdrawn, or waiting for others.
import type { ParticipantState } from 'paracosm/protocol'
import { ButtonAnchor } from '../../components/button.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { Heading } from './frame.tsx'
import styles from './study.module.css'
import { useWords } from './use-words.ts'

export function Finished({ completion, is_released }: Pick<ParticipantState, 'completion' | 'is_released'>) {
  const words = useWords()
  return (
    <div className={styles.form}>
      <Heading>{is_released ? words.released : words.finished}</Heading>
      {is_released ? <p>{words.releasedWhy}</p> : undefined}
      {completion ? (
        <>
          <p>{words.code}</p>
          <div className={styles.code}>
            <CopyLine text={completion.code} label={words.copy} />
          </div>
          {completion.url === null ? undefined : (
            <div className={styles.buttons}>
              <ButtonAnchor look="primary" href={completion.url} icon="right">
                {`${words.goBack} ${hostOf(completion.url)}`}
              </ButtonAnchor>
            </div>
          )}
        </>
      ) : undefined}
      {completion?.url ? undefined : <p>{words.noCode}</p>}
    </div>
  )
}

/** Participants know Prolific by its name. */
function hostOf(url: string): string {
  const { host } = new URL(url)
  return /(?:^|\.)prolific\.com?$/.test(host) ? 'Prolific' : host
}

export function Closed() {
  const words = useWords()
  return <Ending title={words.closed} text={words.closedWhy} />
}

export function Withdrawn({ how }: { how: 'kept' | 'erased' | 'declined' }) {
  const words = useWords()
  const text = { kept: words.withdrawnWhy, erased: words.erasedWhy, declined: words.declined }[how]
  return <Ending title={words.withdrawn} text={text} />
}

function Ending({ title, text }: { title: string; text: string }) {
  return (
    <div className={styles.form}>
      <Heading>{title}</Heading>
      <p role="status">{text}</p>
    </div>
  )
}
