// Reads model replies. A reply is untrusted text: anything wrong with it becomes a named fault, never an exception, and
// is never shown.
import { z } from 'zod'
import { firstJsonObject, withoutThinking } from '../../kernel/model-text.ts'
import type { EffectReply } from '../../protocol/episode.ts'
import { JsonObject } from '../../protocol/json.ts'
import { ModelAnswer } from './request.ts'

/** Maximum UTF-16 units of a reply that are read, and maximum code points kept of a scene, a reason or a reasoning. */
export const REPLY_LIMITS = { units: 64_000, content: 4_000, reason: 500, reasoning: 4_000, goal: 300 } as const

/** The result of one model call. `fault`: a short identifier for the record; it quotes nothing. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string }

const fault = (word: string): { readonly ok: false; readonly fault: string } => ({ ok: false, fault: word })

/** The text of a successful reply. */
export function readText(reply: EffectReply): Read<string> {
  if (!reply.ok) return fault(reply.code)
  const answer = ModelAnswer.safeParse(reply.value)
  return answer.success ? { ok: true, value: answer.data.text } : fault('NOT_AN_ANSWER')
}

/** The host's time in a reply; undefined for a failed one. */
export function readTime(reply: EffectReply): number | undefined {
  return reply.ok ? ModelAnswer.safeParse(reply.value).data?.at : undefined
}

/** Removes a fence of three backticks: the first and the last line. */
export function unfence(text: string): string {
  const trimmed = text.trim()
  return trimmed.startsWith('```') ? trimmed.split('\n').slice(1, -1).join('\n').trim() : trimmed
}

/** Edition of the rules for reading a reply; `rules` absent: 1, which accepts only JSON. */
interface Edition {
  readonly rules?: 2 | undefined
}
const NEWEST: Edition = { rules: 2 }

/**
 * The object in a reply: alone or in a fence; under edition 2 also after a thinking block or within prose. A JSON value
 * that is not an object counts as no JSON.
 */
export function readObject(text: string, { rules }: Edition = NEWEST): Read<JsonObject> {
  if (text.length > REPLY_LIMITS.units) return fault('TOO_LONG')
  const spoken = rules === 2 ? withoutThinking(text) : text
  const found = parseObject(unfence(spoken))
  if (found.ok || rules !== 2) return found
  const inside = firstJsonObject(spoken)
  return inside === undefined ? found : parseObject(inside)
}

function parseObject(text: string): Read<JsonObject> {
  try {
    const parsed = JsonObject.safeParse(JSON.parse(text))
    return parsed.success ? { ok: true, value: parsed.data } : fault('NOT_AN_OBJECT')
  } catch {
    return fault('NOT_JSON')
  }
}

/** A scene, and the metadata that the model returned with it. */
export interface Scene {
  readonly content: string
  readonly metadata: JsonObject
}

/** The scene of an opener or updater. A reply without scene text is malformed: raw replies are never shown instead. */
export function readScene(text: string, edition: Edition = NEWEST): Read<Scene> {
  const object = readObject(text, edition)
  if (!object.ok) return object
  const { type, content, metadata, ...others } = object.value
  if (type === 'error') return fault('MODEL_ERROR')
  if (typeof content !== 'string' || content.trim() === '') return fault('NO_CONTENT')
  if (isLonger(content, REPLY_LIMITS.content)) return fault('TOO_LONG')
  const given = JsonObject.safeParse(metadata)
  return { ok: true, value: { content: content.trim(), metadata: given.success ? given.data : others } }
}

/** A validator's verdict: only `pass: false` fails. */
export interface Verdict {
  readonly passes: boolean
  readonly message: string
  readonly raw: JsonObject
}

export function readVerdict(text: string, edition: Edition = NEWEST): Read<Verdict> {
  const object = readObject(text, edition)
  if (!object.ok) return object
  const { pass, reason, content } = object.value
  const said = [reason, content].find((each) => typeof each === 'string' && each.trim() !== '')
  const message = typeof said === 'string' ? clip(said.trim(), REPLY_LIMITS.reason) : DEFAULT_REASON
  return { ok: true, value: { passes: pass !== false, message, raw: object.value } }
}

const DEFAULT_REASON = 'That does not fit the rules of this game. Try something else.'

/** A scorer's result: tier 0..3, score 0..100, and the reasoning. */
export const Score = z.strictObject({
  tier: z.int().min(0).max(3),
  score: z.int().min(0).max(100),
  reasoning: z.string().refine((text) => text.trim() !== '', 'must not be blank'),
})
export type Score = z.infer<typeof Score>

/**
 * Numbers may be strings or have a fraction; they are truncated to integers. A missing or out-of-range value is a
 * fault.
 */
export function readScore(text: string, edition: Edition = NEWEST): Read<Score> {
  const object = readObject(text, edition)
  if (!object.ok) return object
  const { tier, score, reasoning } = object.value
  const read = Score.safeParse({
    tier: toInteger(tier),
    score: toInteger(score),
    reasoning: typeof reasoning === 'string' ? clip(reasoning.trim(), REPLY_LIMITS.reasoning) : undefined,
  })
  return read.success ? { ok: true, value: read.data } : fault('NOT_A_SCORE')
}

function toInteger(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.trunc(value) + 0
  return typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) + 0 : undefined
}

/** Counts code points only as far as needed. */
export function isLonger(text: string, limit: number): boolean {
  if (text.length <= limit) return false
  if (text.length > 2 * limit) return true
  let count = 0
  for (const _ of text) if (++count > limit) return true
  return false
}

/** At most `limit` code points. */
export function clip(text: string, limit: number): string {
  return isLonger(text, limit) ? `${[...text.slice(0, 2 * limit)].slice(0, limit - 1).join('')}…` : text
}
