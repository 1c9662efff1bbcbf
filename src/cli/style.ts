// Colours of the command line. `styleText` honours NO_COLOR, NODE_DISABLE_COLORS, FORCE_COLOR and whether the stream is a
// terminal, so text for pipes and files stays plain.
import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

type Paint = (text: string) => string

/** What a piece of text is, rather than which colour it has. */
export interface Style {
  readonly heading: Paint
  readonly name: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly faint: Paint
}

export function createStyle(stream: Writable): Style {
  const paint =
    (format: Parameters<typeof styleText>[0]): Paint =>
    (text) =>
      styleText(format, text, { stream })
  return {
    heading: paint('bold'),
    name: paint('cyan'),
    good: paint('green'),
    bad: paint(['red', 'bold']),
    warn: paint('yellow'),
    faint: paint('dim'),
  }
}
