// A person at a terminal: reads typed lines and writes text. Between two prompts the terminal is an ordinary one, so
// that an interrupt during an answer is an interrupt.
import { createInterface, type Interface } from 'node:readline'

export interface Terminal {
  /** Columns, 40 to 100. */
  readonly width: number
  write(text: string): void
  /** One line; undefined when the person leaves (Ctrl-C, Ctrl-D). */
  ask(prompt: string): Promise<string | undefined>
}

/** Undefined: not a terminal. */
export function openTerminal(): Terminal | undefined {
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY) return undefined
  /** Lines that were pasted with the one before. */
  const pasted: string[] = []
  let history: string[] = []
  return {
    get width() {
      return Math.min(100, Math.max(40, stdout.columns || 80))
    },
    write: (text) => void stdout.write(text),
    async ask(prompt) {
      const ready = pasted.shift()
      if (ready !== undefined) {
        stdout.write(`${prompt}${ready}\n`)
        return ready
      }
      const reader = createInterface({ input: stdin, output: stdout, prompt, history, historySize: 200 })
      reader.on('history', (lines) => {
        history = lines
      })
      const lines = await readLines(reader)
      stdin.pause()
      const [line, ...rest] = lines
      pasted.push(...rest)
      return line
    },
  }
}

function readLines(reader: Interface): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>()
  const lines: string[] = []
  reader.on('line', (line) => {
    lines.push(line)
    // Lines pasted together arrive in the same turn of the event loop.
    if (lines.length === 1) setImmediate(() => reader.close())
  })
  reader.on('SIGINT', () => reader.close())
  reader.on('close', () => {
    if (lines.length === 0) process.stdout.write('\n')
    resolve(lines)
  })
  reader.prompt()
  return promise
}
