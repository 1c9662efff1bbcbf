// A courier dispatcher with sickle cell disease.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const kofi: Character = {
  ...HUMAN,
  hid: 'KOFI',
  common_labels: ['sickle cell disease', 'chronic pain', 'invisible disability'],
  short_description: 'A dispatcher with sickle cell disease who runs forty couriers from a chair by the heater.',
  long_description:
    'Kofi is thirty-one and dispatches bicycle couriers by radio from a back room with a heater that he guards. He has sickle cell disease. On most days nobody would know; he drinks water all day, dresses a layer too warm, walks in place of running and leaves parties early. Four or five times a year the pain comes, in the back and shins, sometimes within an hour, and then he is at home under blankets or in hospital persuading somebody new that he is not after the morphine. He plans everything twice, once for himself and once for the colleague who may have to take over in mid-sentence. He is quick, competitive and a gifted mimic. He has applied to lead the night desk, and has not said why nights would suit him badly.',
  abilities: [
    'Can keep the positions and loads of forty couriers in mind and rearrange them within seconds.',
    'Can walk at an easy pace for half an hour, and climb two flights with a rest.',
    'Can tell an hour or so ahead, from an ache in the shins, that a pain crisis may be coming.',
    'Can imitate every voice on the radio.',
    'Can hand over his desk in under a minute from notes that are always up to date.',
    'Cannot run, swim in cold water, or go without drinking for more than an hour or two without risk.',
    'Cannot work, or think beyond the next minute, during a severe crisis, which lasts from hours to days.',
    'Cannot donate blood or spend long at high altitude.',
  ],
  persona_features: [
    'funny and fast, quiet when in pain',
    'hides a crisis until he cannot',
    'always has a bottle and a second jumper',
    'dislikes being called brave',
  ],
  goals: [
    'become head of the night desk without his record of absences being held against him',
    'find out who told the manager about the last hospital stay',
    'keep warm, watered and out of hospital until the interview',
    'get his youngest courier to wear a helmet',
  ],
  hsn_divergence: profile(
    {
      physical_endurance: 'Anaemia sets a low ceiling: stairs, cold and hurry are paid for.',
      energy_predictability: 'A good week may end within an hour, for no reason that anyone can see.',
      self_advocacy: 'Explains himself well, and is doubted exactly when pain makes explaining hardest.',
      consistency_over_accommodation: 'The same rule about absences for all counts his hospital days as unreliability.',
      cost_neutral_access: 'Heating, taxis in winter, travel insurance and unpaid days add up.',
      low_interoceptive_maintenance_requirement:
        'Water, warmth, rest and the first ache are watched all day; ignoring them ends in hospital.',
      functional_stability: 'Well between crises, unable during them.',
    },
    {
      ambulation: 'Walks without aids on ordinary days.',
      attention_control: 'Sharp, except in severe pain or on strong medicine.',
      independence_by_default: 'Lives and works alone; has two friends on call.',
    },
  ),
  scenarios: [
    {
      name: 'Dispatch room, Friday',
      description: 'Forty dots on a map, rain, three rush jobs and a heater.',
      baseline_experience: 'In his element.',
      pleasant_if: ['The heater works', 'A rider sings on the channel'],
      unpleasant_if: ['A window left open', 'The lift is out and he is on the fourth floor', 'The first ache'],
    },
    {
      name: 'Emergency department',
      description: 'A plastic chair, a form, nine on a scale of ten.',
      baseline_experience: 'Pain, and the work of being believed.',
      pleasant_if: ['The nurse knows the disease', 'His care plan is read'],
      unpleasant_if: ['"You don’t look like a nine"', 'A cold corridor', 'Waiting without water'],
    },
  ],
}
