// The places where the offline responder sets its scenes. A place has a name, which the opening mentions and by which
// it is found again.

export interface Place {
  /** With its article: follows "A new space:". */
  readonly name: string
  readonly opening: string
  /** Further kinds of beings for whom the place is plausible, in addition to those of about human size. */
  readonly suits: 'body' | 'software' | 'water' | 'tiny' | 'remote'
  /** Events that may happen there by themselves; each can be noticed without sight or without hearing. */
  readonly happens: readonly { readonly text: string; readonly sense: 'sight' | 'sound' | 'touch' }[]
  /** For Teamwork: the shared goal, and the steps towards it. */
  readonly goal: string
  readonly progress: readonly string[]
}

export const PLACES: readonly Place[] = [
  {
    name: 'a greenhouse after rain',
    opening: '{pc} is at the potting table; {npc} is by the open door, next to a heavy planter.',
    suits: 'body',
    happens: [
      { text: 'Water drips from a pane onto the metal tray.', sense: 'sound' },
      { text: 'A warm draught comes through the door.', sense: 'touch' },
      { text: 'A snail appears at the rim of a pot.', sense: 'sight' },
    ],
    goal: 'to move the heavy planter from the door to the light at the far end',
    progress: [
      'The planter grates a hand’s breadth across the floor.',
      'The planter is halfway to the light now, and leans a little.',
      'With a last shove the planter reaches the light at the far end.',
    ],
  },
  {
    name: 'a railway waiting room at night',
    opening: '{pc} is on the bench under the clock; {npc} is near the ticket machine, beside a lost suitcase.',
    suits: 'body',
    happens: [
      { text: 'A train passes without stopping, and the windows hum.', sense: 'sound' },
      { text: 'The floor trembles for a moment.', sense: 'touch' },
      { text: 'The lamp over the door flickers and holds.', sense: 'sight' },
    ],
    goal: 'to open the lost suitcase and find out whom it belongs to',
    progress: [
      'One catch of the suitcase springs open.',
      'The second catch gives way, and the lid lifts a finger wide.',
      'The suitcase is open; a name is sewn into the lining, in raised thread.',
    ],
  },
  {
    name: 'a small kitchen with a long table',
    opening: '{pc} is at one end of the table; {npc} is at the other, by a bowl, a sack of flour and a cold stove.',
    suits: 'body',
    happens: [
      { text: 'The old fridge shudders and falls silent.', sense: 'sound' },
      { text: 'The smell of yeast is in the air.', sense: 'touch' },
      { text: 'Flour dust turns in the light from the window.', sense: 'sight' },
    ],
    goal: 'to make a simple dough and get the stove warm for it',
    progress: [
      'Flour and water are in the bowl and begin to hold together.',
      'The stove ticks as it warms; the dough is nearly smooth.',
      'The dough rests under a cloth beside the warm stove.',
    ],
  },
  {
    name: 'the deck of a moored barge',
    opening: '{pc} is at the rail; {npc} is amidships, by a coil of rope and a bell.',
    suits: 'body',
    happens: [
      { text: 'The barge knocks softly against the quay.', sense: 'sound' },
      { text: 'The deck rises and sinks with a passing wave.', sense: 'touch' },
      { text: 'A heron lands on the next post.', sense: 'sight' },
    ],
    goal: 'to make the loose stern of the barge fast again with the rope',
    progress: [
      'The rope comes off its coil and reaches the stern.',
      'One turn of the rope lies round the bollard, and the gap to the quay narrows.',
      'The rope is tight; the stern lies still against the quay.',
    ],
  },
  {
    name: 'a workshop with one door and many drawers',
    opening: '{pc} is beside the bench; {npc} is near a half-built box with a crank.',
    suits: 'body',
    happens: [
      { text: 'Something small rolls in one of the drawers.', sense: 'sound' },
      { text: 'The bench is still warm from a lamp.', sense: 'touch' },
      { text: 'A curl of wood shaving slides off the bench.', sense: 'sight' },
    ],
    goal: 'to get the half-built box with the crank to play its tune',
    progress: [
      'The crank of the box moves a quarter turn and sticks.',
      'A wheel slips into place in the box; the crank turns freely.',
      'The crank turns, and the box plays its short tune to the end.',
    ],
  },
  {
    name: 'a shared document with a chat beside it',
    opening:
      '{pc} is at the top of an empty page; {npc} is present in the chat, and a list with three blank lines waits.',
    suits: 'software',
    happens: [
      { text: 'A notice says that the page was saved.', sense: 'touch' },
      { text: 'A third cursor shows up and leaves again.', sense: 'touch' },
      { text: 'The page scrolls by one line.', sense: 'touch' },
    ],
    goal: 'to fill the list of three lines so that each follows from the one before',
    progress: [
      'The first line of the list is written.',
      'The second line of the list comes to lie under the first, and fits.',
      'The list is complete: three lines, each following from the one before.',
    ],
  },
  {
    name: 'a deep rock pool under a harbour wall',
    opening:
      '{pc} is at the edge, where the stone is dry; {npc} is in the water just below, beside a jar with a tight lid.',
    suits: 'water',
    happens: [
      { text: 'A wave slaps against the outer wall.', sense: 'sound' },
      { text: 'The water rises by a finger and sinks again.', sense: 'touch' },
      { text: 'A crab crosses the pale stone at the bottom.', sense: 'sight' },
    ],
    goal: 'to get the tight lid off the jar and its contents out whole',
    progress: [
      'The lid of the jar turns by a hair.',
      'The lid turns half round; a bubble leaves the jar.',
      'The lid is off, and what was in the jar comes out whole.',
    ],
  },
  {
    name: 'a bare room with one desk and a line to the outside',
    opening: '{pc} is at the desk; {npc} is at the other end of the line, and a loose switch waits to be set.',
    suits: 'remote',
    happens: [
      { text: 'The line hums and falls silent.', sense: 'sound' },
      { text: 'The desk trembles for a moment.', sense: 'touch' },
      { text: 'A lamp over the desk goes on and off.', sense: 'sight' },
    ],
    goal: 'to set the loose switch so that the line stays open',
    progress: [
      'The switch moves half way and holds.',
      'The line comes and goes with the switch.',
      'The switch rests in its place, and the line stays open.',
    ],
  },
  {
    name: 'a shallow dish on a warm laboratory bench',
    opening: '{pc} is at its rim; {npc} is in it, near a grain of sugar and a drop of cold water.',
    suits: 'tiny',
    happens: [
      { text: 'The dish is turned by a few degrees.', sense: 'touch' },
      { text: 'A faint warmth spreads from one side.', sense: 'touch' },
      { text: 'The liquid trembles as something heavy is set down nearby.', sense: 'touch' },
    ],
    goal: 'to bring the grain of sugar and the drop of water together',
    progress: [
      'The grain of sugar is loose and has begun to drift.',
      'The drop and the grain are nearly touching.',
      'The grain of sugar meets the drop and dissolves in it.',
    ],
  },
]

/** The place that an opening scene mentions. */
export function placeOf(opening: string): Place | undefined {
  return PLACES.find((place) => opening.includes(place.name))
}
