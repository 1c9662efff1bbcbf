// `paracosm perception serve` as a process: its output, its restarts, and that kill -9 loses nothing acknowledged.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAgentClient } from '../../src/testing/agent-client.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { connectEngine } from '../../src/testing/fake-engine.ts'
import { createFolder } from './adapters.ts'
import { killAgain, startServe } from './kills.ts'

test('serve: kill -9 under load loses no command acknowledged with 202, and the next start continues', async () => {
  const { accepted, missing, resumed } = await killAgain(3)
  assert.deepEqual(missing, [])
  assert.ok(accepted >= 30)
  assert.equal(resumed, 2)
})

test('serve: an interrupt saves; the next start has the same episode, tokens and commands', async (t) => {
  const args = ['frontier', '--variant', 'errand', '--agent', 'timmy', '--data', createFolder(t)]
  const first = await startServe(args)
  const [agent] = first.agents
  const { body } = await createAgentClient(first.url, 'timmy', agent!.token).say('noop')
  first.process.kill('SIGINT')
  assert.equal(await first.process.ended, 0)
  const second = await startServe(args)
  assert.deepEqual([second.resumed, second.agents], [true, first.agents])
  const report = await createAgentClient(second.url, 'timmy', agent!.token).get(`/commands/${body.command_id}`)
  assert.equal(report.status, 200)
  second.process.kill('SIGINT')
  await second.process.ended
})

test('serve --bridge: an engine connects with the printed token', async (t) => {
  const served = await startServe(['--bridge', 'tes3mp', '--agent', 'timmy', '--data', createFolder(t)])
  const { bridge } = served as unknown as { bridge: { socket: string; token: string } }
  assert.equal(bridge.socket, `${served.url.replace('http', 'ws')}/bridge?engine=tes3mp`)
  const engine = await connectEngine(served.url, bridge.token)
  engine.hello()
  assert.deepEqual((await engine.hears('welcome')).agents, ['timmy'])
  served.process.kill('SIGINT')
  assert.equal(await engine.closed, 1012)
  assert.equal(await served.process.ended, 0)
})

test('serve: wrong usage is reported, and nothing is opened', async (t) => {
  const data = ['--data', createFolder(t)]
  for (const [args, code] of [
    [[], 'USAGE'],
    [['frontier', '--bridge', 'tes3mp'], 'USAGE'],
    [['nowhere'], 'UNKNOWN_WORLD'],
    [['frontier', '--variant', 'nowhere'], 'UNKNOWN_VARIANT'],
    [['frontier', '--no-auth', '--host', '0.0.0.0'], 'USAGE'],
    [['frontier', '--variant', 'errand', '--agent', 'a', '--agent', 'b'], 'USAGE'],
    [['paint-arena', '--agent', 'a', '--bot', 'nobody'], 'UNKNOWN_BOT'],
  ] as const) {
    const { status, out } = await runCommand(['perception', 'serve', ...args, ...data, '--port', '0', '--json'])
    assert.deepEqual([status, JSON.parse(out).error.code], [2, code], args.join(' '))
  }
})
