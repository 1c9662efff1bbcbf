// Extracts the examples of a Markdown page: fenced blocks with the surrounding text.

export interface PageBlock {
  /** First word after the opening fence: `json`, `console`. */
  readonly language: string
  /** The rest of the fence line. */
  readonly label: string
  readonly text: string
  /** The paragraph before the block. */
  readonly before: string
  /** The paragraph after the block. */
  readonly after: string
  /** Line number of the fence, from 1. */
  readonly line: number
}

const FENCE = /^```(\w+)[ ]?([^\n]*)\n([\s\S]*?)^```$/gm

/** Every fenced block with a language, in order. */
export function readBlocks(page: string): readonly PageBlock[] {
  return [...page.matchAll(FENCE)].map((match) => ({
    language: match[1] ?? '',
    label: (match[2] ?? '').trim(),
    text: match[3] ?? '',
    before: page.slice(0, match.index).trimEnd().split('\n\n').at(-1) ?? '',
    after:
      page
        .slice(match.index + match[0].length)
        .trimStart()
        .split('\n\n')[0] ?? '',
    line: page.slice(0, match.index).split('\n').length,
  }))
}

export interface ConsoleExample {
  readonly command: string
  readonly output: string
}

/** The commands of a console block, each with its output lines. */
export function readConsole(block: PageBlock): readonly ConsoleExample[] {
  return block.text
    .split(/^\$ /m)
    .slice(1)
    .map((each) => {
      const [command = '', ...output] = each.split('\n')
      return { command, output: output.join('\n').trimEnd() }
    })
}
