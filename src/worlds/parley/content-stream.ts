// Extracts the visible text from an answer that is still being streamed. Models answer `{"type":"ai","content":"…"}`;
// the text shown meanwhile is the part of the "content" string received so far.
import type { ShownText } from '../../kernel/dialogue.ts'
import { isThinking, withoutThinking } from '../../kernel/model-text.ts'

const KEY = /"content"\s*:\s*"/
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** Feed it the chunks in order; it returns the new visible text of each, which may be empty. */
export class ContentStream implements ShownText {
  /** Received but not yet shown: text before the key, or an incomplete escape. */
  #pending = ''
  #state: 'before' | 'inside' | 'done' = 'before'

  take(piece: string): string {
    if (this.#state === 'done') return ''
    this.#pending += piece
    if (this.#state === 'before') {
      // Thinking may draft the very JSON that follows: none of it is shown.
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

/** The escape that starts at `at`; undefined if it is incomplete. */
function readEscape(text: string, at: number): { text: string; length: number } | undefined {
  const kind = text.charAt(at + 1)
  if (kind === '') return undefined
  if (kind !== 'u') return { text: ESCAPES[kind] ?? kind, length: 2 }
  const digits = text.slice(at + 2, at + 6)
  if (digits.length < 4) return undefined
  return { text: String.fromCharCode(Number.parseInt(digits, 16) || 0xfffd), length: 6 }
}
