// Reads what a player's action is: which kind of act, at what, and whether it asks something.

export const ACTS = [
  'threat',
  'leave',
  'ask',
  'greet',
  'give',
  'touch',
  'play',
  'take',
  'use',
  'wait',
  'move',
  'look',
  'talk',
  'other',
] as const
export type Act = (typeof ACTS)[number]

const VERBS: Readonly<Record<Exclude<Act, 'other'>, RegExp>> = {
  threat: /\b(hit|attack|kick at|punch|shove|threaten|smash|strike|yell at|scream at|stab|break)/,
  leave: /\b(leave|go away|walk away|walk out|step outside|turn my back|say goodbye|goodbye|bye|see you)\b/,
  ask: /\?|\b(ask|question|inquire|request)/,
  greet:
    /\b(wave|shake hands|shake (?:his|her|its|their) hand|greet|hello|hi|hey|bow|nod|smile|introduce|good (?:morning|evening|day))\b/,
  give: /\b(give|offer|hand over|hand (?:him|her|it|them|the)|share|feed|bring|show|hold out|pass)\b/,
  touch: /\b(touch|hand on|pat|stroke|hug|tap|poke|pet|feel|brush|hold|rub|lean)\b/,
  play: /\b(play|sing|hum|dance|toss|throw|roll|clap|whistle|drum|draw|juggle|spin)\b/,
  take: /\b(take|pick|grab|lift|collect|gather|catch|carry)\b/,
  use: /\b(use|open|close|push|pull|turn|press|switch|build|make|write|type|move the|knock|pour|mix|tie|fix|put|place|set|ring|light|unlock|cut|crank|drag|stir|shut)\b/,
  move: /\b(walk|step|go|approach|follow|come|run|move|back away|circle|crawl|roll over to|wheel|climb|sit down|kneel|crouch|swim|drift)\b/,
  look: /\b(look|watch|examine|inspect|observe|study|read|listen|smell|search|check|explore|peek|glance|notice)\b/,
  wait: /\b(wait|rest|stay|stand still|pause|do nothing|sit|breathe|keep still)\b/,
  talk: /["“”]|\b(say|tell|whisper|speak|talk|shout|call|explain|answer|reply|thanks?|you|your|nice|yes|no|okay|sorry|great|apologi[sz]e|mention|sign|describe)/,
}

export interface Reading {
  readonly act: Act
  /** With its article: `the bell`; empty when none was found. */
  readonly object: string
  /** What is said in quotes, or the whole action. */
  readonly speech: string
}

/** What is predicted in an action is no part of it. */
export function withoutPrediction(action: string): string {
  const kept = action.replace(/[^.!?\n]*\b(?:predict|prediction|expect)\w*\b[^.!?\n]*[.!?]?/gi, '').trim()
  return kept === '' ? action : kept
}

export function readAction(action: string, names: readonly string[]): Reading {
  const text = withoutPrediction(action)
  const lower = text.toLowerCase()
  const speech = /["“]([^"”]+)["”]/.exec(text)?.[1] ?? text
  const act = ACTS.find((each) => each !== 'other' && VERBS[each].test(lower)) ?? 'other'
  return { act, object: objectOf(lower, names), speech }
}

const NOT_OBJECTS =
  /^(?:same|other|way|moment|while|bit|lot|little|few|time|next|room|front|side|back|end|left|right|floor|hands?|heads?|arms?|fingers?|face|eyes?|voice|about|to|with|for|and|is|are|how|what|where|if|as|at|in|on)$/

function objectOf(lower: string, names: readonly string[]): string {
  const plain = lower.replace(/["“][^"”]*["”]/g, ' ')
  for (const [, , noun = ''] of plain.matchAll(
    /\b(the|a|an|my|some|this|that|its|his|her|their)\s+([a-z][a-z'-]+(?: of (?:the |an? |my )?[a-z'-]+)?)/g,
  )) {
    if (NOT_OBJECTS.test(noun) || names.some((name) => name.toLowerCase() === noun)) continue
    return `the ${noun}`
  }
  return ''
}
