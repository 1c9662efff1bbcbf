// The top bar: mark, sections, search, theme. On phones the sections are behind a menu button.
import { Link } from '@tanstack/react-router'
import { Icon } from '../components/icon.tsx'
import { useNav } from './nav.ts'
import { NavMenu } from './nav-menu.tsx'
import { openPalette } from './palette-store.ts'
import { ThemeButton } from './theme-button.tsx'
import styles from './top-bar.module.css'

export function TopBar() {
  const nav = useNav()
  return (
    <header className={styles.bar}>
      <Link to="/" className={styles.mark} aria-label="Paracosm, home">
        <Icon name="mark" size={24} />
        <span>Paracosm</span>
      </Link>
      <nav className={styles.nav} aria-label="Sections">
        {nav.map(({ label, to }) => (
          <Link key={to} to={to} className={styles.item} activeProps={{ className: styles.active ?? '' }}>
            {label}
          </Link>
        ))}
      </nav>
      <button type="button" className={styles.search} onClick={openPalette} aria-label="Search or jump to… Ctrl K">
        <Icon name="search" />
        <span className={styles.searchLabel}>Search or jump to…</span>
        <kbd className={styles.kbd}>Ctrl K</kbd>
      </button>
      <Link to="/account" className={styles.account} aria-label="Account" title="Account">
        <Icon name="person" size={18} />
      </Link>
      <ThemeButton />
      <NavMenu />
    </header>
  )
}
