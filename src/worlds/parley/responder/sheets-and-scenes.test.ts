// Tests the offline responder against the sheets of all built-in characters. What each character lacks was read off its
// sheet by hand, so that the test checks the responder's reading instead of repeating it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ParleyStage } from '../../../testing/parley.ts'
import { characters } from '../characters/built-in.ts'
import { answerAs } from './answer.ts'

const HIDS = characters.map(({ hid }) => hid)
const of = (hid: string) => JSON.parse(JSON.stringify(characters.find((character) => character.hid === hid)))

const NO_HEARING = ['MIRA', 'OCTA', 'HIVE', 'CRUST', 'LIFT', 'BATCH', 'SIMA', 'GALE']
const NO_SIGHT = ['BRAM', 'CRUST', 'LIFT', 'BATCH', 'SIMA', 'VESH', 'SKEIN', 'GALE']
const NO_VOICE = ['MIRA', 'JACK', 'OCTA', 'HIVE', 'CRUST', 'LIFT', 'BATCH', 'SIMA', 'GALE']
const NO_WORDS = NO_VOICE.filter((hid) => hid !== 'MIRA')
const IN_ITS_PLACE = ['CRUST', 'LIFT', 'TIDE', 'BATCH', 'SIMA', 'GALE']
/** Characters that no momentary act of a person reaches. */
const UNREACHED = ['CRUST', 'BATCH', 'SIMA', 'GALE']

const SPOKEN = [
  'I say "I feel sad today."',
  'I shout from behind NPC.',
  'I call NPC on the phone.',
  'I ask "Do you want me to leave?"',
  'I thank NPC.',
  'I ask NPC what NPC wants.',
  'I tell NPC about the weather.',
  'Hello!',
  'What is your name?',
  'I sing a song.',
]
const SILENT = ['I wave to NPC.', 'I nod.', 'I smile at NPC.', 'I point at the door.', 'I bow.']
const OTHER = [
  'I sign "hello" to NPC.',
  'I write "Who are you?" on a note and show it.',
  'I carry it to the door.',
  'I take the heavy box.',
  'I open the locked door.',
  'I give NPC the shiny coin.',
  'I touch NPC lightly.',
  'I wait until NPC is ready.',
  'I look around.',
  'I kill NPC.',
  'I clap twice.',
  'I walk over to NPC and sit down.',
  'I play a tune on the table.',
  'I try to make NPC laugh by pulling a face.',
  'I push the lever. We do it together.',
  'I leave.',
]
const MOVES = [...SPOKEN, ...SILENT, ...OTHER]

const stageOf = (pc: string, npc: string, game = 'explore') =>
  new ParleyStage({ game, pc: of(pc), npc: of(npc), stopping_conditions: { turns: ['>400'] } }).begin(answerAs)

/** The scene that one move produces, bypassing the judges. */
function told(stage: ParleyStage, move: string, npc: string): string {
  const turn = stage.say(move.replaceAll('NPC', npc), (request) =>
    request.role === 'validator' ? '{"pass":true}' : answerAs(request),
  )
  const last = turn.at(-1)
  assert.equal(last?.event_source, 'npc', `${npc}: ${move}`)
  return last?.content ?? ''
}

const NOTICES_NOTHING =
  /gives no sign of having noticed|does not react|goes on as before|Nothing about \w+ changes|takes no notice/
const MOVES_ABOUT = (npc: string): RegExp =>
  new RegExp(
    `\\b${npc} (?:comes (?:a|close)|moves|draws|settles|makes room|stays beside|turns|leans|recoils|gets|joins)`,
  )

/** Statements of a scene that the two sheets rule out. */
function contradictions(pc: string, npc: string, move: string, scene: string): string[] {
  const found: string[] = []
  const claim = (what: string, isMade: boolean): void =>
    void (isMade && found.push(`${what}: ${pc}/${npc}: ${move} -> ${scene}`))
  const says = (how: string): boolean => new RegExp(`\\b${npc} (?:${how})\\b`).test(scene)
  const isVoiceOnly = SPOKEN.includes(move)
  if (NO_VOICE.includes(npc)) claim('speaks', says('says|speaks|whispers|calls'))
  if (NO_WORDS.includes(npc)) claim('has words', says('says|signs|writes|answers the words'))
  if (NO_HEARING.includes(npc)) {
    claim('hears', says('hears|listens|heard'))
    if (isVoiceOnly) claim('answers what was not heard', says('says|signs|writes'))
    claim('words arrive', /words? (?:reach|arrive|carry)|greeting reaches|question reaches/.test(scene))
  }
  if (NO_SIGHT.includes(npc)) {
    claim('sees', says('sees|watches|looks'))
    if (SILENT.includes(move)) claim('answers what was not seen', !NOTICES_NOTHING.test(scene))
  }
  if (UNREACHED.includes(npc)) claim('notices', !NOTICES_NOTHING.test(scene))
  if (IN_ITS_PLACE.includes(npc)) claim('moves', MOVES_ABOUT(npc).test(scene))
  if (NO_SIGHT.includes(pc)) {
    claim('shows to the blind', MOVES_ABOUT(npc).test(scene) || says('signs|writes|sees|watches'))
    claim(
      'a sight',
      /\b(?:heron|snail appears|curl of wood|crab crosses|flickers|dust turns|scratch|newer)\b/.test(scene),
    )
  }
  if (NO_HEARING.includes(pc)) {
    claim('tells the Deaf aloud', says('says'))
    claim(
      'a sound',
      /\b(?:sound|hums?|drips|shudders|knocks softly|slaps|rolls in)\b/.test(scene.replace(/"[^"]*"/g, '')),
    )
  }
  claim(
    'limbs and steps',
    /\b(?:hands?|fingers?|feet|foot|walks?|stands?|runs?|arms?|eyes|ears)\b/.test(
      scene
        .replace(/"[^"]*"/g, '')
        .replace(/a hand’s breadth|rises by a finger|lifts a finger wide|moves by hand/g, ''),
    ),
  )
  claim('form', /,,|\s{2}|\{|undefined|\bthe (?:until|heavy|locked|shiny)[ .,](?!box|door|coin)/.test(scene))
  return found
}

test('offline responder: no scene contradicts the sheet of any built-in character, whichever character plays', () => {
  const players = ['ODA', 'BRAM', 'MIRA', 'VESH', 'NOOR']
  const faults: string[] = []
  for (const npc of HIDS) {
    for (const pc of players.filter((hid) => hid !== npc)) {
      const stage = stageOf(pc, npc)
      for (const move of MOVES) faults.push(...contradictions(pc, npc, move, told(stage, move, npc)))
    }
  }
  assert.deepEqual(faults.slice(0, 20), [])
})

test('offline responder: no order of moves in any game leads to a contradiction', () => {
  const games = ['explore', 'foresight', 'goal-horizon', 'infer-intent', 'teamwork']
  fc.assert(
    fc.property(
      fc.constantFrom(...HIDS),
      fc.constantFrom('ODA', 'BRAM', 'MIRA'),
      fc.constantFrom(...games),
      fc.array(fc.constantFrom(...MOVES), { minLength: 1, maxLength: 8 }),
      (npc, pc, game, moves) => {
        if (npc === pc) return
        const stage = stageOf(pc, npc, game)
        for (const move of moves) assert.deepEqual(contradictions(pc, npc, move, told(stage, move, npc)), [])
      },
    ),
    { numRuns: 1000 },
  )
})

const sentencesOf = (scene: string): string[] =>
  scene.match(/[^.!?"]+(?:"[^"]*")?[.!?]*/g)?.map((each) => each.trim()) ?? []

test('offline responder: no sentence occurs twice within 20 turns, even if every move is the same', () => {
  for (const npc of HIDS) {
    for (const moves of [
      ['I wave to NPC.'],
      ['I say "I feel sad today."'],
      ['I open the locked door.'],
      ['I ask NPC: "Do you like it here?"'],
      MOVES,
    ]) {
      for (const pc of ['ODA', 'BRAM', 'MIRA'].filter((hid) => hid !== npc)) {
        const stage = stageOf(pc, npc)
        const seen = new Set<string>()
        for (let turn = 0; turn < 20; turn++) {
          const scene = told(stage, moves[turn % moves.length] ?? '', npc)
          assert.notEqual(scene, '', `${npc} turn ${turn}`)
          for (const sentence of sentencesOf(scene)) {
            if (sentence.length < 4) continue
            assert.ok(!seen.has(sentence), `${pc}/${npc} turn ${turn}: ${sentence}`)
            seen.add(sentence)
          }
        }
      }
    }
  }
})

test('offline responder: a Deaf signer answers signs with signs and notes with notes, and does not answer shouts', () => {
  const stage = stageOf('ODA', 'MIRA')
  assert.match(told(stage, 'I sign "hello" to NPC.', 'MIRA'), /MIRA signs: "/)
  assert.match(told(stage, 'I write "Who are you?" on a note.', 'MIRA'), /MIRA writes: ".*MIRA/)
  assert.doesNotMatch(told(stage, 'I shout from behind NPC.', 'MIRA'), /says|signs|writes|sees|turns/)
})

test('offline responder: keywords in speech, places and thanks are not mistaken for actions', () => {
  const stage = stageOf('ODA', 'RUTH')
  assert.doesNotMatch(told(stage, 'I say "I feel sad today."', 'RUTH'), /touch|leans into/)
  assert.doesNotMatch(told(stage, 'I ask "Do you want me to leave?"', 'RUTH'), /So soon|Goodbye|Come back/)
  assert.doesNotMatch(told(stage, 'I carry it to the door.', 'RUTH'), /door is|door comes|loose/)
  assert.match(told(stage, 'I thank NPC.', 'RUTH'), /welcome|Gladly|nothing|Any time/)
  assert.doesNotMatch(told(stage, 'I kill NPC.', 'RUTH'), /is done|dead|dies/)
  assert.match(told(stage, 'I take the heavy box.', 'RUTH'), /The heavy box/)
})

test('offline responder: a character that meets itself gets an answer to every move', () => {
  // Player and simulator may draw the same character, whose name then says nothing about who acts.
  for (const hid of HIDS) {
    const stage = stageOf(hid, hid)
    for (const move of MOVES) {
      const said = stage.say(move.replaceAll('NPC', hid), answerAs)
      assert.ok(!said.some(({ content }) => content.includes('could not produce')), `${hid}: ${move}`)
    }
  }
})
