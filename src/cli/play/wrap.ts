// Wraps and indents text for a terminal, also while it is streamed. Escape sequences are removed: text from a model or
// server must not control the terminal.

/** Text without control characters; line breaks and tabs stay. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

/** Writes text in lines of at most `width` columns; words longer than that stand alone. */
export class Wrapper {
  readonly #write: (text: string) => void
  readonly #width: number
  readonly #indent: string
  #column: number
  #word = ''
  /** A blank that is written only if a word follows on the same line. */
  #gap = ''

  /** @param column column at which writing starts */
  constructor(write: (text: string) => void, at: { width: number; indent: string; column: number }) {
    this.#write = write
    this.#width = Math.max(at.width, at.indent.length + 10)
    this.#indent = at.indent
    this.#column = at.column
  }

  take(text: string): void {
    for (const char of plain(text)) {
      if (char === '\n') {
        this.#flush()
        this.#break()
      } else if (char === ' ' || char === '\t') {
        this.#flush()
        if (this.#column > this.#indent.length) this.#gap = ' '
        // Indented lines of lists and code keep their own indent.
        else this.#put(' ')
      } else this.#word += char
    }
  }

  /** The text that is still held back. */
  end(): void {
    this.#flush()
  }

  #flush(): void {
    if (this.#word === '') return
    const length = [...this.#word].length
    if (this.#column + this.#gap.length + length > this.#width && this.#column > this.#indent.length) this.#break()
    this.#put(this.#gap + this.#word)
    this.#gap = ''
    this.#word = ''
  }

  #put(text: string): void {
    if (this.#column === 0) {
      this.#write(this.#indent)
      this.#column = this.#indent.length
    }
    this.#write(text)
    this.#column += [...text].length
  }

  #break(): void {
    this.#gap = ''
    this.#write('\n')
    this.#column = 0
  }
}

/** A whole text, wrapped and indented. */
export function wrapText(text: string, at: { width: number; indent?: string }): string {
  let out = ''
  const indent = at.indent ?? ''
  const wrapper = new Wrapper((piece) => (out += piece), { width: at.width, indent, column: 0 })
  wrapper.take(text)
  wrapper.end()
  return out
}
