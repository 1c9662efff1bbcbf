// Breaks the text of one table cell into lines that fit, between words where possible. Widths are those of the terminal:
// wide characters take two columns, combining marks none.
import stringWidth from 'string-width'

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The lines of `text`, none wider than `width` columns (a single wide character may be). At least one line. */
export function wrapCell(text: string, width: number): string[] {
  if (stringWidth(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (stringWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = cut(word, width)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
  }
  lines.push(line)
  return lines
}

/** Cuts a word that is wider than a line. */
function cut(word: string, width: number): string[] {
  const pieces = ['']
  for (const { segment } of GRAPHEMES.segment(word)) {
    const last = pieces.at(-1) ?? ''
    if (last !== '' && stringWidth(last + segment) > width) pieces.push(segment)
    else pieces[pieces.length - 1] = last + segment
  }
  return pieces
}
