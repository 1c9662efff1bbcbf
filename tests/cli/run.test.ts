// `paracosm run` as people use it: seeds, paths, crashing programs, existing folders, and the command log.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { LAUNCHER, runCommand, startCommand } from '../../src/testing/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm run '))
after(() => rmSync(folder, { recursive: true }))
const run = (...args: string[]) => runCommand(['run', 'paint-arena', ...args], { cwd: folder })

test('run: without --seed each run draws and prints a seed, and that seed repeats the run', async () => {
  const [one, two] = [await run('random', 'greedy'), await run('random', 'greedy')]
  const seedOf = (out: string) => /^Seed: (\d+) \(repeat this run with --seed \1\)$/m.exec(out)?.[1] ?? ''
  assert.notEqual(seedOf(one.out), seedOf(two.out))
  const again = await run('random', 'greedy', '--seed', seedOf(one.out))
  const scores = (out: string) => out.split('\n').slice(0, 3)
  assert.deepEqual(scores(again.out), scores(one.out))
})

test('run: it prints the path of the journal, or that none is saved without -o', async () => {
  assert.match((await run()).out, /^Journal: not kept; add -o <folder> to keep it$/m)
  const kept = await run('-o', 'kept')
  assert.match(kept.out, /^Journal: kept\/journal\.jsonl$/m)
  assert.ok(existsSync(join(folder, 'kept', 'journal.jsonl')))
})

test('run: a saved run is in the command log, unless --no-log is given', async () => {
  const env = { PARACOSM_DATA: join(folder, 'log') }
  const logged = await runCommand(['run', 'paint-arena', '-o', 'logged', '--json'], { cwd: folder, env })
  assert.equal(JSON.parse(logged.out).logged, 200)
  await runCommand(['run', 'paint-arena', '-o', 'unlogged', '--no-log'], { cwd: folder, env })
  const { out } = await runCommand(['log', 'count', '--json'], { cwd: folder, env })
  assert.deepEqual(JSON.parse(out), { count: 200 })
})

test('run: -o with an existing run is refused with a hint, and --force replaces it', async () => {
  await run('-o', 'twice', '--seed', '1')
  const before = readFileSync(join(folder, 'twice', 'journal.jsonl'), 'utf8')
  const refused = await run('-o', 'twice', '--seed', '2')
  assert.equal(refused.status, 2)
  assert.match(refused.err, /FILE_EXISTS: twice\/journal\.jsonl exists already\n {2}fix: .*--force/)
  assert.equal(readFileSync(join(folder, 'twice', 'journal.jsonl'), 'utf8'), before)
  assert.equal((await run('-o', 'twice', '--seed', '2', '--force')).status, 0)
  assert.notEqual(readFileSync(join(folder, 'twice', 'journal.jsonl'), 'utf8'), before)
})

test('run: a mistyped bot or variant creates nothing, and the closest name is suggested', async () => {
  const bot = await run('gredy', '-o', 'typo')
  assert.match(bot.err, /UNKNOWN_BOT: .*\n {2}fix: Did you mean greedy\?/)
  const variant = await run('--variant', 'dual', '-o', 'typo')
  assert.match(variant.err, /UNKNOWN_VARIANT: .*\n {2}fix: Did you mean duel\?/)
  assert.equal(existsSync(join(folder, 'typo')), false)
})

test('run: a program that dies is reported with slot, status and last lines, long before the waiting time ends', async () => {
  // The episode itself would wait 180 s for the player.
  const dead = await run('sweep', 'cmd:echo one; echo two >&2; exit 3', '-o', 'dead')
  assert.equal(dead.status, 1)
  assert.match(dead.err, /RUN_FAILED: the program of slot 1 \(.*\) exited with status 3 before the episode ended/)
  assert.match(dead.err, /^ {2}\| one$/m)
  assert.match(dead.err, /^ {2}\| two$/m)
  assert.match(dead.err, /its whole log is dead\/logs\/policy_agent_1\.txt/)
  const missing = await run('sweep', 'cmd:nosuchprogram', '--json')
  const { error } = JSON.parse(missing.out)
  assert.deepEqual([error.code, error.details.slot, error.details.status], ['RUN_FAILED', 1, 127])
  assert.match(error.details.output.join(), /nosuchprogram.*not found/)
})

test('run: a failed run leaves no journal without steps, so that the corrected command works', async () => {
  await run('sweep', 'cmd:exit 1', '-o', 'corrected')
  assert.deepEqual(readdirSync(join(folder, 'corrected')), ['logs'])
  assert.equal((await run('sweep', 'greedy', '-o', 'corrected')).status, 0)
})

test('run: it names the players that it waits for, and when the waiting time ends', async () => {
  const program = join(folder, 'late.sh')
  writeFileSync(program, `read line < '${folder}/go'; exec '${LAUNCHER}' player paint-arena sweep\n`)
  const { spawnSync } = await import('node:child_process')
  spawnSync('mkfifo', [join(folder, 'go')])
  const command = startCommand(['run', 'paint-arena', 'greedy', `cmd:sh '${program}'`, '--lockstep'], { cwd: folder })
  await command.sees(/Waiting for player 1 \(sh .*late\.sh'\)\./)
  writeFileSync(join(folder, 'go'), 'go\n')
  await command.sees(/Everyone is here\./)
  assert.equal(await command.ended, 0)
})

test('run: in lockstep a bot in a separate process plays as in this one', async () => {
  const inside = await run('sweep', 'greedy', '--seed', '3', '--json')
  const program = `cmd:${LAUNCHER} player paint-arena greedy --seed 3`
  const outside = await run('sweep', program, '--seed', '3', '--lockstep', '--json')
  assert.equal(outside.status, 0, outside.err)
  assert.deepEqual(JSON.parse(outside.out).results, JSON.parse(inside.out).results)
})

test('replay fork: a failed fork leaves the file free, and --force replaces a fork only when the new one is complete', async () => {
  await run('-o', 'parent')
  const journal = join(folder, 'parent', 'journal.jsonl')
  const fork = (...args: string[]) => runCommand(['replay', 'fork', journal, '-o', join(folder, 'fork.jsonl'), ...args])
  assert.match((await fork('--at', '5000', '--player', '0=random')).err, /STEP_OUT_OF_RANGE/)
  assert.match((await fork('--at', '50', '--player', '0=rndom')).err, /Did you mean random\?/)
  assert.equal(existsSync(join(folder, 'fork.jsonl')), false)
  assert.equal((await fork('--at', '50', '--player', '0=random')).status, 0)
  const first = readFileSync(join(folder, 'fork.jsonl'), 'utf8')
  assert.match((await fork('--at', '50', '--player', '0=idle')).err, /FILE_EXISTS.*\n {2}fix: .*--force/)
  assert.equal((await fork('--at', '5000', '--player', '0=idle', '--force')).status, 2)
  assert.equal(readFileSync(join(folder, 'fork.jsonl'), 'utf8'), first)
  assert.equal((await fork('--at', '50', '--player', '0=idle', '--force')).status, 0)
  assert.notEqual(readFileSync(join(folder, 'fork.jsonl'), 'utf8'), first)
})

test('world of one file: it runs in an empty folder with nothing installed, and a mistake in it is shown', async () => {
  const place = mkdtempSync(join(folder, 'empty '))
  const page = readFileSync(join(LAUNCHER, '..', '..', 'docs', 'writing-a-world.md'), 'utf8')
  const code = /^```ts\n([\s\S]*?)^```/m.exec(page)?.[1] ?? ''
  writeFileSync(join(place, 'harvest.ts'), code)
  const done = await runCommand(['run', './harvest.ts', 'modest', '--json'], { cwd: place })
  assert.deepEqual(JSON.parse(done.out).results.scores, [20, 20], done.err)
  assert.equal(done.err, '')
  writeFileSync(join(place, 'wrong.ts'), code.replace("'paracosm/world'", "'paracosm/wrold'"))
  const wrong = await runCommand(['run', './wrong.ts'], { cwd: place })
  assert.deepEqual([wrong.status, /WORLD_INVALID.*paracosm/.test(wrong.err)], [2, true], wrong.err)
})

test('port: an explicit port that is taken is an error that names it', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const address = taken.address()
  const port = String(typeof address === 'object' && address ? address.port : 0)
  try {
    for (const args of [['serve'], ['perception', 'serve', 'frontier'], ['world', 'serve', 'paint-arena']]) {
      const { status, err } = await runCommand([...args, '--port', port], {
        cwd: folder,
        env: { PARACOSM_DATA: join(folder, `port ${args.length}`) },
      })
      assert.deepEqual([status, err.includes('PORT_IN_USE') && err.includes(port)], [2, true], `${args}: ${err}`)
    }
  } finally {
    taken.close()
  }
})
