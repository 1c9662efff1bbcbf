// The people in the houses of Lowmarrow: their topics and the effects of these. The people outside are in wayfarers.ts.
import type { Condition, PersonRow } from './shape.ts'

const stage = (quest: string, from: number, to = from): Condition => ({ kind: 'stage', quest, from, to })

const MABET: PersonRow = {
  id: 'mabet',
  name: 'Mabet Orrin',
  cell: 'dry-ferry',
  x: 4,
  y: 1,
  text: 'The keeper of the Dry Ferry: broad, quick, with flour to the elbow.',
  disposition: 60,
  greeting: 'Sit anywhere that isn’t wet. You’ve the look of the road on you; I’ll not charge for that.',
  topics: [
    {
      id: 'rumours',
      text: 'Fever at the Mend-House, no bell at the Bell House, and the quarry shut since autumn. It’s a quiet town, if you don’t listen.',
    },
    {
      id: 'ledger',
      when: [stage('leaning-hand', 0)],
      text: 'You’d carry it over? Bless you. Straight to Hanne Brask, and don’t let her read it to you.',
      effects: [
        { kind: 'give', item: 'inn-ledger', count: 1 },
        { kind: 'stage', quest: 'leaning-hand', stage: 10 },
      ],
    },
    {
      id: 'letter',
      when: [stage('blue-wax', 0)],
      text: 'There’s a man up on the heath I was short with, nine years ago. I’ve written it down at last. Would you take it?',
      choices: [
        {
          say: 'I’ll take it to him.',
          reply: 'Ivor Lunt, at the Fold Hut. North Gate, and follow the track. Mind the hounds.',
          effects: [
            { kind: 'give', item: 'sealed-letter', count: 1 },
            { kind: 'stage', quest: 'blue-wax', stage: 10 },
            { kind: 'disposition', amount: 5 },
          ],
        },
        {
          say: 'Nine years is a long time. Best let it lie.',
          reply: 'Maybe so. It’ll be here if you think again.',
          effects: [{ kind: 'disposition', amount: -5 }],
        },
      ],
    },
    {
      id: 'answer',
      when: [stage('blue-wax', 20), { kind: 'has', item: 'short-answer', count: 1 }],
      text: '“Door was never shut.” That’s him. That’s exactly him. Here, and drink something.',
      effects: [
        { kind: 'take', item: 'short-answer', count: 1 },
        { kind: 'earn', amount: 25 },
        { kind: 'disposition', amount: 20 },
        { kind: 'stage', quest: 'blue-wax', stage: 100 },
      ],
    },
    {
      id: 'food',
      text: 'Onion loaf. It’s what there is. Two pence, and a bed’s four.',
      choices: [
        {
          say: 'A loaf, please. (2 gold)',
          needs: [{ kind: 'gold', amount: 2 }],
          reply: 'Still warm. Mind the middle.',
          effects: [
            { kind: 'pay', amount: 2 },
            { kind: 'give', item: 'onion-loaf', count: 1 },
          ],
        },
        {
          say: 'A bed for an hour. (4 gold)',
          needs: [{ kind: 'gold', amount: 4 }],
          reply: 'Top of the stair. I’ll not let anyone sing.',
          effects: [
            { kind: 'pay', amount: 4 },
            { kind: 'heal', amount: 60 },
          ],
        },
      ],
    },
  ],
}

const ANSA: PersonRow = {
  id: 'ansa',
  name: 'Ansa Thole',
  cell: 'mend-house',
  x: 4,
  y: 3,
  text: 'The mender. She has not slept, and it has made her exact.',
  disposition: 50,
  greeting: 'If you can stand, stand over there. If you can’t, take a cot. Which is it?',
  topics: [
    {
      id: 'fever',
      when: [stage('bitter-cup', 0)],
      text: 'It comes off the marsh, and the cure grows where it comes from, which is the only joke I know. I need three bitter reeds.',
      choices: [
        {
          say: 'I’ll cut them for you.',
          reply:
            'East Gate, along the causeway, where the ground gives under you. Look before you reach: the adders like the same places.',
          effects: [
            { kind: 'stage', quest: 'bitter-cup', stage: 10 },
            { kind: 'give', item: 'bandage', count: 1 },
          ],
        },
        { say: 'Not now.', reply: 'Then you’re in the light.' },
      ],
    },
    {
      id: 'reeds',
      when: [stage('bitter-cup', 20), { kind: 'has', item: 'bitter-reed', count: 3 }],
      text: 'Three, and cut low, as they should be. Sit down while I boil them. No? Then take this for your own pocket.',
      effects: [
        { kind: 'take', item: 'bitter-reed', count: 3 },
        { kind: 'give', item: 'reed-draught', count: 1 },
        { kind: 'earn', amount: 20 },
        { kind: 'disposition', amount: 20 },
        { kind: 'stage', quest: 'bitter-cup', stage: 100 },
      ],
    },
    {
      id: 'wounds',
      text: 'Show me. I’ve seen worse, and I’ve seen better.',
      choices: [
        {
          say: 'Can you dress them? (3 gold)',
          needs: [{ kind: 'gold', amount: 3 }],
          reply: 'Hold still. There. Keep it dry, which I know you won’t.',
          effects: [
            { kind: 'pay', amount: 3 },
            { kind: 'heal', amount: 60 },
          ],
        },
        {
          say: 'I’d rather do it myself. A bandage, then. (4 gold)',
          needs: [{ kind: 'gold', amount: 4 }],
          reply: 'Tight, but not that tight.',
          effects: [
            { kind: 'pay', amount: 4 },
            { kind: 'give', item: 'bandage', count: 1 },
          ],
        },
      ],
    },
  ],
}

const ODO: PersonRow = {
  id: 'odo',
  name: 'Odo Pellam',
  cell: 'bell-house',
  x: 2,
  y: 3,
  text: 'The bell-keeper, very old and very upright, like a clapper himself.',
  disposition: 45,
  greeting: 'You’ll forgive the quiet. I don’t.',
  topics: [
    {
      id: 'bell',
      when: [stage('still-bell', 0)],
      text: 'Something came in at the night of the long fog and took the tongue out of her. It left slate dust on the stair. Slate! There’s one place for that.',
      choices: [
        {
          say: 'I’ll bring it back.',
          reply:
            'To Ninefold Quarry it’ll be, and low down. Hanne Brask holds the key of the grate for the company. Don’t let her sell it to you dear.',
          effects: [
            { kind: 'stage', quest: 'still-bell', stage: 10 },
            { kind: 'disposition', amount: 10 },
          ],
        },
        { say: 'Could you not hang another?', reply: 'Could you not grow another?' },
      ],
    },
    {
      id: 'tongue',
      when: [stage('still-bell', 40), { kind: 'has', item: 'bell-tongue', count: 1 }],
      text: 'Set it down. Gently. Listen to it! It’s been polished. Somebody loved it, down there.',
      choices: [
        {
          say: 'Hang it, and ring it.',
          reply: 'Cover your ears, then, and open your mouth. That’s for you; the town put it by.',
          effects: [
            { kind: 'take', item: 'bell-tongue', count: 1 },
            { kind: 'earn', amount: 60 },
            { kind: 'disposition', amount: 30 },
            { kind: 'stage', quest: 'still-bell', stage: 100 },
          ],
        },
        {
          say: 'Keep your gold. Ring it for the one who kept it bright.',
          reply: 'Once for the town, then, and once for her. I’ll remember you said it.',
          effects: [
            { kind: 'take', item: 'bell-tongue', count: 1 },
            { kind: 'disposition', amount: 55 },
            { kind: 'stage', quest: 'still-bell', stage: 100 },
          ],
        },
      ],
    },
  ],
}

const HANNE: PersonRow = {
  id: 'hanne',
  name: 'Hanne Brask',
  cell: 'assay-house',
  x: 4,
  y: 2,
  text: 'The assayer. She weighs you as you come in, and you feel the decimals.',
  disposition: 35,
  greeting: 'Buying, selling, or asking? The first two are free.',
  topics: [
    {
      id: 'ledger',
      when: [stage('leaning-hand', 10), { kind: 'has', item: 'inn-ledger', count: 1 }],
      text: 'At last. She writes like a sloping field. Here’s for the carrying.',
      effects: [
        { kind: 'take', item: 'inn-ledger', count: 1 },
        { kind: 'earn', amount: 12 },
        { kind: 'disposition', amount: 15 },
        { kind: 'stage', quest: 'leaning-hand', stage: 100 },
      ],
    },
    {
      id: 'grate',
      when: [stage('still-bell', 10)],
      text: 'The company closed the lower ledges, and it was right to. Odo sends you, I suppose. The deposit is ten.',
      choices: [
        {
          say: 'Here are ten. (10 gold)',
          needs: [{ kind: 'gold', amount: 10 }],
          reply: 'Signed, stamped. If you are eaten, it is not refundable.',
          effects: [
            { kind: 'pay', amount: 10 },
            { kind: 'give', item: 'grate-key', count: 1 },
            { kind: 'stage', quest: 'still-bell', stage: 20 },
          ],
        },
        {
          say: 'You know me by now. Lend it. (disposition 50)',
          needs: [{ kind: 'disposition', amount: 50 }],
          reply: 'I do, and I’ll deny it. Bring it back, or don’t come back.',
          effects: [
            { kind: 'give', item: 'grate-key', count: 1 },
            { kind: 'stage', quest: 'still-bell', stage: 20 },
          ],
        },
      ],
    },
    {
      id: 'buy',
      text: 'Blade, coat, flask. Three things between you and a short life.',
      choices: [
        {
          say: 'The cutter’s blade. (32 gold)',
          needs: [{ kind: 'gold', amount: 32 }],
          reply: 'It has outlasted two owners. Be the third slowly.',
          effects: [
            { kind: 'pay', amount: 32 },
            { kind: 'give', item: 'cutter-blade', count: 1 },
          ],
        },
        {
          say: 'The drover’s coat. (24 gold)',
          needs: [{ kind: 'gold', amount: 24 }],
          reply: 'It smells of sheep. So will you.',
          effects: [
            { kind: 'pay', amount: 24 },
            { kind: 'give', item: 'drover-coat', count: 1 },
          ],
        },
        {
          say: 'An ember flask. (10 gold)',
          needs: [{ kind: 'gold', amount: 10 }],
          reply: 'Do not sit on it.',
          effects: [
            { kind: 'pay', amount: 10 },
            { kind: 'give', item: 'ember-flask', count: 1 },
          ],
        },
      ],
    },
    {
      id: 'sell',
      text: 'Pelts, stones, silver. I pay what it says on the wall.',
      choices: [
        {
          say: 'A hound’s pelt. (8 gold)',
          needs: [{ kind: 'has', item: 'hound-pelt', count: 1 }],
          reply: 'Honestly come by. Eight.',
          effects: [
            { kind: 'take', item: 'hound-pelt', count: 1 },
            { kind: 'earn', amount: 8 },
          ],
        },
        {
          say: 'This stone. (40 gold)',
          needs: [{ kind: 'has', item: 'slate-heart', count: 1 }],
          reply: 'It is warm. I would rather not write down why. Forty.',
          effects: [
            { kind: 'take', item: 'slate-heart', count: 1 },
            { kind: 'earn', amount: 40 },
          ],
        },
        {
          say: 'A silver thimble. (15 gold)',
          needs: [{ kind: 'has', item: 'silver-thimble', count: 1 }],
          reply: 'For whom, I wonder? Fifteen.',
          effects: [
            { kind: 'take', item: 'silver-thimble', count: 1 },
            { kind: 'earn', amount: 15 },
          ],
        },
      ],
    },
  ],
}

export const TOWNSPEOPLE: readonly PersonRow[] = [MABET, ANSA, ODO, HANNE]
