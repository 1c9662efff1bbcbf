// The button of the settings of the pages; the menu is loaded when the button is pressed, and takes its place.
import { useState } from 'react'
import { Icon } from '../components/icon.tsx'
import styles from './theme-button.module.css'
import { usePart } from './use-part.ts'

const getMenu = () => import('./theme-menu.tsx').then(({ ThemeMenu }) => ThemeMenu)

export function ThemeButton() {
  const [isWanted, setWanted] = useState(false)
  const { Part: Menu, load } = usePart(getMenu)
  if (isWanted && Menu) return <Menu />
  return (
    <button
      type="button"
      className={styles.trigger}
      aria-label="Appearance and keys"
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={load}
      onFocus={load}
      onClick={() => {
        load()
        setWanted(true)
      }}
    >
      <Icon name="theme" />
    </button>
  )
}
