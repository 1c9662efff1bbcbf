// The sections on phones: a sheet of full height. It is loaded when its button is pressed.
import { Dialog } from '@base-ui/react/dialog'
import { Link } from '@tanstack/react-router'
import { Icon } from '../components/icon.tsx'
import { useNav } from './nav.ts'
import styles from './nav-sheet.module.css'

export function NavSheet({ isOpen, setOpen }: { isOpen: boolean; setOpen: (isOpen: boolean) => void }) {
  const nav = useNav()
  const close = (): void => setOpen(false)
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Popup className={styles.sheet}>
          <div className={styles.head}>
            <Dialog.Title className={styles.title}>Menu</Dialog.Title>
            <Dialog.Close className={styles.close} aria-label="Close the menu">
              <Icon name="close" />
            </Dialog.Close>
          </div>
          <nav aria-label="Sections">
            {[{ label: 'Home', to: '/' }, ...nav, { label: 'Account', to: '/account' }].map(({ label, to }) => (
              <Link key={to} to={to} className={styles.item} onClick={close}>
                {label}
              </Link>
            ))}
          </nav>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
