// Simple text analysis for a stand-in: what a text is about, and choices that follow from the request alone.
import { digestJson } from '../../../kernel/digest.ts'
import type { JsonValue } from '../../../protocol/json.ts'

const COMMON = new Set(
  `as a about after again all also am an and any are at be because been before being both but by can could did do does doing down each few for
from further get had has have having he her here him his how i if in into is it its just let like make may me more most my no nor not now of off on
once only or other our out over own please she should so some such than that the their them then there these they thing this those through to too
try under until up very want was we were what when where which while who will with would you your predict prediction goal goals able think believe
probably maybe wanted wants trying something anything someone without whether until behind across toward towards`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** The topic of a text: its less common words reduced to stems, each once, in order. */
export function stemsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return [...new Set(words.filter((word) => word.length > 2 && !COMMON.has(word)).map(stem))]
}

export function stem(word: string): string {
  const cut = word.toLowerCase().replace(/(?:ing|ies|ied|ed|es|s|y|e)$/, '')
  return (cut.length >= 3 ? cut : word.toLowerCase()).slice(0, 7)
}

/** How many stems of `one` are among those of `other`. */
export function overlap(one: readonly string[], other: readonly string[]): number {
  return one.filter((each) => other.includes(each)).length
}

/** Chooses deterministically by key. Entries of `used` are chosen only if nothing else is left. */
export function pick(items: readonly string[], key: JsonValue, used = ''): string {
  const fresh = items.filter((item) => !used.includes(opening(item)))
  const from = fresh.length > 0 ? fresh : items
  return from[Number.parseInt(digestJson(key).slice(0, 8), 16) % Math.max(1, from.length)] ?? ''
}

/** The longest gap-free part of a template, to find it again in a transcript. */
function opening(template: string): string {
  return template.split(/\{\w+\}/).reduce((longest, part) => (part.length > longest.length ? part : longest), '')
}

/** Fills the `{name}` gaps, once. */
export function put(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
  )
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
