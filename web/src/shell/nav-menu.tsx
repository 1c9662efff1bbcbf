// The button of the sections on phones; the sheet behind it is loaded when it is wanted.
import { useState } from 'react'
import { Icon } from '../components/icon.tsx'
import styles from './nav-menu.module.css'
import { usePart } from './use-part.ts'

const getSheet = () => import('./nav-sheet.tsx').then(({ NavSheet }) => NavSheet)

export function NavMenu() {
  const [isOpen, setOpen] = useState(false)
  const { Part: Sheet, load } = usePart(getSheet)
  return (
    <>
      <button
        type="button"
        className={styles.trigger}
        aria-label="Menu"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => {
          load()
          setOpen(true)
        }}
      >
        <Icon name="menu" />
      </button>
      {Sheet ? <Sheet isOpen={isOpen} setOpen={setOpen} /> : undefined}
    </>
  )
}
