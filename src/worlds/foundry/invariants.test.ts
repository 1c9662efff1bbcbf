import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arbFoundryRun, play, tick } from '../../testing/foundry-runs.ts'
import { findImbalance } from './balance.ts'
import { cellsOf } from './parts.ts'
import type { Foundry } from './state.ts'
import { foundry } from './world.ts'

const Runs = fc.oneof(arbFoundryRun({ clouds: true }), arbFoundryRun({ slots: 2, clouds: true }))
const RUNS = { numRuns: 300 }

test('foundry: items, energy and contamination are conserved to the unit under any commands', () => {
  fc.assert(
    fc.property(Runs, (run) => {
      play(run, { after: (f) => assert.equal(findImbalance(f), undefined) })
    }),
    RUNS,
  )
})

test('foundry: a refused command leaves the digest unchanged', () => {
  let refusals = 0
  fc.assert(
    fc.property(Runs, (run) => {
      let before = ''
      play(run, {
        before: (f) => {
          before = foundry.digest(f)
        },
        after: (f, act, isRefused) => {
          if (!isRefused) return
          refusals++
          assert.equal(foundry.digest(f), before, JSON.stringify(act))
        },
      })
    }),
    RUNS,
  )
  assert.ok(refusals > 100)
})

test('foundry: every cell refers to the part that fills it, and to no other', () => {
  fc.assert(
    fc.property(Runs, (run) => {
      play(run, { after: checkCells })
    }),
    RUNS,
  )
})

function checkCells(f: Foundry): void {
  let filled = 0
  for (let part = 1; part <= f.parts.last; part++) {
    if (f.parts.def[part] === 0) continue
    for (const cell of cellsOf(f, part)) {
      assert.equal(f.cells[cell], part)
      filled++
    }
  }
  assert.equal(f.cells.filter((part) => part > 0).length, filled)
}

test('foundry: a loaded save has the same digest, the same reports of every part, and the same continuation', () => {
  fc.assert(
    fc.property(Runs, fc.integer({ min: 1, max: 80 }), (run, ticks) => {
      const f = play(run)
      const saved = JSON.stringify(foundry.save(f))
      const g = foundry.load(JSON.parse(saved))
      assert.equal(foundry.digest(g), foundry.digest(f))
      assert.equal(JSON.stringify(foundry.save(g)), saved)
      assert.deepEqual(foundry.headless?.summarize?.(g), foundry.headless?.summarize?.(f))
      for (let part = 1; part <= f.parts.last; part++) {
        assert.deepEqual(foundry.headless?.inspect?.(g, part), foundry.headless?.inspect?.(f, part))
      }
      for (let i = 0; i < ticks; i++) {
        tick(f, 1)
        tick(g, 1)
        assert.equal(foundry.digest(g), foundry.digest(f), `tick ${i}`)
      }
    }),
    { numRuns: 150 },
  )
})

test('foundry: inspecting changes nothing', () => {
  fc.assert(
    fc.property(Runs, (run) => {
      const watched = play(run, {
        after: (f) => {
          foundry.save(f)
          foundry.headless?.summarize?.(f)
          foundry.observe(f, 0)
          foundry.view?.spectate(f)
          foundry.headless?.inspect?.(f, 1)
        },
      })
      assert.equal(foundry.digest(watched), foundry.digest(play(run)))
    }),
    { numRuns: 30 },
  )
})
