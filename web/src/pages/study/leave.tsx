// Below every screen: how to continue elsewhere, the stored data, and withdrawal.
import { Dialog } from '@base-ui/react/dialog'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { studyClient } from '../../data/client.ts'
import { cameByLink, forgetStudyKey } from '../../data/study.ts'
import dialog from '../chat/leave-dialog.module.css'
import { saveText } from './save.ts'
import styles from './study.module.css'
import { Trouble } from './trouble.tsx'
import { useWords } from './use-words.ts'

interface LeaveProps {
  readonly study: string
  readonly accessKey: string
  onLeft(how: 'kept' | 'erased'): void
}

export function Leave({ study, accessKey, onLeft }: LeaveProps) {
  const words = useWords()
  const download = useMutation({
    mutationFn: () => studyClient(study).data(),
    onSuccess: (data) => saveText(JSON.stringify(data, null, 2), 'my-data.json', 'application/json'),
  })
  return (
    <>
      <details className={styles.more}>
        <summary>{words.elsewhereTitle}</summary>
        {cameByLink(study) ? (
          <p>{words.elsewhereLink}</p>
        ) : (
          <>
            <p>{words.elsewhereKey}</p>
            <CopyLine text={accessKey} label={words.yourKey} />
          </>
        )}
      </details>
      <Button look="bare" onClick={() => download.mutate()}>
        {words.download}
      </Button>
      <LeaveButton study={study} onLeft={onLeft} />
      {download.error ? <Trouble error={download.error} /> : undefined}
    </>
  )
}

/** Only the withdrawal button, for screens without a footer. */
export function LeaveButton({ study, onLeft }: Pick<LeaveProps, 'study' | 'onLeft'>) {
  const words = useWords()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button look="bare" onClick={() => setOpen(true)}>
        {words.leave}
      </Button>
      <LeaveDialog
        study={study}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onLeft={(how) => {
          setOpen(false)
          onLeft(how)
        }}
      />
    </>
  )
}

interface DialogProps {
  readonly study: string
  readonly isOpen: boolean
  onClose(): void
  onLeft(how: 'kept' | 'erased'): void
}

function LeaveDialog({ study, isOpen, onClose, onLeft }: DialogProps) {
  const words = useWords()
  const withdraw = useMutation({
    mutationFn: (erase: boolean) => studyClient(study).withdraw(erase),
    onSuccess: ({ erased }) => {
      onLeft(erased ? 'erased' : 'kept')
      if (erased) forgetStudyKey(study)
    },
  })
  const why = withdraw.isPending ? words.sending : undefined
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.dialog}>
          <Dialog.Title className={dialog.dialogTitle}>{words.leaveTitle}</Dialog.Title>
          <Dialog.Description>{words.leaveWhy}</Dialog.Description>
          {withdraw.error ? <Trouble error={withdraw.error} /> : undefined}
          <div className={dialog.dialogActions}>
            <Button look="primary" onClick={onClose}>
              {words.stay}
            </Button>
            <Button onClick={() => withdraw.mutate(false)} why={why}>
              {words.leaveKeep}
            </Button>
            <Button onClick={() => withdraw.mutate(true)} why={why}>
              {words.leaveErase}
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
