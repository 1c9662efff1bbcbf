// `paracosm agent run` as a user runs it: separate processes, a real adapter, a real endpoint.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { startModelServer } from '../../src/testing/model-server.ts'

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-agent-cli-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function serve(folder: string, args: readonly string[]) {
  const server = startCommand(['perception', 'serve', ...args, '--port', '0', '--data', folder, '--json'])
  const [line] = await server.sees(/^\{.*\}$/m)
  const { url, agents } = JSON.parse(line)
  return { server, url: String(url), token: String(agents[0].token ?? '') }
}

/** The course of a run without values that differ between runs: times, ids and the running hash over them. */
function courseOf(folder: string): string[] {
  const [episode = ''] = readdirSync(join(folder, 'live')).filter((name) => name.startsWith('perception-'))
  const lines = readFileSync(join(folder, 'live', episode, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
  return lines.slice(1).map((line) => line.replace(/,"hash":"[0-9a-f]+"\}$/, '}'))
}

test('agent run: a run recorded with --record replays without the endpoint, with the same course', async (context) => {
  const model = await startModelServer((asked, index) => {
    if (index % 6 === 4) return 'Let me think about it.'
    const near = [...(asked.messages[1]?.content ?? '').matchAll(/"entity_id":"([^"]+)"/g)].at(index % 3)?.[1]
    const command = near ? { command: 'move_to', params: { entity_id: near } } : { command: 'noop', params: {} }
    return JSON.stringify({ reasoning: 'It looks interesting.', ...command })
  })
  const folders = [folderOf(context), folderOf(context)] as const
  const recording = join(folders[0], 'calls.jsonl')
  const summaries: unknown[] = []
  for (const [index, folder] of folders.entries()) {
    const { server, url, token } = await serve(folder, [
      'frontier',
      '--variant',
      'arrival',
      '--seed',
      '5',
      '--lockstep',
    ])
    const how = index === 0 ? ['--record', recording] : ['--replay', recording]
    const fixed = ['agent', 'run', '--url', url, '--agent', 'agent-0', '--policy', 'model', '--model', 'tiny']
    const run = await runCommand([...fixed, '--base-url', model.url, '--turns', '12', '--json', ...how], {
      env: { PARACOSM_AGENT_TOKEN: token, OPENAI_API_KEY: 'sk-secret-9876' },
    })
    assert.equal(run.status, 0, run.err)
    const { spent, ...summary } = JSON.parse(run.out)
    assert.ok(spent.calls >= 12)
    summaries.push(summary)
    server.kill('SIGTERM')
    await server.ended
    if (index === 0) await model.close()
  }
  assert.deepEqual(summaries[1], summaries[0])
  assert.deepEqual(courseOf(folders[1]), courseOf(folders[0]))
  assert.ok(courseOf(folders[0]).length > 10)
  assert.doesNotMatch(readFileSync(recording, 'utf8'), /sk-secret/)
})

test('agent run: invalid options are refused with their codes', async (context) => {
  const folder = folderOf(context)
  const { server, url, token } = await serve(folder, ['frontier', '--variant', 'errand', '--lockstep'])
  context.after(() => server.kill('SIGKILL'))
  const at = ['agent', 'run', '--url', url, '--agent', 'agent-0']
  const env = { PARACOSM_AGENT_TOKEN: token }
  const existing = join(folder, 'there.jsonl')
  writeFileSync(existing, '')
  for (const [args, status, pattern] of [
    [['agent', 'run'], 2, /--url/],
    [[...at, '--policy', 'genius'], 2, /scripted, random, model/],
    [[...at, '--policy', 'model'], 2, /MODEL_MISSING|no model is named/],
    [
      [...at, '--policy', 'model', '--model', 'm', '--replay', join(folder, 'none.jsonl')],
      2,
      /cannot read the recording/,
    ],
    [[...at, '--policy', 'model', '--model', 'm', '--record', existing], 2, /exists already/],
    [[...at, '--turns', '0'], 2, /whole number/],
  ] as const) {
    const run = await runCommand(args, { env })
    assert.equal(run.status, status, `${args.join(' ')}: ${run.err}`)
    assert.match(run.err, pattern)
  }
  const wrong = await runCommand([...at, '--turns', '1'], { env: { PARACOSM_AGENT_TOKEN: 'wrong' } })
  assert.equal(wrong.status, 1)
  assert.match(wrong.err, /TOKEN_REFUSED|the token/)
  const nobody = await runCommand(['agent', 'run', '--url', 'http://127.0.0.1:9', '--agent', 'a', '--turns', '1'])
  assert.equal(nobody.status, 1)
  assert.match(nobody.err, /no answer from/)
  const budget = await runCommand([...at, '--turns', '2', '--json'], { env })
  assert.equal(JSON.parse(budget.out).ended, 'turns')
})
