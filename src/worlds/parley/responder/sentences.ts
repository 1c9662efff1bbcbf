// The sentences of the offline responder. `{npc}`, `{pc}`, `{o}` (the object of the act), `{skill}`, `{hint}`,
// `{thing}`, `{them}` and `{their}` are gaps. No sentence assumes a sense, a limb or a gait that a character may lack:
// sentences that do are in lists used only for characters who have it.
import type { Act } from './actions.ts'

type Lines = readonly string[]

/** Combines every beginning with every ending, so a few phrases make many sentences. */
function combine(heads: Lines, tails: Lines): Lines {
  // Tails vary first, so that two sentences in a row begin differently.
  return tails.flatMap((tail, at) => heads.map((_, index) => `${heads[(index + at) % heads.length]}${tail}`))
}

/** Results of an act on a thing, without reference to a sense. */
export const RESULTS: Readonly<Partial<Record<Act, Lines>>> = {
  threat: ['{O} takes the blow and rocks.', '{O} holds, but only just.'],
  give: ['{O} is within reach of {npc} now.', '{O} lies between the two now.'],
  touch: ['{O} is cooler than expected.', '{O} gives a little under the touch.', '{O} is smooth, with one rough spot.'],
  play: ['With {o} it goes wrong once, and then it goes well.', 'It takes a second try with {o}.'],
  take: [
    '{O} comes away easily.',
    '{O} is heavier than it seemed, but comes up.',
    '{O} comes loose with a small jerk.',
  ],
  use: [
    '{O} resists, then gives.',
    '{O} moves a little, stops, and moves again.',
    '{O} needs a second try, and then it does what it should.',
    '{O} sticks for a moment, and then comes free.',
  ],
  move: ['{O} is within reach now.', 'The way to {o} is clear.'],
}

/** Results of looking at a thing, for characters who see. */
export const LOOKS: Lines = [
  '{O} has a scratch on one side, as if it had often been moved.',
  '{O} is newer than the things around it.',
  'Nothing about {o} is out of the ordinary, except how carefully it was put there.',
]

/** Results of an act without an object. */
export const PLAIN_RESULTS: Readonly<Partial<Record<Act, Lines>>> = {
  threat: ['The sudden move stops short of {npc}.', 'It stays at a warning; {npc} is out of reach.'],
  leave: ['The way out is open; it is a few steps off.', 'The distance between the two grows.'],
  give: ['It lies within reach of {npc} now.', 'The offer is open.'],
  touch: ['The touch is light.', 'There is contact for a breath or two.'],
  play: ['It finds its rhythm at the second try.', 'It goes wrong once, and then it goes well.'],
  take: ['It comes loose without trouble.', 'It is lighter than it seemed.'],
  move: ['There is room enough to go that way.', 'The new spot is as good as the old one.'],
  wait: ['Some moments go by.', 'Nothing hurries here.', 'The quiet lasts a little longer.'],
}

const AFTER: Lines = [
  ' and waits there.',
  ' and stays like that for a while.',
  ' and then grows still.',
  ', without any hurry.',
  ' and lets a moment pass.',
  ', then settles again.',
]

/** What a character who can move does, by its current attitude to the player. */
export const MOVING: Readonly<Record<'wary' | 'curious' | 'familiar', Lines>> = {
  wary: combine(
    [
      '{npc} draws back a little',
      '{npc} keeps {their} distance',
      '{npc} moves a little to the side',
      '{npc} pauses and turns to {pc}',
    ],
    AFTER,
  ),
  curious: combine(
    [
      '{npc} comes a little closer',
      '{npc} turns to {pc}',
      '{npc} leans a little towards {pc}',
      '{npc} moves a little nearer',
    ],
    AFTER,
  ),
  familiar: combine(
    ['{npc} comes close', '{npc} settles near {pc}', '{npc} makes room for {pc}', '{npc} stays beside {pc}'],
    AFTER,
  ),
}

/** What a character who stays in place does. */
export const STILL: Lines = combine(
  [
    '{npc} gives a short signal',
    '{npc} gives a long, even signal',
    '{npc} gives two signals in a row',
    '{npc} answers with a signal that is new',
    '{npc} gives the signal from before',
  ],
  [
    ' and then nothing more.',
    ' and leaves a pause.',
    ', fainter than before.',
    ', stronger than before.',
    ' and ends it with a shorter one.',
  ],
)

/** For a player's character without sight. */
export const UNSEEN: Lines = combine(
  [
    'Something shifts where {npc} is',
    'The air moves near {npc}',
    '{npc} brushes against something',
    'There is a slight movement where {npc} is',
  ],
  [
    ', and then no more.',
    ', and after a pause once more.',
    ', closer than before.',
    ', farther off than before.',
    ', twice in a row.',
    ', without any hurry.',
  ],
)

/** For an act that does not reach the other character: unheard, unseen, too quick or too small. */
export const UNAWARE: Lines = combine(
  [
    '{npc} gives no sign of having noticed',
    '{npc} does not react',
    '{npc} goes on as before',
    'Nothing about {npc} changes',
    '{npc} takes no notice',
  ],
  [
    '.',
    ', even after a pause.',
    ', now or a little later.',
    ', as if nothing had happened.',
    ', and the moment passes.',
  ],
)

/** For speech to a character who sees but does not hear. */
export const SPOKEN_TO: Lines = combine(
  ['{npc} sees {pc} speak', '{npc} notices that {pc} is speaking', '{npc} watches {pc} speak', '{npc} turns to {pc}'],
  [
    ' and does not answer the words.',
    ' and waits for another way.',
    ', but the words do not get across.',
    ' and stays attentive without an answer.',
    ', and asks with a look for something other than words.',
    ' and leaves a pause for {pc}.',
  ],
)

/** Reactions to acts that call for a specific answer, by characters who can move and have noticed. */
export const SPECIAL: Readonly<Partial<Record<Act, Lines>>> = {
  threat: [
    '{npc} recoils and stays back.',
    '{npc} goes quite still, and stays so.',
    '{npc} gets behind the nearest thing.',
  ],
  leave: ['{npc} turns after {pc}, and does not follow yet.', '{npc} lets {pc} go, and stays.'],
  give: ['{npc} takes {their} time, then accepts.', '{npc} leaves it where it is, but stays beside it.'],
  touch: [
    '{npc} holds still under the touch.',
    '{npc} leans into the touch by a very little.',
    '{npc} answers the touch with one as light.',
  ],
  play: ['{npc} joins in after a while.', '{npc} waits for the end, and seems to want more of it.'],
}

/** The character shows one of its skills. */
export const SHOWS: Lines = [
  '{npc} begins to {skill}.',
  'After a moment {npc} starts to {skill}.',
  'Then {npc} begins, unhurried, to {skill}.',
]

/** The two work on their goal. */
export const HELPS: Lines = [
  '{npc} takes the other side of the work.',
  '{npc} waits for the right moment, and then does {their} share.',
  '{npc} steadies what {pc} has begun.',
  '{npc} takes {their} part of the work, a moment later.',
  '{npc} keeps the rest from slipping.',
]

/** The character's goal shows through. */
export const HINTS: Lines = [
  '{npc} comes back to whatever has to do with {thing}.',
  '{npc} passes over the rest and stays with what concerns {thing}.',
  'Again it is {thing} that draws {npc}.',
  'What {npc} does next has to do with {thing}.',
  '{npc} leaves everything else aside for {thing}.',
  'Once more {npc} is busy with {thing}.',
]

/** What a character with words says, by act. */
export const SPEECH: Readonly<Partial<Record<Act, Lines>>> = {
  greet: ['Hello. I am {npc}.', 'Hello again.', 'Good. I was hoping for company.', 'Hello, {pc}.'],
  call: ['Yes?', 'I am here.', 'What is it?', 'You called?', 'No need to be so loud.'],
  sad: [
    'I am sorry to hear that.',
    'That passes, mostly.',
    'You need not say more than you like.',
    'Then stay a while.',
  ],
  thank: ['You are welcome.', 'Gladly.', 'It was nothing.', 'Any time.'],
  sorry: ['That is all right.', 'Never mind.', 'It is forgotten.'],
  give: ['For me? Thank you.', 'I can use that.'],
  threat: ['Please do not.', 'Not like that.', 'Stop, please.'],
  leave: ['Come back when you like.', 'So soon?', 'Goodbye, then.'],
  use: ['Careful. It sticks.', 'Once more, I would say.'],
  look: ['What have you found?', 'I stopped noticing that long ago.'],
  play: ['Again!', 'Slower, so that I can follow.'],
  move: ['There is room here.', 'Mind the edge.'],
  wait: ['I do not mind the quiet.', 'Take your time.'],
  other: ['That is new to me.', 'Show me once more.'],
}

/** Fits anything said or done. */
export const ANYTHING: Lines = [
  'Say a little more about that.',
  'I had not put it that way.',
  'Give me a moment with that.',
  'That is worth trying.',
  'Perhaps. It depends on what you do next.',
  'I would have to think about that.',
  'Why do you say so?',
  'I am not sure yet.',
  'Some days I would agree.',
  'That could be.',
  'Go on.',
  'Let us see.',
  'There may be more to it.',
  'I have been wondering about that, too.',
  'It is simpler than it looks, and harder.',
  'You may be right.',
  'I would rather wait and see.',
  'And what would you do?',
  'That is one way to put it.',
  'I do not know. Do you?',
  'Not today, perhaps.',
  'I could get used to that.',
  'Tell me how you came to that.',
  'It has been that way for a while.',
  'I will keep it in mind.',
  'Somebody else asked me that once.',
  'We have time.',
  'Nobody has told me so before.',
]

/** Answers to questions, for characters with words. */
export const ANSWERS = {
  name: ['I am called {npc}.', '{npc}. And you are {pc}, I take it.', '{npc}, as before.'],
  want: [
    'Lately I think of little but {hint}.',
    'If you must know: it is about {hint}.',
    'Help me with {hint}, and you will see.',
  ],
  feeling: ['Better than an hour ago.', 'Steady. Ask me again later.', 'Curious, mostly.'],
  where: ['Here, not far from you.', 'In the same place as you, as far as I can tell.'],
  yes: ['Yes. That I can do.', 'I can. Wait.'],
  no: ['No. That is beyond me.', 'That, I cannot do. Ask me for something else.'],
  whether: [
    'Not yet.',
    'That is up to you.',
    'I would not mind.',
    'No, not really.',
    'In a way, yes.',
    'Ask me again later.',
  ],
  rest: ANYTHING,
} as const
