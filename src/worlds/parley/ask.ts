// Builds what a session asks of models: the right prompt, filled once, with the facts for the local cast beside it.
import type { GameId } from './games.ts'
import { CHECK_PROMPTS } from './prompts/checks.ts'
import { OPENER, RETRY, TEAMWORK_OPENER, UPDATERS } from './prompts/scenes.ts'
import { SCORERS } from './prompts/scorers.ts'
import { fill, type Prompt, quote } from './prompts/template.ts'
import { clip } from './replies.ts'
import type { CastCharacter, CastFacts, Check, ParleyRequest } from './request.ts'
import type { Sheet } from './sheet.ts'
import { type State, sharedGoal } from './state.ts'

/** Lines of the play that openers, updaters and validators see. Scorers see all. */
export const TRANSCRIPT_LINES = 12
const MAX_NAME = 60
const NO_CONTEXT = '(no prior context)'

export const openingLine = (scene: string): string => `Opening scene: ${scene}`
export const playerLine = (hid: string, text: string): string => `Player (${hid}): ${text}`
export const simulatorLine = (text: string): string => `Simulator: ${text}`

export function askOpener(state: State): ParleyRequest {
  const prompt = state.game === 'teamwork' ? TEAMWORK_OPENER : OPENER
  return request(state, 'opener', prompt, {
    messages: [
      { role: 'system', content: fill(prompt, sheetValues(state)) },
      { role: 'user', content: 'Begin.' },
    ],
  })
}

/** @param refused the draft that was refused and why; its place in the prompt stays empty without */
export function askUpdater(state: State, action: string, refused?: { draft: string; reason: string }): ParleyRequest {
  const prompt = UPDATERS[state.game]
  const retry = refused ? fill(RETRY, { draft: quote(refused.draft), reason: quote(refused.reason) }) : ''
  const system = fill(prompt, { ...sheetValues(state), ...sceneValues(state), retry })
  return request(state, 'updater', prompt, {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: quote(action) },
    ],
    action,
    refused: refused?.reason ?? null,
  })
}

/** @param response the draft under judgement; null: the player's action is */
export function askCheck(
  state: State,
  check: Check,
  judged: { action: string; response: string | null },
): ParleyRequest {
  const prompt = CHECK_PROMPTS[check]
  const { action, response } = judged
  const pending = response === null ? [] : [playerLine(state.pc.hid, action)]
  const content = fill(prompt, {
    ...sheetValues(state),
    ...sceneValues(state, pending),
    action: quote(action),
    response: quote(response ?? ''),
  })
  return request(state, 'validator', prompt, { messages: [{ role: 'system', content }], check, action, response })
}

/** What a scorer is given. */
export interface Finished {
  readonly game: Exclude<GameId, 'explore'>
  readonly pc: Sheet
  readonly npc: Sheet
  readonly objective: string
  readonly lines: readonly string[]
  readonly turns: number
  readonly guess: string
  readonly confidence: string
}

export function askScorer(finished: Finished): ParleyRequest {
  const prompt = SCORERS[finished.game]
  const content = fill(prompt, {
    ...sheetValues(finished),
    transcript: quote(finished.lines.join('\n')),
    objective: quote(finished.objective),
    guess: quote(finished.guess),
    confidence: quote(finished.confidence),
  })
  const { game, pc, npc, objective, turns, guess } = finished
  const facts: CastFacts = {
    pc: castOf(pc),
    npc: castOf(npc),
    lines: [...finished.lines],
    turn: turns,
    objective,
    action: null,
    response: null,
    refused: null,
    guess,
  }
  return { ...headOf(prompt), role: 'scorer', game, check: null, messages: [{ role: 'user', content }], cast: facts }
}

type Particulars = Pick<ParleyRequest, 'messages'> &
  Partial<Pick<ParleyRequest, 'check'>> &
  Partial<Pick<CastFacts, 'action' | 'response' | 'refused'>>

function request(state: State, role: ParleyRequest['role'], prompt: Prompt, of: Particulars): ParleyRequest {
  const cast: CastFacts = {
    pc: castOf(state.pc),
    npc: castOf(state.npc),
    lines: state.lines.slice(-TRANSCRIPT_LINES),
    turn: state.turns,
    objective: sharedGoal(state),
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

function castOf({ hid, is_human, short_description, abilities, goals, limits, traits }: Sheet): CastCharacter {
  return { hid, is_human, short_description, abilities, goals: [...goals], limits: [...limits], traits: [...traits] }
}

function sheetValues({ pc, npc }: { readonly pc: Sheet; readonly npc: Sheet }): Record<string, string> {
  return { ...valuesOf('pc', pc), ...valuesOf('npc', npc) }
}

function valuesOf(who: 'pc' | 'npc', sheet: Sheet): Record<string, string> {
  return {
    // Stands in the midst of sentences: it must not break their lines.
    [`${who}_hid`]: clip(sheet.hid.replace(/\s+/g, ' '), MAX_NAME),
    [`${who}_short`]: quote(sheet.short_description),
    [`${who}_long`]: quote(sheet.long_description),
    [`${who}_abilities`]: quote(sheet.abilities),
    [`${who}_goals`]: quote(sheet.goals.join('\n')),
    [`${who}_scenarios`]: quote(sheet.scenarios.join('\n')),
  }
}

function sceneValues(state: State, pending: readonly string[] = []): Record<string, string> {
  const last = [...state.lines.slice(-TRANSCRIPT_LINES), ...pending]
  return {
    transcript: last.length === 0 ? NO_CONTEXT : quote(last.join('\n')),
    objective: quote(sharedGoal(state)),
  }
}
