// Builds a session's model requests: fills the right prompt once and adds the facts for the offline responder.
import type { GameId } from './games.ts'
import { CHECK_PROMPTS } from './prompts/checks.ts'
import { EARLIER, OPENER, RETRY, TEAMWORK_OPENER, UPDATERS } from './prompts/scenes.ts'
import { SCORERS } from './prompts/scorers.ts'
import { fill, type Prompt, quote, type Values } from './prompts/template.ts'
import { clip } from './replies.ts'
import type { CastCharacter, CastFacts, Check, ParleyRequest } from './request.ts'
import { pronounOf, type Sheet } from './sheet.ts'
import { drawnGoal, type State, sharedGoal } from './state.ts'

/** Number of latest transcript lines that updaters and validators see. Scorers see the whole transcript. */
export const TRANSCRIPT_LINES = 12
/** Number of older lines that an updater gets in shortened form, and the code points kept of each. */
const EARLIER_LINES = 24
const EARLIER_LENGTH = 120
/** Number of lines that the offline responder gets so that it does not repeat itself: both lines of 22 turns. */
const KNOWN_LINES = 44
const MAX_NAME = 60
const NO_CONTEXT = '(no prior context)'

export const openingLine = (scene: string): string => `Opening scene: ${scene}`
export const playerLine = (hid: string, text: string): string => `Player (${hid}): ${text}`
export const simulatorLine = (text: string): string => `Simulator: ${text}`

export function askOpener(state: State): ParleyRequest {
  const prompt = state.game === 'teamwork' ? TEAMWORK_OPENER : OPENER
  const system = fill(prompt, valuesOf(state, {}))
  return request(state, 'opener', prompt, {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: 'Begin.' },
    ],
    lines: [],
  })
}

/** @param refused the rejected draft and the reason; without it, its gap in the prompt stays empty */
export function askUpdater(state: State, action: string, refused?: { draft: string; reason: string }): ParleyRequest {
  const prompt = UPDATERS[state.game]
  const told = refused ? { draft: quote(refused.draft), reason: quote(refused.reason) } : undefined
  const retry = told ? fill(RETRY, (name) => (name === 'draft' ? told.draft : told.reason)) : ''
  const values = valuesOf(state, { ...sceneOf(state, []), retry, earlier: earlierOf(state) })
  return request(state, 'updater', prompt, {
    messages: [
      { role: 'system', content: fill(prompt, values) },
      { role: 'user', content: quote(action) },
    ],
    lines: state.lines.slice(-KNOWN_LINES),
    action,
    refused: refused?.reason ?? null,
  })
}

/** The texts that validators judge. */
export interface Judged {
  readonly action: string
  /** The draft to judge; null: the player's action is judged. */
  readonly response: string | null
}

/** One request for each check. The parts that they share are built once. */
export function askChecks(
  state: State,
  checks: readonly Check[],
  { action, response }: Judged,
): { readonly check: Check; readonly request: ParleyRequest }[] {
  const pending = response === null ? [] : [playerLine(state.pc.hid, action)]
  const values = valuesOf(state, {
    ...sceneOf(state, pending),
    action: quote(action),
    response: quote(response ?? ''),
  })
  const lines = state.lines.slice(-TRANSCRIPT_LINES)
  return checks.map((check) => {
    const prompt = CHECK_PROMPTS[check]
    const messages: ParleyRequest['messages'] = [{ role: 'system', content: fill(prompt, values) }]
    return { check, request: request(state, 'validator', prompt, { messages, lines, check, action, response }) }
  })
}

/** The input of a scorer. */
export interface Finished {
  readonly game: Exclude<GameId, 'explore'>
  readonly pc: Sheet
  readonly npc: Sheet
  readonly objective: string
  /** The goal drawn for the simulated character; empty if unknown. */
  readonly goal: string
  readonly lines: readonly string[]
  readonly turns: number
  readonly guess: string
  readonly confidence: string
}

export function askScorer(finished: Finished): ParleyRequest {
  const { game, pc, npc, objective, turns, guess } = finished
  const prompt = SCORERS[game]
  const values = valuesOf(finished, {
    transcript: quote(finished.lines.join('\n')),
    objective: quote(objective),
    guess: quote(guess),
    confidence: quote(finished.confidence),
    npc_goal: quote(finished.goal),
  })
  const facts: CastFacts = {
    pc: castOf(pc),
    npc: castOf(npc),
    lines: [...finished.lines],
    turn: turns,
    objective,
    goal: finished.goal,
    action: null,
    response: null,
    refused: null,
    guess,
  }
  const messages: ParleyRequest['messages'] = [{ role: 'user', content: fill(prompt, values) }]
  return { ...headOf(prompt), role: 'scorer', game, check: null, messages, cast: facts }
}

type Particulars = Pick<ParleyRequest, 'messages'> &
  Partial<Pick<ParleyRequest, 'check'>> &
  Pick<CastFacts, 'lines'> &
  Partial<Pick<CastFacts, 'action' | 'response' | 'refused'>>

function request(state: State, role: ParleyRequest['role'], prompt: Prompt, of: Particulars): ParleyRequest {
  const cast: CastFacts = {
    pc: castOf(state.pc),
    npc: castOf(state.npc),
    lines: of.lines,
    turn: state.turns,
    objective: sharedGoal(state),
    goal: drawnGoal(state),
    action: of.action ?? null,
    response: of.response ?? null,
    refused: of.refused ?? null,
    guess: null,
  }
  return { ...headOf(prompt), role, game: state.game, check: of.check ?? null, messages: of.messages, cast }
}

const headOf = (prompt: Prompt) => ({
  prompt_id: prompt.id,
  prompt_version: prompt.version,
  prompt_digest: prompt.digest,
})

function castOf(sheet: Sheet): CastCharacter {
  const { hid, is_human, short_description, abilities, goals, limits, traits } = sheet
  return { hid, is_human, short_description, abilities, goals, limits, traits, pronoun: pronounOf(sheet) }
}

const sceneOf = (state: State, pending: readonly string[]): Record<string, string> => {
  const last = [...state.lines.slice(-TRANSCRIPT_LINES), ...pending]
  return {
    transcript: last.length === 0 ? NO_CONTEXT : quote(last.join('\n')),
    objective: quote(sharedGoal(state)),
    npc_goal: quote(drawnGoal(state) || 'one of the goals above, the same in every turn'),
  }
}

/**
 * The lines before the latest ones: the opening scene and the newest of the others, each shortened. Empty while all
 * lines fit.
 */
function earlierOf(state: State): string {
  const older = state.lines.slice(0, -TRANSCRIPT_LINES)
  if (older.length === 0) return ''
  const kept = older.length > EARLIER_LINES ? [...older.slice(0, 1), ...older.slice(1 - EARLIER_LINES)] : older
  const text = kept.map((line) => clip(line.replace(/\s+/g, ' '), EARLIER_LENGTH)).join('\n')
  return `${fill(EARLIER, (name) => (name === 'earlier' ? quote(text) : sheetValue(state, name)))}\n`
}

/** Values of all gaps: those of the characters, each computed on first use, and those given. */
function valuesOf(
  characters: { readonly pc: Sheet; readonly npc: Sheet },
  given: Readonly<Record<string, string>>,
): Values {
  const known = new Map(Object.entries(given))
  return (name) => {
    const value = known.get(name) ?? sheetValue(characters, name)
    known.set(name, value)
    return value
  }
}

function sheetValue({ pc, npc }: { readonly pc: Sheet; readonly npc: Sheet }, name: string): string {
  const isPc = name.startsWith('pc_')
  if (!isPc && !name.startsWith('npc_')) return ''
  const sheet = isPc ? pc : npc
  switch (name.slice(isPc ? 3 : 4)) {
    case 'hid':
      // The value is inserted into sentences, so it must not contain line breaks.
      return clip(sheet.hid.replace(/\s+/g, ' '), MAX_NAME)
    case 'short':
      return quote(sheet.short_description)
    case 'long':
      return quote(sheet.long_description)
    case 'abilities':
      return quote(sheet.abilities)
    case 'goals':
      return quote(sheet.goals.join('\n'))
    case 'persona':
      return quote((sheet.persona ?? []).join('\n'))
    case 'scenarios':
      return quote(sheet.scenarios.join('\n'))
    default:
      return ''
  }
}
