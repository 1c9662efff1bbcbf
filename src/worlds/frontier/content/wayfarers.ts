// The people outside the houses: at the gate, on the road and on the heath, and one in the quarry.
import type { PersonRow } from './shape.ts'

export const WAYFARERS: readonly PersonRow[] = [
  {
    id: 'wenna',
    name: 'Wenna Sark',
    cell: 'lowmarrow',
    x: 25,
    y: 6,
    text: 'She keeps the East Gate with a spear, a stool and a great deal of knitting.',
    disposition: 50,
    greeting: 'In or out, it’s all one to me, but say which: I’m counting.',
    topics: [
      {
        id: 'directions',
        text: 'Inn’s north-west, with the ferry stuck in it. Scales are north-east. Menders south-west, the bell south-east, and out past me it’s reeds as far as the quarry.',
      },
      {
        id: 'road',
        text: 'Stay on the causeway and nothing bites you. Leave it, and keep your hands where you can see them.',
      },
    ],
  },
  {
    id: 'cass',
    name: 'Cass Dray',
    cell: 'sedge-road',
    x: 15,
    y: 9,
    text: 'A carter, sitting on the shaft of a cart with three wheels.',
    disposition: 40,
    greeting: 'If you’ve a wheel about you, I’m buying. If not, you may sit.',
    topics: [
      { id: 'cart', text: 'Something blue and heavy crossed in front of me in the fog. The mule has retired.' },
      {
        id: 'reeds',
        when: [{ kind: 'stage', quest: 'bitter-cup', from: 10, to: 10 }],
        text: 'Bitter ones? Round the pools, north and south of here. The darker the water, the better the reed.',
      },
    ],
  },
  {
    id: 'ivor',
    name: 'Ivor Lunt',
    cell: 'fold-hut',
    x: 5,
    y: 1,
    text: 'A shepherd with a lamb inside his coat. He looks at the lamb when he speaks.',
    disposition: 25,
    greeting: 'Door.',
    topics: [
      { id: 'sheep', text: 'Ninety-one. Ninety, since the hounds came.' },
      {
        id: 'letter',
        when: [
          { kind: 'stage', quest: 'blue-wax', from: 10, to: 10 },
          { kind: 'has', item: 'sealed-letter', count: 1 },
        ],
        text: 'From her? Blue wax. She always did buy the blue. Well. You’ve come all this way; should I read it?',
        choices: [
          {
            say: 'She hopes you will.',
            reply: 'He reads it standing. Then he finds a bit of charcoal, and is a long time over four words.',
            effects: [
              { kind: 'take', item: 'sealed-letter', count: 1 },
              { kind: 'give', item: 'short-answer', count: 1 },
              { kind: 'disposition', amount: 30 },
              { kind: 'stage', quest: 'blue-wax', stage: 20 },
            ],
          },
          {
            say: 'I only carry them.',
            reply: 'Honest, anyway. Come again when you’ve thought about it.',
            effects: [{ kind: 'disposition', amount: -5 }],
          },
        ],
      },
    ],
  },
  {
    id: 'perrin',
    name: 'Perrin Slade',
    cell: 'ninefold-cut',
    x: 5,
    y: 4,
    text: 'A slate-cutter in a coat of dust, sitting very still on a high ledge.',
    disposition: 30,
    greeting: 'Softly. They hear with their feet.',
    topics: [
      {
        id: 'gnaws',
        text: 'Young ones, they are. Blunt as boots. It’s the mother you want to be polite to, below the grate.',
      },
      {
        id: 'locker',
        text: 'Mine’s the one at the top of these ledges. Take the blade, I’ve no quarrel left in me.',
      },
    ],
  },
]
