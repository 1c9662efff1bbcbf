// The input field: grows to six lines, counts characters, sends on Enter, and "/" opens the menu of commands.
import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { IconButton } from '../../components/button.tsx'
import { useChatWords } from './chat-words.ts'
import styles from './composer.module.css'

const COMMANDS = [
  { name: '/finish', what: 'finish' },
  { name: '/abilities', what: 'abilities' },
  { name: '/help', what: 'help' },
] as const

interface ComposerProps {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  onText(text: string): void
  onSend(text: string): void
  /** Why no input can be sent now; undefined if it can. */
  readonly why: string | undefined
  readonly placeholder: string
}

export function Composer({ field, text, onText, onSend, why, placeholder }: ComposerProps) {
  const words = useChatWords()
  const listId = useId()
  const [index, setIndex] = useState(0)
  const [isDismissed, setDismissed] = useState(false)
  const found = /^\/\S*$/.test(text) && !isDismissed ? COMMANDS.filter(({ name }) => name.startsWith(text)) : []
  const chosen = found[Math.min(index, found.length - 1)]
  const send = (given: string): void => {
    if (why !== undefined || given.trim() === '') return
    onSend(given.trim())
    onText('')
    setIndex(0)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (chosen && step !== 0) {
      event.preventDefault()
      setIndex((index + step + found.length) % found.length)
    } else if (chosen && event.key === 'Escape') setDismissed(true)
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send(chosen ? chosen.name : text)
    }
  }
  return (
    <div className={styles.composer}>
      {found.length === 0 ? undefined : (
        <div role="listbox" id={listId} aria-label={words.commands} className={styles.slash}>
          {found.map(({ name, what }) => (
            <div
              key={name}
              role="option"
              tabIndex={-1}
              aria-selected={name === chosen?.name}
              className={name === chosen?.name ? styles.slashHere : styles.slashRow}
              onClick={() => send(name)}
              onKeyDown={undefined}
            >
              <code>{name}</code>
              <span>{words[what]}</span>
            </div>
          ))}
        </div>
      )}
      <textarea
        ref={field}
        value={text}
        rows={1}
        aria-label={words.composer}
        placeholder={placeholder}
        onChange={({ target }) => {
          setDismissed(false)
          onText(target.value)
        }}
        onKeyDown={onKey}
        {...(found.length > 0 ? { 'aria-controls': listId } : {})}
      />
      <div className={styles.composerRow}>
        <span className={styles.hint}>{why ?? words.hint}</span>
        {text === '' ? undefined : <span className={styles.counter}>{text.length}</span>}
        <IconButton icon="up" label={words.send} look="default" why={why} onClick={() => send(text)} />
      </div>
    </div>
  )
}
