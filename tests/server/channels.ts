// Checks frames against the AsyncAPI document of a running server: each must be a message of its channel.
import assert from 'node:assert/strict'
import { Ajv, type ValidateFunction } from 'ajv'
import { readJson } from '../../src/testing/wire.ts'

type Json = any
type Action = 'send' | 'receive'

export interface ChannelJudge {
  readonly document: Json
  /** Fails unless the frame matches exactly one message of the channel. */
  holds(channel: string, action: Action, frame: unknown): void
  /** Whether no message of the channel matches. */
  refuses(channel: string, action: Action, frame: unknown): boolean
  /** Names of the messages of a channel that no frame has matched yet. */
  unseen(channel: string): string[]
}

export async function judgeOf(url: string): Promise<ChannelJudge> {
  const document: Json = await readJson(`${url}/asyncapi.json`)
  const ajv = new Ajv({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'doc')
  const compiled = new Map<string, ValidateFunction>()
  const validator = (pointer: string): ValidateFunction => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `doc${pointer}` })
    compiled.set(pointer, known)
    return known
  }
  const messagesOf = (channel: string, action: Action): string[] => {
    const operation = document.operations[`${channel}.${action}`]
    return (operation?.messages ?? []).map((message: { $ref: string }) => resolve(document, message.$ref).$ref)
  }
  const seen = new Set<string>()
  const fitting = (channel: string, action: Action, frame: unknown): string[] =>
    messagesOf(channel, action).filter((ref) => validator(resolve(document, ref).payload.$ref)(frame))
  return {
    document,
    holds(channel, action, frame) {
      const fits = fitting(channel, action, frame)
      assert.equal(fits.length, 1, `${channel} ${action}: ${JSON.stringify(frame).slice(0, 500)} is ${fits}`)
      seen.add(fits[0] ?? '')
    },
    refuses: (channel, action, frame) => fitting(channel, action, frame).length === 0,
    unseen: (channel) =>
      [...messagesOf(channel, 'send'), ...messagesOf(channel, 'receive')].filter((ref) => !seen.has(ref)),
  }
}

/** The value at a JSON pointer in a document. */
export function resolve(document: Json, ref: string): Json {
  assert.match(ref, /^#\//)
  let at = document
  for (const part of ref.slice(2).split('/')) {
    at = at[part.replaceAll('~1', '/').replaceAll('~0', '~')]
    assert.ok(at !== undefined, `${ref} leads nowhere`)
  }
  return at
}

/** Every `$ref` of a document. */
export function refsOf(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = typeof value.$ref === 'string' ? [value.$ref] : []
  return [...own, ...Object.values(value).flatMap((each) => refsOf(each))]
}
