// The words in which a character is described: what the world around a person takes for granted (for humans), and nine
// questions about a being that is not human. Keys and options are those of the simulation engine's seed collections
// `hsn_assumptions` and `character_dimensions`, and so are the shapes; the sentences are ours.

/** The human normative standard: section -> assumption -> what is taken for granted. 8 sections, 28 assumptions. */
export const HSN_ASSUMPTIONS = {
  physical_ability_assumptions: {
    ambulation: 'Everyone can stand, walk and climb stairs as far as a building or a street asks them to.',
    manual_dexterity: 'Everyone can grip, press, turn and sign with two steady hands.',
    reach_and_stature:
      'Everyone can reach what stands on a usual shelf, counter or sink, and fits a usual seat or bed.',
    vision: 'Everyone can read signs, screens and faces at the usual distance and in the usual light.',
    hearing: 'Everyone can follow speech and alarms through the air, with other sounds around.',
    speech: 'Everyone can answer aloud, at once, in a voice that strangers understand.',
    physical_endurance: 'Everyone can stand, queue and work for hours and be themselves again after a night.',
  },
  cognitive_and_perceptual_assumptions: {
    literacy: 'Everyone can read and write what forms, letters and notices contain.',
    numeracy: 'Everyone can handle prices, dates, doses and timetables without help.',
    attention_control: 'Everyone can turn attention to a task, keep it there, and let go when asked.',
    memory: 'Everyone can hold a few instructions in mind and recall them later.',
    processing_speed: 'Everyone can take in and answer at the pace of a usual conversation.',
    executive_function: 'Everyone can plan a task, begin it, switch and finish without being prompted.',
  },
  psychological_and_emotional_assumptions: {
    emotional_regulation: 'Everyone can keep a feeling within the bounds of the occasion.',
    stress_tolerance: 'Everyone can go on under pressure, noise and sudden change, and recover soon.',
    predictable_behavior: 'Everyone acts today much as they did yesterday in the same place.',
  },
  social_and_communicative_assumptions: {
    norm_interpretation: 'Everyone knows the unwritten rules of a place and reads the same meaning in them.',
    neurotypical_communication: 'Everyone talks with eye contact, tone, gesture and hints in the usual measure.',
    theory_of_mind: 'Everyone guesses quickly, and alike, what others think and want.',
    self_advocacy: 'Everyone can say what they need and is believed when they do.',
  },
  temporal_and_logistical_assumptions: {
    time_awareness: 'Everyone feels time pass and arrives when the clock says so.',
    independent_navigation: 'Everyone can find the way alone, by any means of travel, in places new to them.',
    energy_predictability: 'Everyone can tell today how much strength they will have tomorrow.',
  },
  institutional_assumptions: {
    independence_by_default: 'Everyone does things alone, and help is an exception to be asked for.',
    consistency_over_accommodation: 'Everyone is treated fairly by being treated the same.',
    cost_neutral_access: 'Everyone pays about the same in money, time and effort to take part.',
  },
  bodily_self_maintenance_assumptions: {
    low_interoceptive_maintenance_requirement:
      'Everyone has a body that runs by itself: hunger, pain, warmth and rest need no watching through the day.',
  },
  stability_assumptions: {
    functional_stability: 'Everyone can do tomorrow what they could do today, without episodes between.',
  },
} as const

/** What each of the nine dimensions asks of a being that is not human, and the answers it may be given. */
export const CHARACTER_DIMENSIONS = {
  origin: {
    description: 'How the being came to be.',
    options: [
      'evolved',
      'human-engineered',
      'trained',
      'grown',
      'simulated',
      'emergent',
      'hybrid (evolved + engineered)',
      'unknown origin',
    ],
  },
  form: {
    description: 'What kind of body it has, if it has one.',
    options: [
      'bipedal',
      'quadrupedal',
      'humanoid',
      'non-humanoid',
      'disembodied (software-only)',
      'embodied (physical)',
      'distributed',
      'modular',
    ],
  },
  goalspace_bounds: {
    description: 'How far its aims may reach.',
    options: [
      'fixed and narrow',
      'bounded but flexible',
      'task-limited',
      'open-ended',
      'unbounded',
      'self-generated goals',
    ],
  },
  memory_and_learning: {
    description: 'What it keeps of what happened, and how that changes it.',
    options: [
      'no learning',
      'short-term memory',
      'long-term memory',
      'episodic memory',
      'semantic memory',
      'online learning',
      'offline learning',
      'meta-learning',
    ],
  },
  agency_and_autonomy: {
    description: 'How much of what it does is of its own choosing.',
    options: ['no agency', 'reactive', 'goal-directed', 'semi-autonomous', 'fully autonomous', 'self-modifying'],
  },
  substrate: {
    description: 'What carries its workings.',
    options: ['biological', 'mechanical', 'electronic', 'digital', 'virtual', 'hybrid', 'unknown'],
  },
  processing_speed: {
    description: 'The unit of its reaction times; the explanation gives the number.',
    options: ['ms'],
  },
  size: {
    description: 'The unit in which it is measured best.',
    options: [
      'microscopic (μm)',
      'millimeter (mm)',
      'centimeter (cm)',
      'meter (m)',
      'kilometer (km)',
      'planetary',
      'larger-than-planetary',
      'non-physical',
    ],
  },
  abilities: {
    description: 'What it perceives and makes sense of.',
    options: [
      'vision',
      'hearing',
      'tactile',
      'taste',
      'smell',
      'vestibular',
      'proprioception',
      'pattern-recognition',
      'depth and motion',
      'language comprehension',
      'attention and focus',
    ],
  },
} as const
