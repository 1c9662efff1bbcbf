// The validators of the offline responder. They politely refuse clear rule violations and let everything else pass.
import type { CastFacts, Check } from '../request.ts'
import { abilityObjection } from './ability-check.ts'
import { bodyOf } from './bodies.ts'
import { actionObjection, authorityObjection } from './player-checks.ts'

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Why a text fails the check; undefined: it passes. */
export function objectionTo(check: Check, facts: CastFacts): string | undefined {
  const action = facts.action ?? ''
  const response = facts.response ?? ''
  switch (check) {
    case 'VALID-PC-ACTION':
      return actionObjection(action, facts)
    case 'VALID-PC-ABILITY':
      return abilityObjection(action, facts)
    case 'VALID-PLAYER-AUTHORITY-BOUNDARY':
      return authorityObjection(action, facts)
    case 'VALID-NPC-ACTION':
      return response.trim() === '' ? 'Tell what can be observed.' : undefined
    case 'VALID-AUTHORITY-BOUNDARY-SIMULATOR': {
      // A character may meet itself; then the name does not tell whose decision it is.
      if (facts.pc.hid === facts.npc.hid) return undefined
      const decides = new RegExp(
        `\\b${literal(facts.pc.hid)} (?:decides|thinks|feels|wants|realizes|remembers|says)\\b`,
      )
      return decides.test(response) ? `Do not decide for ${facts.pc.hid}.` : undefined
    }
    case 'VALID-PERCEPTION-BOUNDARY':
      return /\b(?:secretly|unknown to|in its mind|inwardly)\b/i.test(response)
        ? `Tell only what ${facts.pc.hid} can perceive.`
        : undefined
    case 'VALID-NPC-ABILITY': {
      const speaks = response.includes(`${facts.npc.hid} says`)
      return speaks && !bodyOf(facts.npc).canSpeak ? `${facts.npc.hid} does not speak.` : undefined
    }
    case 'VALID-ADJUDICATION':
    case 'VALID-GAME-ALIGNMENT':
      return undefined
  }
}
