// Parts of a report's page. All data passes through `escapeText`.
import { escapeText } from '../charts/svg-document.ts'
import { textOf } from '../results/values.ts'

export const text = (value: unknown): string => escapeText(textOf(value))

/** Figures with their names. @param rows name, value, colour */
export function card(rows: readonly (readonly [string, unknown, colour?: string])[]): string {
  const cells = rows.map(
    ([name, value, colour]) =>
      `<div><dt>${text(name)}</dt><dd${colour === undefined ? '' : ` class="${text(colour)}"`}>${text(value)}</dd></div>`,
  )
  return `<dl>${cells.join('')}</dl>`
}

export const heading = (title: string): string => `<h3>${text(title)}</h3>`
export const note = (sentence: string): string => `<p class="note">${text(sentence)}</p>`

/** A share as percent with one decimal; a dash if the whole is 0. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)}%`

/** JSON inside a script element. */
export const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
