// The state of a participant is read row by row: an episode that ends in between must not leave half of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParticipantStates } from './state.ts'

const ARM = { world: 'paint-arena', variant: null, description: null, players: ['participant', { bot: 'greedy' }] }
const study: any = {
  generation: 'experiment',
  name: 'painting',
  description: '',
  maximum: 1,
  isChosen: false,
  forms: [],
  settings: { title: null, language: 'en', open_link: true, consent: null, worlds: { Painting: ARM } },
}
const row = { id: 'a1', game: 'Painting', pc: 'human', npc: null, session: null }

/** @param statuses of the assignment, read after read */
function statesOf(statuses: readonly string[]) {
  let reads = 0
  const parts: any = {
    at: {
      worlds: [],
      studies: { participant: async () => undefined, assignments: async () => [row] },
    },
    experiments: {
      setup: async () => ({
        is_open: true,
        pending_post_play: false,
        current_assignment: { assignment_id: 'a1', status: statuses[Math.min(reads++, statuses.length - 1)] },
      }),
    },
    // Its episode has ended, and its slot is free.
    plays: { standing: async () => undefined },
  }
  const states = new ParticipantStates(parts)
  return { state: () => states.of({ study, isClosed: false, source: '' }, 'p1'), reads: () => reads }
}

test('states: an assignment whose episode ends during the read is shown as it is afterwards', async () => {
  const { state, reads } = statesOf(['in_progress', 'interrupted'])
  const { stage, assignment } = await state()
  assert.deepEqual([stage, assignment?.status, reads()], ['assignment', 'interrupted', 2])
})

test('states: an assignment in progress without an episode is shown after a few reads', async () => {
  const { state, reads } = statesOf(['in_progress'])
  assert.deepEqual([(await state()).assignment?.status, reads()], ['in_progress', 3])
})
