// Prompts are texts with named gaps. Each gap is filled once and the inserted text is never scanned again, so `{{...}}`
// written by a character or a player stays literal. All text written by people or models is inserted as a quoted block.
import { digestJson } from '../../../kernel/digest.ts'

export interface Prompt {
  readonly id: string
  /** Raise it with every change of the text: studies compare results by version. */
  readonly version: string
  readonly text: string
  /** Digest of the text: 16 hex digits. */
  readonly digest: string
  /** The text split at its gaps: literal, name, literal, name, ... */
  readonly parts: readonly string[]
}

export function definePrompt(id: string, version: string, text: string): Prompt {
  const trimmed = text.trim()
  return { id, version, text: trimmed, digest: digestJson(trimmed), parts: trimmed.split(/\{\{(\w+)\}\}/) }
}

/** Names of the gaps of a prompt, each once, in order. */
export function gapsOf({ parts }: Prompt): string[] {
  return [...new Set(parts.filter((_, at) => at % 2 === 1))]
}

/** The value of a gap; empty for a name without a value. */
export type Values = (name: string) => string

/** Fills the gaps. */
export function fill({ parts }: Prompt, values: Values): string {
  let text = ''
  for (const [at, part] of parts.entries()) text += at % 2 === 1 ? values(part) : part
  return text
}

const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g

/** A block in which every line begins with `> `, so nothing inside can end it. */
export function quote(text: string): string {
  return `> ${(text.trim() === '' ? '(nothing)' : text).replace(LINE_ENDS, '\n> ')}`
}
