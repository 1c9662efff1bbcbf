// What the offline responder says. `{npc}`, `{pc}`, `{o}` (what is acted on), `{skill}`, `{hint}`, `{it}` and `{its}` are gaps.
import type { Act } from './actions.ts'

type Lines = readonly string[]

/** What comes of an act at first, with and without a thing that it is done to. */
export const RESULTS: Readonly<Record<Act, { readonly plain: Lines; readonly object: Lines }>> = {
  threat: {
    plain: ['The sudden move stops short of {npc}.', 'It lands hard, and the air between the two changes.'],
    object: ['{O} takes the blow and rocks.', '{O} holds, but only just.'],
  },
  leave: {
    plain: ['The distance between the two grows.', 'The way out is open; it is a few steps off.'],
    object: ['{O} is left behind.', 'There is a gap now between here and {o}.'],
  },
  ask: {
    plain: ['The question stands between the two for a moment.', 'The question reaches {npc}.'],
    object: ['The question about {o} reaches {npc}.'],
  },
  greet: {
    plain: [
      'The greeting crosses the space between.',
      'The greeting reaches {npc}.',
      'That much is plain enough to be understood.',
    ],
    object: ['The greeting goes past {o} to {npc}.'],
  },
  give: {
    plain: ['It lies within reach of {npc} now.', 'The offer is held out.'],
    object: ['{O} is within reach of {npc} now.', '{O} changes its place, towards {npc}.'],
  },
  touch: {
    plain: ['The touch is light.', 'There is contact, for a breath or two.'],
    object: [
      '{O} is cooler than expected.',
      '{O} gives a little under the touch.',
      '{O} is smooth on one side and rough on the other.',
    ],
  },
  play: {
    plain: ['It finds a rhythm after the second try.', 'It goes wrong once, then goes well.'],
    object: ['{O} goes farther than it was meant to.', '{O} does what it should, and then once more by itself.'],
  },
  take: {
    plain: ['It comes loose without trouble.', 'It is lighter than it seemed.'],
    object: [
      '{O} comes away easily.',
      '{O} is heavier than it seemed, but it comes up.',
      '{O} comes up with a small jerk.',
    ],
  },
  use: {
    plain: ['It works at the second try.', 'It moves a little, stops, and moves again.'],
    object: [
      '{O} resists, then gives.',
      '{O} moves a little, stops, and moves again.',
      '{O} does it with a dull knock.',
    ],
  },
  move: {
    plain: [
      'From here the place is laid out differently.',
      'The new spot is closer to {npc}.',
      'There is room enough to go that way.',
    ],
    object: ['{O} is within reach now.', 'The way to {o} is clear.'],
  },
  look: {
    plain: ['Nothing escapes a second, slower pass.', 'There is more here than at first.'],
    object: [
      '{O} has a scratch on one side, as if it had been moved often.',
      '{O} turns out to be newer than the things around it.',
      'Nothing about {o} is out of the ordinary, except how carefully it was put there.',
    ],
  },
  wait: {
    plain: ['Some moments go by.', 'Nothing hurries here.', 'The quiet lasts a little longer.'],
    object: ['Some moments go by beside {o}.'],
  },
  talk: {
    plain: ['The words carry well in here.', 'The words arrive.', 'That was clear enough.'],
    object: ['The words about {o} arrive.', 'What was said of {o} carries well in here.'],
  },
  other: {
    plain: [
      'That much can be noticed.',
      'It is done, and does not go unnoticed.',
      'A small thing, and it changes the air a little.',
    ],
    object: ['{O} plays its part, more or less.', 'It takes a moment; {o} is where it should be.'],
  },
}

/** What it does then, by whether it can move from its place, and how it takes the player so far. */
export const GESTURES: Readonly<
  Record<'moving' | 'still' | 'unseen', Readonly<Record<'wary' | 'curious' | 'familiar', Lines>>>
> = {
  moving: {
    wary: [
      '{npc} draws back a little and waits there.',
      '{npc} keeps {its} distance, turned towards {pc}.',
      '{npc} stops halfway through a movement.',
      '{npc} shifts to the side, and leaves a way open behind {it}.',
    ],
    curious: [
      '{npc} comes a little closer and halts.',
      '{npc} goes halfway round {pc}, slowly, and stops again.',
      '{npc} tilts towards {pc}, as one does to catch more of something.',
      '{npc} repeats the last movement of {pc}, smaller.',
      '{npc} moves to where {pc} was a moment ago, and lingers.',
    ],
    familiar: [
      '{npc} comes up close and settles there.',
      '{npc} falls in with the pace of {pc}.',
      '{npc} makes room beside {it}.',
      '{npc} takes {its} turn without being asked, quick and sure.',
      '{npc} goes ahead, and stops to be caught up with.',
    ],
  },
  still: {
    wary: [
      '{npc} gives no sign for a while.',
      '{npc} makes a short signal, and then none.',
      '{npc} stays exactly as before.',
    ],
    curious: [
      '{npc} signals once, and again after the same pause.',
      '{npc} changes something small, and changes it back.',
      '{npc} answers with a signal that is new.',
      '{npc} takes up the rhythm of {pc} and holds it.',
    ],
    familiar: [
      '{npc} signals at once this time.',
      '{npc} repeats the signal from before, twice, and leaves a pause for {pc}.',
      '{npc} keeps a steady signal going, as long as {pc} is near.',
    ],
  },
  /** For a player's character without sight. */
  unseen: {
    wary: [
      'Something shifts where {npc} is, and is quiet again.',
      'From where {npc} is there is no sound for a while.',
      'A movement of air tells that {npc} has drawn back.',
    ],
    curious: [
      '{npc} comes near enough to be noticed, and stops there.',
      'There is a small sound from {npc}, and then the same once more.',
      '{npc} brushes something over there, twice.',
    ],
    familiar: [
      '{npc} is close by now, within reach.',
      '{npc} answers at once, with the small sound from before.',
      '{npc} keeps near; each move can be followed.',
    ],
  },
}

/** For acts that ask for an answer of their own kind. */
export const SPECIAL: Readonly<Partial<Record<Act, Lines>>> = {
  threat: [
    '{npc} recoils and stays back.',
    '{npc} goes quite still, and stays so.',
    '{npc} gets behind the nearest thing.',
  ],
  leave: ['{npc} turns after {pc}, and does not follow yet.', '{npc} makes one short sign, as one does at a parting.'],
  give: [
    '{npc} takes {its} time, then accepts.',
    '{npc} tries it, briefly, and keeps it near.',
    '{npc} leaves it where it is, but stays beside it.',
  ],
  touch: [
    '{npc} holds still under it.',
    '{npc} leans into it by a very little.',
    '{npc} answers the touch with one as light.',
  ],
  play: [
    '{npc} joins in at the third beat.',
    '{npc} waits for the end, and asks for it again by doing the first part.',
    '{npc} does the same, with a turn of {its} own at the end.',
  ],
}

/** When it shows one of its skills. */
export const SHOWS: Lines = [
  '{npc} begins to {skill}.',
  'Then {npc} sets about to {skill}, unhurried.',
  'After that, {npc} starts to {skill}, and stops to be noticed.',
]

/** When the two work on their goal. */
export const HELPS: Lines = [
  '{npc} sees to the other side of it.',
  '{npc} waits for the right moment, and then does {its} share.',
  '{npc} steadies what {pc} has begun.',
  '{npc} takes {its} part of it, a moment later.',
]

/** When what it is after shows through. */
export const HINTS: Lines = [
  '{npc} comes back to whatever has to do with {hint}.',
  'For {npc} everything seems to come down to {hint}.',
  '{npc} passes over the rest and stays with what concerns {hint}.',
  '{npc} points the matter towards {hint}.',
]

/** What it says, if it can; by act. */
export const SPEECH: Readonly<Partial<Record<Act, Lines>>> = {
  greet: ['"Hello. I am {npc}."', '"You are the first today. Hello."', '"Good. I was hoping for company."'],
  talk: [
    '"Say more about that."',
    '"I had not put it that way."',
    '"I heard you. Give me a moment with it."',
    '"That is worth trying."',
    '"We see that differently, I believe. Go on."',
  ],
  give: ['"For me? Thank you."', '"I can use that."'],
  threat: ['"Please do not."', '"Not like that."'],
  leave: ['"Come back when you like."', '"So soon?"'],
  use: ['"Careful. It sticks."', '"Once more, I would say."'],
  look: ['"What did you find?"', '"I stopped noticing that long ago."'],
  play: ['"Again!"', '"Slower, so that I can follow."'],
  move: ['"There is room here."', '"Mind the edge."'],
  wait: ['"I do not mind the quiet."', '"Take your time."'],
  other: ['"That is new to me."', '"Show me once more."'],
}

/** Answers to questions, for those who speak. */
export const ANSWERS = {
  name: ['"I am called {npc}."', '"{npc}. And you are {pc}, I take it."'],
  want: [
    '"Lately I think of little but {hint}."',
    '"If you must know: it is about {hint}."',
    '"Help me with {hint}, and you will see."',
  ],
  feeling: ['"Better than an hour ago."', '"Steady. Ask me again later."', '"Curious, mostly."'],
  where: ['"Here, between the door and you."', '"In the same place as you, as far as I can tell."'],
  yes: ['"Yes. That I can do."', '"I can. Wait."'],
  no: ['"No. That is beyond me."', '"That, I cannot do. Ask me for something else."'],
  rest: [
    '"I would have to think about that."',
    '"I do not know. Do you?"',
    '"Perhaps. It depends on what you do next."',
    '"Why do you ask?"',
  ],
} as const

/** The same for those who do not. */
export const SIGNS = {
  yes: ['{npc} answers with one clear, short sign.', '{npc} does a small part of it at once.'],
  no: ['{npc} makes a start, stops, and draws back from it.', '{npc} leaves the request alone, without haste.'],
  rest: [
    '{npc} pauses, and gives no answer that could be read as yes or no.',
    '{npc} turns to {pc} as if the question were still going on.',
    '{npc} answers in {its} own way; the meaning stays open.',
  ],
} as const
