// The theme of a page that shows views: the chosen one, or the system's.

/** Calls `onChange` when the system's or the page's theme changes. Returns a function that stops watching. */
export function watchTheme(onChange: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const page = new MutationObserver(onChange)
  page.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  system.addEventListener('change', onChange)
  return () => {
    page.disconnect()
    system.removeEventListener('change', onChange)
  }
}
