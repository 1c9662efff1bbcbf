// Frames of the commissioner protocol as text: parsed by their `type`, and written with every field that the contract has.

import type { z } from 'zod'
import { checkDepth, describeIssue } from '../../kernel/parse.ts'
import { CommissionerMessage, PlatformMessage, RoundComplete, ScheduleEpisodes } from '../../protocol/commissioner.ts'
import { CommissionerRequest } from '../../protocol/commissioner-requests.ts'

/** An invalid frame; `reason` goes into the close frame. */
export class BadFrame extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'BadFrame'
  }
}

/** Maximum size of one frame in bytes: a state of 10 MB with escapes, and its surroundings. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024
/** Maximum length of a reason in characters: a close frame holds 123 bytes. */
const REASON_LENGTH = 120

export const closeReason = (text: string): string => {
  let reason = text.slice(0, REASON_LENGTH)
  while (new TextEncoder().encode(reason).length > REASON_LENGTH) reason = reason.slice(0, -1)
  return reason
}

const PLATFORM_TYPES = PlatformMessage.options.map(({ shape }): string => shape.type.value)
const REQUEST_TYPES = CommissionerRequest.options.map(({ shape }): string => shape.type.value)
const COMMISSIONER_TYPES = CommissionerMessage.options.map(({ shape }): string => shape.type.value)

/** Parses a platform's message to a commissioner. @throws BadFrame */
export function readPlatformFrame(text: string): PlatformMessage | CommissionerRequest {
  const value = parseFrame(text)
  const type = typeOf(value)
  if (PLATFORM_TYPES.includes(type)) return check(PlatformMessage, value)
  if (REQUEST_TYPES.includes(type)) return check(CommissionerRequest, value)
  throw new BadFrame(`unknown message type: '${type}'`)
}

/** Parses a commissioner's answer to a request. @throws BadFrame */
export function readAnswerFrame<T>(text: string, schema: z.ZodType<T>): T {
  return check(schema, parseFrame(text))
}

/** Parses a commissioner's message to a platform. @throws BadFrame */
export function readCommissionerFrame(text: string): CommissionerMessage {
  const value = parseFrame(text)
  const type = typeOf(value)
  if (!COMMISSIONER_TYPES.includes(type)) throw new BadFrame(`unknown message type: '${type}'`)
  return check(CommissionerMessage, value)
}

function parseFrame(text: string): unknown {
  try {
    checkDepth(text, 'A frame')
    return JSON.parse(text)
  } catch (error) {
    throw new BadFrame(`not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function typeOf(value: unknown): string {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (typeof type === 'string') return type
  throw new BadFrame('message has no type')
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new BadFrame(describeIssue(parsed.error, 'message'))
}

/** A message in wire form. Fields of later protocols are included only if they have a value. */
export function writeFrame(message: PlatformMessage | CommissionerRequest | CommissionerMessage): string {
  return JSON.stringify(message)
}

/** The message in the normal form of 9.2: only its own fields, including nulls and empty lists. */
export function toMinimalForm(message: PlatformMessage | CommissionerMessage): unknown {
  if (message.type === 'round_start') {
    const { league, divisions, memberships, ...rest } = message
    return {
      ...rest,
      league: { id: league.id, commissioner_config: league.commissioner_config },
      divisions: divisions.map(({ id, name, level }) => ({ id, name, level })),
      memberships: memberships.map(({ id, division_id, policy_version_id, player_id, is_champion }) => ({
        id,
        division_id,
        policy_version_id,
        player_id,
        is_champion,
      })),
    }
  }
  if (message.type === 'schedule_episodes') {
    const { episodes } = ScheduleEpisodes.parse(message)
    return {
      ...message,
      episodes: episodes.map(({ game_config: _, game_config_overrides: __, ...episode }) => episode),
    }
  }
  if (message.type === 'round_complete') {
    const { type, results, graduation_changes, round_display, state } = RoundComplete.parse(message)
    return { type, results, graduation_changes, round_display, state }
  }
  return message
}
