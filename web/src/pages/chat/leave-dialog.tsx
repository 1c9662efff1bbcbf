// Leaving: pause, which is the default, or end the game for good on the server.
import { Dialog } from '@base-ui/react/dialog'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import styles from './leave-dialog.module.css'

interface LeaveProps {
  readonly isOpen: boolean
  onCancel(): void
  onPause(): Promise<void>
  /** Ends the game. Rejects when the server could not be reached. */
  onEnd(): Promise<void>
}

export function LeaveDialog({ isOpen, onCancel, onPause, onEnd }: LeaveProps) {
  const [state, setState] = useState<'asked' | 'ending' | 'failed'>('asked')
  const end = async (): Promise<void> => {
    setState('ending')
    try {
      await onEnd()
    } catch {
      setState('failed')
    }
  }
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onCancel())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.dialog}>
          <Dialog.Title className={styles.dialogTitle}>Leave and end the game?</Dialog.Title>
          <Dialog.Description>
            An ended game cannot be continued. A paused game waits for you, and its clock stops.
          </Dialog.Description>
          {state === 'failed' ? (
            <p role="alert">The server could not be reached. The game is paused; try to end it again later.</p>
          ) : undefined}
          <div className={styles.dialogActions}>
            <Button look="primary" onClick={() => void onPause()}>
              Pause instead
            </Button>
            <Button onClick={() => void end()} why={state === 'ending' ? 'The server is being told.' : undefined}>
              {state === 'ending' ? 'Ending' : 'End the game'}
            </Button>
            <Button look="bare" onClick={onCancel}>
              Stay
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
