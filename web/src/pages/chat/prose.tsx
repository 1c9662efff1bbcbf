// Markdown of games and characters as text: paragraphs, emphasis, lists. Nothing that a model writes becomes HTML, an
// image, or a link whose target is hidden.
import Markdown from 'markdown-to-jsx/react'
import styles from './chat.module.css'

const OPTIONS = {
  disableParsingRawHTML: true,
  forceBlock: true,
  overrides: {
    h1: { component: 'h3' },
    h2: { component: 'h3' },
    img: { component: () => null },
    a: { component: ({ children }: { children?: unknown }) => <span>{String(children)}</span> },
  },
} as const

export function Prose({ text, voice }: { text: string; voice: 'world' | 'game' }) {
  return (
    <div className={voice === 'world' ? styles.world : styles.game}>
      <Markdown options={OPTIONS}>{text}</Markdown>
    </div>
  )
}
