// `paracosm play` as a user runs it: a separate process against a real server.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LAUNCHER, runCommand, startProcess } from '../../src/testing/cli.ts'
import { openClientServer } from './client-server.ts'

const PAIR = ['--pc', 'ODA', '--npc', 'JACK']

test('play: registers, plays lines of a script, lists, resumes and prints the transcript', async (context) => {
  const { server } = await openClientServer(context)
  const home = mkdtempSync(join(tmpdir(), 'paracosm-home-'))
  context.after(() => rmSync(home, { recursive: true }))
  const run = (args: readonly string[], input = '') =>
    runCommand(['play', ...args, '--url', server.url], { env: { XDG_CONFIG_HOME: home }, input })
  const unknown = await run(['Explore'])
  assert.match(unknown.err, /KEY_REFUSED[\s\S]*--register/)
  assert.equal(unknown.status, 2)
  const form = ['--name', 'Ada', '--email', 'a@b', '--phone', '1', '--consent', 'Ada', '--no-followup']
  assert.equal((await run(['--register', ...form])).status, 0)
  const file = join(home, 'paracosm', 'keys.json')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const key = String(Object.values(JSON.parse(readFileSync(file, 'utf8')))[0])
  const played = await run(['Explore', ...PAIR], 'I wave.\n\n/nothing\n')
  assert.equal(played.status, 0, played.err)
  assert.match(played.err, /rule-based responder/)
  const id = /--resume (\S+)/.exec(played.err)?.[1] ?? ''
  assert.match(played.out, /JACK:[\s\S]*ODA \(you\):\n {2}I wave\.[\s\S]*JACK:/)
  const resumed = await run(['--resume', id, '--json'], '/finish\nmore\n')
  const events = resumed.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(events.filter((event) => event.kind === 'event' && event.replayed).length, 5)
  assert.deepEqual(events.at(-1), { kind: 'closed', reason: 'ended' })
  assert.match((await run(['--list'])).out, new RegExp(`${id} +Explore +closed`))
  assert.match((await run(['--transcript', id])).out, /^# Explore: ODA meets JACK[\s\S]*I wave\./)
  assert.equal((await run(['--resume', '8c2f0f4e-0000-4000-8000-000000000000'])).status, 2)
  for (const { out, err } of [played, resumed]) assert.ok(!(out + err).includes(key))
})

test('play: without a server it says how to start one', async () => {
  const { status, err } = await runCommand(['play', 'Explore', '--key', 'k', '--url', 'http://127.0.0.1:1'])
  assert.equal(status, 1)
  assert.match(err, /SERVER_UNREACHABLE[\s\S]*npm start/)
})

test('play: in a terminal it chats, and Ctrl-C leaves and prints how to continue', {
  skip: existsSync('/usr/bin/script') ? false : 'there is no script(1) here',
}, async (context) => {
  const { server, key } = await openClientServer(context)
  const line = `'${LAUNCHER}' play Explore --pc ODA --npc JACK --url ${server.url}`
  const child = startProcess('/usr/bin/script', ['-qec', line, '/dev/null'], { env: { PARACOSM_KEY: key } })
  await child.sees(/ODA \(you\): /)
  child.type('I wave.\r')
  await child.sees(/I wave\.[\s\S]*JACK:[\s\S]*ODA \(you\): /)
  child.type('\u0003')
  await child.sees(/paracosm play --resume [0-9a-f-]{36}/)
  assert.equal(await child.ended, 0)
})
