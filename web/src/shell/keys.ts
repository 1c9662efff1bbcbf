// Keyboard shortcuts: global ones, and a hook for those of one page. Single letters work only while no field has the
// focus, and can be switched off in the theme menu.
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { createStore } from '../data/store.ts'
import { NAV } from './nav.ts'
import { openPalette, paletteStore } from './palette-store.ts'

const KEY = 'paracosm.letters'

/** Whether single-letter shortcuts are on. */
export const lettersStore = createStore(localStorage.getItem(KEY) !== 'off')

export function chooseLetters(areOn: boolean): void {
  localStorage.setItem(KEY, areOn ? 'on' : 'off')
  lettersStore.set(areOn)
}

/** Milliseconds for the second key of a pair such as G then H. */
const PAIR_MS = 1200

/** Whether the user is typing, or a dialog or menu handles the keys. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('[role="dialog"],[role="menu"],[role="listbox"]') !== null
  )
}

/** Whether a key is a single letter, digit or sign without Ctrl, Alt or Meta. */
export const isPlain = ({ ctrlKey, altKey, metaKey }: KeyboardEvent): boolean => !ctrlKey && !altKey && !metaKey

export function useGlobalKeys(): void {
  const navigate = useNavigate()
  useEffect(() => {
    let gAt = 0
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        paletteStore.set(!paletteStore.get())
        return
      }
      if (event.defaultPrevented || isTyping(event) || !isPlain(event) || !lettersStore.get()) return
      if (event.key === '/') {
        event.preventDefault()
        openPalette()
        return
      }
      const to = event.timeStamp - gAt < PAIR_MS ? targetOf(event.key) : undefined
      gAt = event.key === 'g' ? event.timeStamp : 0
      if (to === undefined) return
      event.preventDefault()
      void navigate({ to })
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate])
}

function targetOf(key: string): string | undefined {
  return key === 'h' ? '/' : NAV.find((item) => item.key?.toLowerCase() === key)?.to
}
