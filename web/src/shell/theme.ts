// Light, dark, or the system's theme. The choice is stored in this browser.
import { createStore, type Store } from '../data/store.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'paracosm.theme'

const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme === value)

function read(): Theme {
  const stored = localStorage.getItem(KEY)
  return isTheme(stored) ? stored : 'system'
}

/** The chosen theme, for controls that show it. */
export const themeStore: Store<Theme> = createStore(read())

/** Applies the chosen theme to the document: `data-theme`, or nothing for the system's. */
export function applyTheme(theme: Theme = read()): void {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme')
  else document.documentElement.dataset.theme = theme
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  themeStore.set(theme)
  applyTheme(theme)
}
