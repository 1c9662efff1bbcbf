// The researcher's text, read to its end if the study requires it, then agreed to, with a signature if required.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ParticipantState } from 'paracosm/protocol'
import { type FormEvent, useCallback, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { studyClient } from '../../data/client.ts'
import { forgetStudyKey, studyStateQuery } from '../../data/study.ts'
import { Prose } from '../chat/prose.tsx'
import { Heading } from './frame.tsx'
import { saveText } from './save.ts'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'

/** Pixels from the end of the text at which it counts as read. */
const END = 8

interface ConsentProps {
  readonly study: string
  readonly accessKey: string
  readonly consent: NonNullable<ParticipantState['study']['consent']>
  onDeclined(): void
}

export function Consent({ study, accessKey, consent, onDeclined }: ConsentProps) {
  const words = useWords()
  const cache = useQueryClient()
  const [hasRead, setRead] = useState(!consent.scroll)
  const [hasAgreed, setAgreed] = useState(false)
  const [signature, setSignature] = useState('')
  const [isTried, setTried] = useState(false)
  const give = useMutation({
    mutationFn: () =>
      studyClient(study).consent({
        version: consent.version,
        ...(consent.signature ? { signature: signature.trim() } : {}),
      }),
    onSuccess: (state) => cache.setQueryData(studyStateQuery(study, accessKey).queryKey, state),
  })
  const decline = useMutation({
    mutationFn: () => studyClient(study).withdraw(true),
    onSuccess: () => {
      onDeclined()
      forgetStudyKey(study)
    },
  })
  const isSigned = !consent.signature || signature.trim() !== ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (hasRead && hasAgreed && isSigned) give.mutate()
  }
  const error = give.error ?? decline.error
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Heading>{words.before}</Heading>
      <ConsentText text={consent.text} isGate={consent.scroll} onRead={() => setRead(true)} />
      <p className={styles.read} role="status">
        {hasRead && consent.scroll ? (
          <>
            <Icon name="proved" /> {words.hasRead}{' '}
          </>
        ) : consent.scroll ? (
          `${words.readToEnd} `
        ) : undefined}
        {words.version} {consent.version}.{' '}
        <button type="button" className={styles.link} onClick={() => saveText(consent.text, 'consent.txt')}>
          {words.saveCopy}
        </button>
      </p>
      <label className={styles.check}>
        <input type="checkbox" checked={hasAgreed} onChange={({ target }) => setAgreed(target.checked)} />
        <span>{words.agreement}</span>
      </label>
      {isTried && !hasRead ? <Fault>{words.mustRead}</Fault> : undefined}
      {isTried && hasRead && !hasAgreed ? <Fault>{words.mustAgree}</Fault> : undefined}
      {consent.signature ? (
        <TextField
          label={words.signature}
          help={words.signatureHelp}
          autoComplete="name"
          maxLength={500}
          value={signature}
          onChange={({ target }) => setSignature(target.value)}
          error={isTried && !isSigned ? words.mustSign : undefined}
        />
      ) : undefined}
      {error ? <Trouble error={error} /> : undefined}
      <div className={styles.buttons}>
        <Button type="submit" look="primary" why={give.isPending ? words.sending : undefined}>
          {give.isPending ? words.sending : words.agree}
        </Button>
        <Button look="bare" onClick={() => decline.mutate()}>
          {words.decline}
        </Button>
      </div>
    </form>
  )
}

function Fault({ children }: { children: string }) {
  return (
    <p className={styles.fault} role="alert">
      <Icon name="warn" size={14} /> {children}
    </p>
  )
}

interface TextProps {
  readonly text: string
  /** Whether it must be read to its end. */
  readonly isGate: boolean
  onRead(): void
}

function ConsentText({ text, isGate, onRead }: TextProps) {
  const words = useWords()
  const look = useCallback(
    (element: HTMLElement | null) => {
      // A text that fits the screen counts as read at once.
      if (element && element.scrollTop + element.clientHeight >= element.scrollHeight - END) onRead()
    },
    [onRead],
  )
  if (!isGate) return <Prose text={text} voice="world" />
  return (
    <section
      ref={look}
      className={styles.gate}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
      tabIndex={0}
      aria-label={words.before}
      onScroll={({ currentTarget }) => look(currentTarget)}
    >
      <Prose text={text} voice="world" />
    </section>
  )
}
