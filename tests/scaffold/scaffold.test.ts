// The output of `paracosm init` works unchanged, with this package installed from its tarball: tests, types, every command
// that accepts an external world, and certification.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { type RunningCommand, startProcess } from '../../src/testing/cli.ts'
import { installProject, packPackage, runTool, toolEnvironment } from '../../src/testing/packed-package.ts'
import { startWebBrowser } from '../../src/testing/web.ts'
import { openWire } from '../../src/testing/wire.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm scaffold '))
after(() => rmSync(folder, { recursive: true }))
const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'paracosm')
const project = join(folder, 'sealed-bids')
const bin = join(project, 'node_modules', '.bin', 'paracosm')
let tarball = ''

before(() => {
  tarball = packPackage(folder)
  runTool(LAUNCHER, ['init', 'world', 'sealed-bids', '--paracosm', `file:${tarball}`], folder)
  installProject(project)
})

const json = (...args: readonly string[]): any => JSON.parse(runTool(bin, [...args, '--json'], project))

async function serving(args: readonly string[], use: (process: RunningCommand) => Promise<void>): Promise<void> {
  const { PATH = '' } = toolEnvironment()
  const running = startProcess(bin, args, { cwd: project, env: { PATH, PARACOSM_DATA: join(project, 'data') } })
  try {
    await use(running)
  } finally {
    running.kill('SIGTERM')
    assert.equal(await running.ended, 0)
  }
}

test('scaffolded world: its own tests pass and its types are clean', () => {
  const out = runTool('npm', ['test'], project)
  assert.match(out, /pass 8\b/)
  assert.match(out, /fail 0\b/)
})

test('scaffolded world: it is played, verified, forked, driven headless and described', () => {
  const ran = json('run', './world.ts', 'matcher', 'random', '--seed', '7', '-o', 'match')
  assert.deepEqual([ran.world.id, ran.outcome.ended], ['sealed-bids', 'terminated'])
  assert.equal(json('replay', 'verify', 'match/journal.jsonl').hash, ran.hash)
  const forked = json('replay', 'fork', 'match/journal.jsonl', '--at', '2', '--player', '1=low', '-o', 'fork.jsonl')
  assert.equal(forked.parent.step, 2)
  assert.equal(json('replay', 'verify', 'fork.jsonl').ok, true)
  assert.equal(json('headless', '--world', './world.ts', '--ticks', '3').ok, true)
  assert.equal(json('world', 'show', './world.ts').id, 'sealed-bids')
})

test('scaffolded world: its manifest matches `npm run manifest`, and it is certified', () => {
  const kept = JSON.parse(readFileSync(join(project, 'coworld_manifest.json'), 'utf8'))
  assert.deepEqual(kept, json('world', 'manifest', './world.ts'), 'run world manifest, and put it in the template')
  assert.equal(json('coworld', 'validate', 'coworld_manifest.json').ok, true)
  assert.equal(json('coworld', 'certify', 'coworld_manifest.json', '--runtime', 'process').certified, true)
  assert.equal(json('world', 'certify', './world.ts').certified, true)
})

test('scaffolded world: a server offers it; an episode is started over HTTP and watched to its end', () =>
  serving(['serve', '--world', './world.ts', '--port', '0', '--no-showcase'], async (server) => {
    const [, url = ''] = await server.sees(/Paracosm is at (\S+)/)
    const response = await fetch(`${url}/api/episodes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ world: 'sealed-bids', players: ['matcher', 'random'], seed: 1, tick_rate: 20 }),
    })
    assert.equal(response.status, 201)
    const { episode } = (await response.json()) as { episode: { id: string } }
    const viewer = await openWire(`${url.replace('http', 'ws')}/episodes/${episode.id}/global`)
    let view = await viewer.next()
    assert.ok('prize' in view)
    while (!view.done) view = await viewer.next()
    assert.equal(view.round, 6)
  }))

test('scaffolded world: in a browser a person plays it by its cards, and watches it', { skip: NO_BROWSER }, () =>
  serving(['serve', '--world', './world.ts', '--port', '0', '--no-showcase'], async (server) => {
    const [, url = ''] = await server.sees(/Paracosm is at (\S+)/)
    const response = await fetch(`${url}/api/episodes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // A round waits for the person for more than three minutes.
      body: JSON.stringify({
        world: 'sealed-bids',
        config: { patience: 1000 },
        players: [null, 'low'],
        seed: 1,
        tick_rate: 5,
      }),
    })
    const { episode, slots } = (await response.json()) as { episode: { id: string }; slots: { token: string }[] }
    const browser = await startWebBrowser()
    try {
      for (const [width, round] of [
        ['phone', 1],
        ['desktop', 2],
      ] as const) {
        const { page, complaints, close } = await browser.open(
          `${url}/episodes/${episode.id}/play#slot=0&token=${slots[0]?.token}`,
          { width },
        )
        const view = page.frameLocator('iframe[title="View of Sealed bids"]')
        await view.getByText(`Round ${round} of 6`).waitFor()
        const { height = 0 } = (await page.locator('iframe').boundingBox()) ?? {}
        assert.ok(height > 400, `the view is ${height} px high`)
        await view.getByRole('button', { name: /^Bid / }).last().click()
        await view.getByText(`Round ${round + 1} of 6`).waitFor()
        await view.getByRole('row', { name: /^You [1-9]/ }).waitFor()
        assert.deepEqual(complaints, [])
        await close()
      }
      const watching = await browser.open(`${url}/episodes/${episode.id}`)
      const seen = watching.page.frameLocator('iframe[title="View of Sealed bids"]')
      await seen.getByText('Round 3 of 6').waitFor()
      assert.equal(await seen.getByRole('button').count(), 0, 'a viewer sees no hand')
      await watching.close()
    } finally {
      await browser.close()
    }
  }),
)

test('scaffolded world: an agent plays it through the perception adapter', () =>
  serving(
    ['perception', 'serve', './world.ts', '--agent', 'timmy', '--bot', 'matcher', '--no-auth', '--port', '0'],
    async (adapter) => {
      const [, url = ''] = await adapter.sees(/adapter is at (\S+)/)
      const agent = ['agent', 'run', '--url', url, '--agent', 'timmy', '--policy', 'scripted', '--seconds', '60']
      const summary = json(...agent)
      assert.ok(summary.done >= 5, JSON.stringify(summary))
      assert.equal(summary.ended, 'episode')
    },
  ))

test('docs/writing-a-world.md: every command line works as printed, in a fresh project', async () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'writing-a-world.md'), 'utf8')
  const root = join(folder, 'as printed')
  mkdirSync(root)
  let cwd = root
  const path = (): string =>
    [join(root, 'my-world', 'node_modules', '.bin'), join(LAUNCHER, '..'), toolEnvironment().PATH].join(':')
  let count = 0
  for (const [, kind = '', body = ''] of page.matchAll(/^```sh ?(\w*)\n([\s\S]*?)^```/gm)) {
    for (const line of body.trim().split('\n')) {
      count++
      const [, entered] = /^cd (\S+)$/.exec(line) ?? []
      if (entered !== undefined) cwd = join(cwd, entered)
      else if (kind === 'waits') {
        const running = startProcess('sh', ['-c', `exec ${line}`], { cwd, env: { PATH: path() } })
        await running.sees(/http:/)
        running.kill('SIGINT')
        await running.ended
      } else {
        const text = line.startsWith('paracosm init') ? `${line} --paracosm 'file:${tarball}'` : line
        runTool('sh', ['-c', `PATH='${path()}'; ${text}`], cwd)
      }
    }
  }
  assert.ok(count >= 12, `${count} lines`)
})

test('scaffolded game in Python: its tests pass and it is certified', () => {
  const game = join(folder, 'highest-py')
  runTool(LAUNCHER, ['init', 'game', 'highest-py', '--language', 'python'], folder)
  runTool('python3', ['-W', 'error', '-m', 'unittest'], game)
  assert.ok(readFileSync(join(game, 'web.py'), 'utf8').split('\n').length <= 250)
  runTool(bin, ['coworld', 'validate', 'coworld_manifest.json'], game)
  const certify = ['coworld', 'certify', 'coworld_manifest.json', '--runtime', 'process', '--json']
  assert.equal(JSON.parse(runTool(bin, certify, game)).certified, true)
})

test('scaffolded game in TypeScript: its tests pass, its types are clean, and it is certified', () => {
  const game = join(folder, 'highest-ts')
  runTool(LAUNCHER, ['init', 'game', 'highest-ts', '--language', 'typescript'], folder)
  installProject(game)
  assert.match(runTool('npm', ['test'], game), /fail 0\b/)
  runTool(bin, ['coworld', 'validate', 'coworld_manifest.json'], game)
  const certify = ['coworld', 'certify', 'coworld_manifest.json', '--runtime', 'process', '--json']
  assert.equal(JSON.parse(runTool(bin, certify, game)).certified, true)
})
