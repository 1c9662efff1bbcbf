// Markdown of documents from worlds: headings, tables, code. Nothing in it becomes HTML or an image, and only absolute
// addresses become links.
import Markdown from 'markdown-to-jsx/react'
import type { ReactNode } from 'react'
import styles from './document.module.css'

function Link({ href, children }: { href?: string; children?: ReactNode }) {
  if (href === undefined || !/^https?:\/\//.test(href)) return <span>{children}</span>
  return (
    <a href={href} rel="noreferrer" target="_blank">
      {children}
    </a>
  )
}

/** A wide table scrolls by itself, also with the keyboard. */
function Table({ children }: { children?: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  )
}

/** Code wider than the page scrolls too. */
function Code({ children }: { children?: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Code">
      <pre>{children}</pre>
    </section>
  )
}

const OPTIONS = {
  disableParsingRawHTML: true,
  forceBlock: true,
  overrides: {
    // The page has its own title, so the document's headings are one level lower or more.
    h1: { component: 'h3' },
    h2: { component: 'h3' },
    h3: { component: 'h4' },
    h4: { component: 'h5' },
    img: { component: () => null },
    a: { component: Link },
    table: { component: Table },
    pre: { component: Code },
  },
} as const

export function Document({ text }: { text: string }) {
  return (
    <div className={styles.document}>
      <Markdown options={OPTIONS}>{text}</Markdown>
    </div>
  )
}
