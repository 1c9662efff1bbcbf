// Scenarios that people judge characters by: the part of a researcher's client for them.
import type { JudgeHitl } from '../protocol/hitl-routes.ts'
import { ask, type Credentials } from './http.ts'

export function scenarioMethods(caller: Credentials) {
  const base = '/api/research/hitl'
  const one = (hid: string): string => `${base}/${encodeURIComponent(hid)}`
  const post = { method: 'POST' } as const
  return {
    /** Characters with scenarios that people judge them by. */
    hitlList: () => ask(caller, (s) => s.HitlList, base),
    hitlCreate: (npc_hid: string, about: { readonly game?: string; readonly pc_hid?: string | null } = {}) =>
      ask(caller, (s) => s.HitlState, base, { ...post, body: { npc_hid, ...about } }),
    hitl: (hid: string) => ask(caller, (s) => s.HitlState, one(hid)),
    /** Lets the character answer what is pending, in the background. */
    hitlAnswer: (hid: string, regenerates = false) =>
      ask(caller, (s) => s.HitlState, `${one(hid)}/answers`, { ...post, body: { regenerates } }),
    /** Stores a verdict on one response. */
    hitlJudge: (hid: string, verdict: Partial<JudgeHitl> & Pick<JudgeHitl, 'scenario' | 'attempt' | 'liked'>) =>
      ask(caller, (s) => s.HitlState, `${one(hid)}/feedback`, { ...post, body: verdict }),
  }
}
