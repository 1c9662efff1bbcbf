// Worlds that misbehave, for tests of supervision. Each misbehaves after `after` steps.
import { z } from 'zod'
import { defineWorld, type World } from '../kernel/world.ts'
import { Results } from '../protocol/episode.ts'

const State = z.strictObject({ step: z.int(), said: z.int() })

export const PLACES = ['step', 'apply', 'observe', 'spectate', 'standing', 'outcome', 'save', 'digest', 'bot'] as const
export type Place = (typeof PLACES)[number]

/** A world that throws in one of its functions. */
export function throwingWorld(place: Place, after = 5): World {
  const base = defineWorld({
    id: `throws-in-${place}`,
    version: '1.0.0',
    title: 'Throws',
    summary: 'Throws an exception.',
    config: z.strictObject({ slots: z.int().default(2) }),
    command: z.strictObject({ say: z.string() }),
    results: Results,
    state: State,
    variants: [{ id: 'default', title: 'Default', description: 'Throws.', config: {} }],
    bots: [
      {
        name: 'talker',
        summary: 'Says hello.',
        create: () => ({
          decide(seen) {
            if (place === 'bot' && z.object({ step: z.int() }).parse(seen).step >= after) throw new Error('bot boom')
            return { say: 'hello' }
          },
        }),
      },
    ],
    slots: () => 2,
    create: () => ({ step: 0, said: 0 }),
    apply(state) {
      state.said++
      return undefined
    },
    step(state) {
      state.step++
    },
    observe: (state) => ({ step: state.step }),
    view: { spectate: (state) => ({ step: state.step }) },
    standing: (state) => ({ scores: [state.said, state.step] }),
    outcome: () => undefined,
  })
  const world: World = base
  const boom = (state: unknown): void => {
    if (State.parse(state).step >= after) throw new Error(`${place} boom`)
  }
  const wrapped: Partial<Record<Place, Partial<World>>> = {
    step: {
      step(state, out) {
        boom(state)
        world.step(state, out)
      },
    },
    apply: {
      apply(state, slot, command, out) {
        boom(state)
        return world.apply(state, slot, command, out)
      },
    },
    observe: {
      observe(state, slot) {
        boom(state)
        return world.observe(state, slot)
      },
    },
    spectate: {
      view: {
        spectate(state) {
          boom(state)
          return {}
        },
      },
    },
    standing: {
      standing(state) {
        boom(state)
        return world.standing(state)
      },
    },
    outcome: {
      outcome(state) {
        boom(state)
        return undefined
      },
    },
    save: {
      save(state) {
        boom(state)
        return world.save(state)
      },
    },
    digest: {
      digest(state) {
        boom(state)
        return world.digest(state)
      },
    },
  }
  return { ...world, ...wrapped[place] }
}
