// Deletion cannot be undone, so this asks for confirmation and names the participant.
import { Dialog } from '@base-ui/react/dialog'
import { Button } from '../../components/button.tsx'
import dialog from '../../components/dialog.module.css'
import { explain } from '../../shell/error-page.tsx'
import { shortId } from './participant-rows.tsx'

interface DeleteProps {
  readonly isOpen: boolean
  readonly player: string
  readonly error: Error | null
  readonly isBusy: boolean
  onCancel(): void
  onDelete(): void
}

export function DeleteDialog({ isOpen, player, error, isBusy, onCancel, onDelete }: DeleteProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onCancel())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.popup}>
          <Dialog.Title className={dialog.title}>{`Delete participant ${shortId(player)}?`}</Dialog.Title>
          <Dialog.Description className={dialog.text}>
            Answers, assignments and conversations of this participant are deleted for good, and the place is free
            again. Backups and exports that you made before keep theirs.
          </Dialog.Description>
          {error ? (
            <p role="alert" className={dialog.error}>
              {explain(error).text}
            </p>
          ) : undefined}
          <div className={dialog.actions}>
            <Dialog.Close className={dialog.cancel}>Keep</Dialog.Close>
            <Button look="primary" onClick={onDelete} why={isBusy ? 'It is being deleted.' : undefined}>
              {isBusy ? 'Deleting' : 'Delete everything'}
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
