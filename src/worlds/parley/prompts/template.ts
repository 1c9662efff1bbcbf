// Prompts are texts with named gaps. A gap is filled once: what is put in is never read again, so a character or a player
// who writes `{{...}}` gets those very signs. Everything that people or models wrote goes in as a quoted block.
import { digestJson } from '../../../kernel/digest.ts'

export interface Prompt {
  readonly id: string
  /** Raise it with every change of the text: studies compare results by it. */
  readonly version: string
  readonly text: string
  /** Of the text: 16 hex digits. */
  readonly digest: string
}

export function definePrompt(id: string, version: string, text: string): Prompt {
  return { id, version, text: text.trim(), digest: digestJson(text.trim()) }
}

const GAP = /\{\{(\w+)\}\}/g

/** Names of the gaps of a prompt, in order, each once. */
export function gapsOf(prompt: Prompt): string[] {
  return [...new Set([...prompt.text.matchAll(GAP)].map(([, name = '']) => name))]
}

/** Fills the gaps. A gap without a value becomes nothing. */
export function fill(prompt: Prompt, values: Readonly<Record<string, string>>): string {
  return prompt.text.replace(GAP, (_, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : ''))
}

const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/

/** A block whose every line begins with `> `: nothing inside can end it. */
export function quote(text: string): string {
  return (text.trim() === '' ? '(nothing)' : text)
    .split(LINE_ENDS)
    .map((line) => `> ${line}`)
    .join('\n')
}
