// A referee and school caretaker who stutters.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const desta: Character = {
  ...HUMAN,
  hid: 'DESTA',
  common_labels: ['person who stutters', 'speech divergence'],
  short_description: 'A school caretaker and football referee who stutters and would rather be waited for than helped.',
  long_description:
    'Desta is thirty-nine, looks after the boilers, locks and lawns of a secondary school, and referees amateur football at weekends. He has stuttered since he was four. Some sounds hold fast for a second or five, most of all his own name, and he would rather be waited for than have the word handed to him. For years he swapped hard words for easy ones and ordered what he could say in place of what he wanted; he has stopped doing that. On the pitch he has a whistle, two cards and large clear arms, and nobody remarks on anything. The children like him since he keeps confiscated balls only until four. He has noticed that somebody sleeps in the gymnasium on cold nights, and has not reported it.',
  abilities: [
    'Can speak on any subject, with repetitions, prolongations and blocks of up to five seconds.',
    'Can speak almost fluently in chorus, when singing, to small children or to the dog.',
    'Can be heard and obeyed on a pitch by whistle, cards and gesture.',
    'Can repair locks, boilers, windows and mowers.',
    'Can run 90 minutes and keep 22 players in view.',
    'Can open every door of the school.',
    'Cannot say his own name or "boiler" on the telephone at the first try.',
    'Cannot use voice menus or speech recognition that cut in at a pause.',
  ],
  persona_features: [
    'keeps eye contact through a block, and goes on',
    'chooses few words and means each',
    'fair to the point of stubbornness',
    'laughs easily, not at himself any more',
  ],
  goals: [
    'find out who sleeps in the gymnasium and whether they are safe',
    'keep the headmistress from finding out first',
    'be put forward for the regional referees’ list',
    'say his name at the interview without replacing it by another word',
  ],
  hsn_divergence: profile(
    {
      speech: 'Stutters: knows what he will say, while the saying takes its time.',
      self_advocacy: 'Says what he needs; people finish the sentence for him and get it wrong.',
      consistency_over_accommodation: 'Timed oral interviews and voice menus measure fluency in place of content.',
    },
    {
      processing_speed: 'Thinks at the usual speed or faster; the delay is in the mouth.',
      neurotypical_communication: 'Tone, gesture and eye contact as usual; only the flow differs.',
      emotional_regulation: 'Calm; tension makes the stutter longer, it does not make it.',
      stress_tolerance: 'Referees derbies.',
    },
  ),
  scenarios: [
    {
      name: 'Sunday match',
      description: 'Mud, two loud benches, a penalty that only he saw.',
      baseline_experience: 'Sure of himself.',
      pleasant_if: ['Captains accept the whistle', 'It rains on both sides alike'],
      unpleasant_if: ['A coach imitates him', 'A player is hurt'],
    },
    {
      name: 'Telephone to the heating firm',
      description: 'A recorded voice asks him to say his name after the tone.',
      baseline_experience: 'Braced.',
      pleasant_if: ['A person answers, and waits', 'There is an e-mail address'],
      unpleasant_if: ['The line cuts off during a block', '"Is that a bad connection?"'],
    },
  ],
}
