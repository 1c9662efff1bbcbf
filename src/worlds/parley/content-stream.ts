// Takes the visible text out of an answer that is still being written. Models answer `{"type":"ai","content":"…"}`; what is
// shown while they do is the string after "content", as far as it has come.
import type { ShownText } from '../../kernel/dialogue.ts'
import { isThinking, withoutThinking } from '../../kernel/model-text.ts'

const KEY = /"content"\s*:\s*"/
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** Feed it the pieces in order; it gives the new visible text of each, perhaps none. */
export class ContentStream implements ShownText {
  /** What has come and is not shown yet: before the key, or half an escape. */
  #pending = ''
  #state: 'before' | 'inside' | 'done' = 'before'

  take(piece: string): string {
    if (this.#state === 'done') return ''
    this.#pending += piece
    if (this.#state === 'before') {
      // Thoughts may draft the very JSON that follows: nothing of them is shown.
      if (isThinking(this.#pending)) return ''
      this.#pending = withoutThinking(this.#pending)
      const match = KEY.exec(this.#pending)
      if (!match) return ''
      this.#pending = this.#pending.slice(match.index + match[0].length)
      this.#state = 'inside'
    }
    return this.#read()
  }

  #read(): string {
    let shown = ''
    let at = 0
    const text = this.#pending
    while (at < text.length) {
      const char = text.charAt(at)
      if (char === '"') {
        this.#state = 'done'
        at = text.length
      } else if (char === '\\') {
        const found = readEscape(text, at)
        if (!found) break
        shown += found.text
        at += found.length
      } else {
        shown += char
        at++
      }
    }
    this.#pending = text.slice(at)
    return shown
  }
}

/** The escape that begins at `at`; undefined when it has not come whole. */
function readEscape(text: string, at: number): { text: string; length: number } | undefined {
  const kind = text.charAt(at + 1)
  if (kind === '') return undefined
  if (kind !== 'u') return { text: ESCAPES[kind] ?? kind, length: 2 }
  const digits = text.slice(at + 2, at + 6)
  if (digits.length < 4) return undefined
  return { text: String.fromCharCode(Number.parseInt(digits, 16) || 0xfffd), length: 6 }
}
