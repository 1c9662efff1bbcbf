// The foundry in Chromium: the same sources, with types stripped, give the same hashes as in Node.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { configureWorld } from '../../src/kernel/world.ts'
import { launchBrowser, NO_BROWSER } from '../../src/testing/browser.ts'
import { loadWorld } from '../../src/testing/built-in-worlds.ts'
import { startModuleServer } from '../../src/testing/module-server.ts'

const QUIET = { effect: () => '', cancel: () => undefined, event: () => undefined }
const SCENARIOS = ['first_slice', 'brownout', 'clean_room', 'vertical', 'two_crews']
const SPLITS = [
  [1, 400],
  [137, 264],
  [400, 1],
] as const

interface Played {
  /** After run(N + M). */
  readonly whole: string
  /** After run(N), save, load, run(M). */
  readonly resumed: string
}

/** Builds a solution, and runs it in one and in two pieces. The browser gets the source of this function. */
function play(
  world: any,
  task: { config: unknown; seed: number; script: unknown; n: number; m: number; saved?: string },
) {
  const quiet = { effect: () => '', cancel: () => undefined, event: () => undefined }
  const begin = () => {
    const state = world.create(world.config.parse(task.config), task.seed)
    for (const step of task.script as { type: string; slot?: number; command: unknown }[]) {
      if (step.type === 'apply_command') world.apply(state, step.slot ?? 0, world.command.parse(step.command), quiet)
    }
    return state
  }
  const run = (state: unknown, ticks: number) => {
    for (let i = 0; i < ticks; i++) world.step(state, quiet)
    return state
  }
  const saved = task.saved ?? JSON.stringify(world.save(run(begin(), task.n)))
  return {
    whole: world.digest(run(begin(), task.n + task.m)),
    resumed: world.digest(run(world.load(JSON.parse(saved)), task.m)),
  }
}

test('foundry: Chromium gives the hashes of Node: in one run, in pieces, and from a save of Node', {
  skip: NO_BROWSER,
}, async () => {
  const foundry = await loadWorld('foundry')
  const server = await startModuleServer()
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    await page.goto(server.url)
    for (const scenario of SCENARIOS) {
      const script = JSON.parse(readFileSync(`src/worlds/foundry/solutions/${scenario}.json`, 'utf8'))
      const { config } = configureWorld(foundry, scenario)
      for (const [n, m] of SPLITS) {
        const task = { config, seed: 9, script, n, m }
        const here = play(foundry, task)
        assert.equal(here.resumed, here.whole)
        const state = foundry.create(config, 9)
        for (const step of script) {
          if (step.type === 'apply_command') foundry.apply(state, step.slot ?? 0, step.command, QUIET)
        }
        for (let i = 0; i < n; i++) foundry.step(state, QUIET)
        const saved = JSON.stringify(foundry.save(state))
        for (const wanted of [task, { ...task, saved }]) {
          const there: Played = await page.evaluate(
            async ([text, asked]) => {
              const path = '/src/worlds/foundry/world.ts'
              const module = await import(path)
              return new Function(`return (${text})`)()(module.foundry, asked)
            },
            [play.toString(), wanted] as const,
          )
          assert.deepEqual(there, here, `${scenario}, ${n} + ${m}`)
        }
      }
    }
  } finally {
    await browser.close()
    server.close()
  }
})
