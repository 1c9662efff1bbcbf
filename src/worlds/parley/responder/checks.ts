// The validators of the offline responder. They refuse what is plainly against a rule, kindly, and let everything else pass.
import { at } from '../../../kernel/at.ts'
import type { CastFacts, Check } from '../request.ts'
import { bodyOf } from './bodies.ts'
import { stem, stemsOf } from './words.ts'

/** Words of one action before it is no single act any more. */
const MAX_WORDS = 60

const quoted = /["“][^"”]*["”]/g
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Why a text does not pass; undefined: it passes. */
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

function actionObjection(action: string, { pc }: CastFacts): string | undefined {
  const plain = action.replace(quoted, '"" ').trim()
  const lower = plain.toLowerCase()
  const words = action.match(/[\p{L}\p{N}']+/gu) ?? []
  if (words.length === 0) return `What does ${pc.hid} do? A few words are enough: "I knock on the door."`
  if (words.length > MAX_WORDS) return 'That is a lot at once. Choose the first thing, and see what comes of it.'
  if (META.test(lower) || /\{\s*"?pass"?\s*:/i.test(action))
    return `That speaks about the game rather than from within it. What does ${pc.hid} do?`
  const clauses = lower.split(/[.!;,]|\band\b|\bthen\b/).filter((clause) => clause.trim() !== '')
  if (!plain.includes('""') && clauses.length > 0 && clauses.every((clause) => INNER.test(clause))) {
    return `That happens inside ${pc.hid}. What does ${pc.hid} do that could be noticed?`
  }
  if (
    NARRATION.test(lower) &&
    !/\b(?:i|i'm|i'll|my|me|we)\b/.test(lower) &&
    !plain.includes(pc.hid) &&
    !plain.includes('""') &&
    !plain.endsWith('?')
  ) {
    return `That tells what the world does. Tell what ${pc.hid} does, and the world will answer.`
  }
  return undefined
}

const META =
  /\b(?:ignore (?:your|the|all|any|previous)|system prompt|return pass|"?pass"?\s*[:=]|validator|as an ai|language model|your (?:rules|instructions)|json)\b/
const INNER =
  /^\s*(?:i|he|she|they|it|[a-z]{2,4})?\s*(?:just |really |now )?(?:think|thinks|feel|feels|believe|believes|know|knows|wonder|wonders|wish|wishes|realize|realizes|remember|am (?:happy|sad|angry|afraid|tired|curious|bored)|is (?:happy|sad|angry|afraid|tired|curious|bored))\b(?!\s+(?:for|around|along|the (?:wall|edge|way|surface)))/
const NARRATION = /^(?:suddenly|the|a|an|it|there|everything|everyone|somebody|someone)\b/

const MAGIC: readonly (readonly [pattern: RegExp, verb: string])[] = [
  [/\b(?:fly|flies|flying|levitate|hover)\b/, 'fly'],
  [/\bteleport\w*\b/, 'teleport'],
  [/\b(?:read|reads|reading) (?:\w+ )?(?:mind|minds|thoughts)\b|\btelepath\w*/, 'read minds'],
  [/\b(?:invisible|vanish|disappear)\b/, 'vanish'],
  [/\b(?:cast a|magic|spell|conjure|summon)\b/, 'do magic'],
  [/\b(?:stop|freeze|rewind|travel (?:back )?in) time\b/, 'command time'],
  [/\b(?:lift|throw|carry) (?:the|a|this) (?:car|truck|house|building|train|mountain)\b/, 'lift that'],
]

function abilityObjection(action: string, { pc }: CastFacts): string | undefined {
  // Questions try nothing but to ask.
  const lower = action
    .replace(quoted, ' ')
    .replace(/[^.!?]*\?/g, ' ')
    .toLowerCase()
  const known = stemsOf(`${pc.abilities} ${pc.short_description}`)
  const body = bodyOf(pc)
  const beyond = MAGIC.find(([pattern, verb]) => pattern.test(lower) && !known.includes(stem(at(verb.split(' '), 0))))
  if (beyond) return `${pc.hid} cannot ${beyond[1]}. What could ${pc.hid} try instead?`
  const sees = /\bi (?:look|see|watch|stare|glance|gaze|read|observe)\b/.test(lower)
  if (sees && !body.canSee) return `${pc.hid} does not see. Try to listen, touch, ask or smell.`
  if (/\bi (?:hear|listen)\b/.test(lower) && !body.canHear)
    return `${pc.hid} does not hear. Try to look, touch or sign.`
  const speaks = /\bi (?:say|tell|whisper|shout|speak|talk|sing|yell|call out)\b/.test(lower)
  if (speaks && !body.canSpeak)
    return `${pc.hid} does not speak aloud. There are other ways: a sign, a touch, a written word.`
  const verb = /\bi (?:try to |slowly |quickly |carefully )?(\w+)/.exec(lower)?.[1] ?? ''
  const isRuledOut = verb !== '' && body.cannot.some((each) => each === verb) && !ALWAYS.has(verb)
  return isRuledOut ? `${pc.hid} cannot ${verb}. What could ${pc.hid} do in its own way?` : undefined
}

/** Verbs too general to be ruled out by one line of a sheet. */
const ALWAYS = new Set([
  'do',
  'be',
  'have',
  'perform',
  'use',
  'make',
  'take',
  'get',
  'go',
  'rely',
  'always',
  'easily',
  'try',
])

function authorityObjection(action: string, { pc, npc }: CastFacts): string | undefined {
  const plain = action.replace(quoted, ' ')
  const lower = plain.toLowerCase()
  const name = literal(npc.hid)
  const foretold = /\b(?:predict|expect|hope|guess|if|whether|wait (?:for|until|to see)|ask|see if)\b/.test(lower)
  const controls = new RegExp(
    `(?:^|[.,;]|\\band|\\bthen|\\bso)\\s*(?:${name}|it|they|the other)\\s+(?!is\\b|was\\b|has\\b)(?:then |now |will |immediately )?[a-z]+(?:s|ed|es)\\b`,
    'i',
  )
  if (npc.hid !== pc.hid && !foretold && controls.test(plain)) {
    return `What ${npc.hid} does is its own affair. Tell what ${pc.hid} does, and leave the answer open.`
  }
  const makes = new RegExp(`\\b(?:make|force|cause)s? (?:${name}|it|them|him|her) (?!an?\\b|the\\b|some\\b)[a-z]+`, 'i')
  if (makes.test(plain)) return `${pc.hid} can ask, offer or try, but not decide what ${npc.hid} does.`
  const isDecree =
    /\b(?:successfully|and (?:it|that) works|and succeed|i win|i have won|instantly|no matter what)\b/.test(lower) ||
    /\bsuddenly (?:a|an|the)\b.*\b(?:appears|explodes|opens|falls|arrives)\b/.test(lower)
  return isDecree ? 'Whether it works is told to you. Say what is tried, without the outcome.' : undefined
}
