// Short messages at the bottom left, one at a time, with Undo if available. Errors are never shown only here.

import { useEffect } from 'react'
import { Button } from '../components/button.tsx'
import { createStore, useStore } from '../data/store.ts'
import styles from './toasts.module.css'

interface Toast {
  readonly text: string
  readonly undo?: () => void
}

/** Milliseconds for which a toast is shown. */
const STANDS_MS = 6000

const toastStore = createStore<Toast | undefined>(undefined)

/** Shows a message; it replaces the current one. */
export const toast = (text: string, undo?: () => void): void =>
  toastStore.set(undo === undefined ? { text } : { text, undo })

export function ToastRegion() {
  const current = useStore(toastStore)
  useEffect(() => {
    if (!current) return undefined
    const timer = setTimeout(() => toastStore.set(undefined), STANDS_MS)
    return () => clearTimeout(timer)
  }, [current])
  return (
    <div role="status" className={styles.region}>
      {current ? (
        <div className={styles.toast}>
          <span>{current.text}</span>
          {current.undo ? (
            <Button
              look="bare"
              onClick={() => {
                current.undo?.()
                toastStore.set(undefined)
              }}
            >
              Undo
            </Button>
          ) : undefined}
        </div>
      ) : undefined}
    </div>
  )
}
