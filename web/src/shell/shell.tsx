// The frame of every page: the skip link, the top bar, banners, toasts, and the palette.
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useStore } from '../data/store.ts'
import { Banners } from './banners.tsx'
import { useGlobalKeys } from './keys.ts'
import { paletteStore } from './palette-store.ts'
import styles from './shell.module.css'
import { ToastRegion } from './toasts.tsx'
import { TopBar } from './top-bar.tsx'
import { usePart } from './use-part.ts'

const getPalette = () => import('./palette.tsx').then(({ Palette }) => Palette)

export function Shell() {
  const main = useRef<HTMLElement>(null)
  const isPaletteOpen = useStore(paletteStore)
  const { Part: Palette, load: loadPalette } = usePart(getPalette)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // Participants of a study see only the study, and nothing else of this server.
  const isOfStudy = path.startsWith('/study/')
  useGlobalKeys()
  useEffect(() => {
    if (isPaletteOpen) loadPalette()
  }, [isPaletteOpen, loadPalette])
  useFocusOnNavigation(main, path)
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      {isOfStudy ? undefined : <TopBar />}
      <Banners />
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <ToastRegion />
      {isPaletteOpen && Palette ? <Palette /> : undefined}
    </div>
  )
}

/** Moves the focus to a new page, so that screen readers announce it, but not on the first one. */
function useFocusOnNavigation(main: { readonly current: HTMLElement | null }, path: string): void {
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    main.current?.focus({ preventScroll: true })
  }, [main, path])
}
