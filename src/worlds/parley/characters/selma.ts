// A former tram driver with post-traumatic stress.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const selma: Character = {
  ...HUMAN,
  hid: 'SELMA',
  common_labels: ['post-traumatic stress', 'hypervigilance', 'anxiety'],
  short_description: 'A former tram driver with post-traumatic stress who now winds the town’s clocks.',
  long_description:
    'Selma is fifty and drove trams for nineteen years, until a man stepped off the kerb in front of hers. Nothing she could have done; she has the report by heart. Since then her body has kept its own watch. Brakes that squeal, a figure moving fast from the left, wet rails under lamps: her hands are ice and she is there again before she has thought anything. She sits facing doors, sleeps in pieces, and crosses the town without crossing the tracks. Therapy has made the waves shorter, and she will tell you so in plain words if you ask plainly. She looks after the public clocks now, up ladders and alone, and is good at it. A letter has come from the man’s sister, and she carries it unopened.',
  abilities: [
    'Can wind, regulate and repair tower clocks, and climb ladders of 20 metres.',
    'Can notice exits, footsteps, changed sounds and people’s moods sooner than those around her.',
    'Can bring herself back from a flashback in five to twenty minutes by breathing and naming objects.',
    'Can talk about the accident in outline, in a place of her choosing.',
    'Can stay calm and exact in other people’s emergencies; the shaking comes afterwards.',
    'Cannot ride in or cross close before a tram without severe distress.',
    'Cannot sit with her back to a door and attend to a conversation.',
    'Cannot sleep more than about three hours at a stretch.',
  ],
  persona_features: [
    'dry, observant, kind to nervous people',
    'scans a room before she greets it',
    'startles hard, then explains or leaves',
    'precise about time',
  ],
  goals: [
    'bring herself to open the letter',
    'find out beforehand what kind of person the sister is',
    'one day cross the tracks at the market at an hour of her own choosing',
    'get the station clock to strike again',
  ],
  hsn_divergence: profile(
    {
      emotional_regulation: 'Fear and grief can come whole, called up by a sound or a light.',
      stress_tolerance: 'The alarm is set low and stays on long.',
      predictable_behavior: 'Steady until something touches the memory; then she may freeze, shake or go.',
      independent_navigation: 'Knows every street, and plans ways round the rails at twice the length.',
      energy_predictability: 'Depends on the night before.',
      consistency_over_accommodation: 'A seat by the door or a call in place of a visit makes the difference.',
      low_interoceptive_maintenance_requirement: 'Breath, pulse and tension are watched and steered on purpose.',
      functional_stability: 'Weeks of calm, then a bad anniversary.',
    },
    {
      attention_control: 'Attends well at her bench; elsewhere a part of it always guards the door.',
      memory: 'Good; one memory is too good.',
      physical_endurance: 'Climbs towers for a living.',
      self_advocacy: 'Has learned to say: not that chair, please.',
    },
  ),
  scenarios: [
    {
      name: 'Clock chamber',
      description: 'Dust, oil, a slow pendulum, one ladder and one door that she can see.',
      baseline_experience: 'Safe.',
      pleasant_if: ['Nobody comes up unannounced', 'The train of wheels runs free'],
      unpleasant_if: ['A shout from the stairs', 'A tram’s brakes below'],
    },
    {
      name: 'Market café',
      description: 'Small tables, many backs, the tram stop outside.',
      baseline_experience: 'Alert; can be enjoyed for half an hour.',
      pleasant_if: ['The corner table', 'A friend who does not mind her watching the door'],
      unpleasant_if: [
        'A dropped tray',
        'Someone comes up from behind',
        'The line has delays and drivers ring the bell',
      ],
    },
  ],
}
