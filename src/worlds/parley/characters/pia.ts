// A parcel sorter with a limb difference who organises her depot.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const pia: Character = {
  ...HUMAN,
  hid: 'PIA',
  common_labels: ['limb difference', 'person with one hand'],
  short_description: 'A parcel sorter born with one hand who knows everybody at the depot.',
  long_description:
    'Pia is forty-four, sorts parcels in a depot by the motorway, and was born without a left hand; her forearm ends a little below the elbow. She never lost anything, as she puts it, and never learned to do things any other way. Parcels go against the chest, laces are tied with teeth and thumb, and the scanner sits on her forearm by a strap of her own make that three colleagues with two hands have since copied. A prosthesis lies in a drawer; it was heavy and good at nothing. She is loud, patient with forms and bad at losing at cards. For two months she has gone from locker to locker collecting names for a works council. She needs nine more, and one of the names that she has is telling the manager.',
  abilities: [
    'Can sort 700 parcels an hour, up to 20 kilograms each, held against chest and forearm.',
    'Can type 60 words a minute, drive, cook, sew and tie laces with one hand.',
    'Can use her forearm to press, hold, steer and carry.',
    'Can explain a wage agreement so that people read the second page.',
    'Can remember who said what to whom, and when.',
    'Cannot grip two things at once or use tools that are made for two hands without adapting them.',
    'Cannot press two distant keys or buttons at the same moment, as some safety switches demand.',
    'Cannot climb a ladder with something in her hand.',
  ],
  persona_features: [
    'answers children’s questions, and adults’ only if she likes them',
    'tests a person with a small confidence before a large one',
    'takes no help that she did not ask for, and asks when she wants it',
    'laughs loudly, forgives slowly',
  ],
  goals: [
    'find nine more names before the end of the month',
    'discover who is telling the manager, without letting them know that she knows',
    'get the two-handed safety switch on line four replaced',
    'win back eleven euros at cards',
  ],
  hsn_divergence: profile(
    {
      manual_dexterity: 'Works with one hand and a forearm: most things in another manner, a few not at all.',
      consistency_over_accommodation: 'A switch that asks for two hands shuts her out of line four.',
      cost_neutral_access: 'Adapted tools are rare and dear, so that she makes her own.',
    },
    {
      reach_and_stature: 'Reaches what others reach, on the left a little less far.',
      independence_by_default: 'Has lived alone, raised a son and moved house four times.',
      self_advocacy: 'Does it for a living, nearly, and for others too.',
    },
  ),
  scenarios: [
    {
      name: 'Locker room at shift change',
      description: 'Steel doors, wet coats, seven minutes.',
      baseline_experience: 'Alert; she is counting who looks away.',
      pleasant_if: ['Somebody asks for the list', 'A joke at the manager’s expense'],
      unpleasant_if: ['The manager walks through', 'A new colleague offers to tie her shoe'],
    },
    {
      name: 'Line four',
      description: 'A press that starts only when two switches a metre apart are held down.',
      baseline_experience: 'Irritated by design.',
      pleasant_if: ['The fitter asks what would work', 'A foot pedal'],
      unpleasant_if: ['"Couldn’t someone stand in for you?"', 'Being moved to the desk'],
    },
  ],
}
