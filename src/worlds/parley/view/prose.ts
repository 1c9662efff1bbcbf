// Renders plain Markdown as elements: paragraphs, lists, headings, strong and emphasised text. All other markup is
// shown as text; nothing becomes HTML.
import { h } from '../../../kernel/view/dom.ts'

export function prose(text: string): HTMLElement[] {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(block)
}

function block(part: string): HTMLElement {
  const lines = part.split('\n')
  if (lines.every((line) => /^\s*(?:[-*]|\d+\.)\s/.test(line))) {
    return h('ul', {}, ...lines.map((line) => h('li', {}, ...words(line.replace(/^\s*(?:[-*]|\d+\.)\s+/, '')))))
  }
  const heading = /^#{1,6}\s+(.*)$/.exec(part)?.[1]
  if (heading !== undefined) return h('h3', {}, ...words(heading))
  return h('p', {}, ...words(lines.join('\n')))
}

function words(text: string): (Node | string)[] {
  return text.split(/(\*\*[^*]+\*\*|\*[^*\n]+\*|`[^`\n]+`)/).map((piece) => {
    if (/^\*\*[^*]+\*\*$/.test(piece)) return h('strong', {}, piece.slice(2, -2))
    if (/^\*[^*]+\*$/.test(piece)) return h('em', {}, piece.slice(1, -1))
    return /^`[^`]+`$/.test(piece) ? h('code', {}, piece.slice(1, -1)) : piece
  })
}
