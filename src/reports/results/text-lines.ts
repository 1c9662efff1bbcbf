// Reads the lines of a text file one by one, however large the file is.
import { createReadStream } from 'node:fs'

/** Maximum length of a line, in characters; longer lines are cut. */
const MAX_LINE = 100_000

export async function* readTextLines(path: string): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + String(piece)).split('\n')
    rest = (lines.pop() ?? '').slice(0, MAX_LINE)
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  if (rest !== '') yield rest
}
