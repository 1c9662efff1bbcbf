// An agent survives a crash or a stop of its server at any moment.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type RunningCommand, startCommand } from '../../src/testing/cli.ts'

const TURNS = 40

function serve(folder: string, port: number, pace: readonly string[]): RunningCommand {
  return startCommand([
    ...['perception', 'serve', 'frontier', '--variant', 'arrival', '--port', String(port), '--data', folder, '--json'],
    ...pace,
  ])
}

async function ready(server: RunningCommand): Promise<{ url: string; token: string; resumed: boolean }> {
  const [line] = await server.sees(/^\{.*\}$/m)
  const { url, agents, resumed } = JSON.parse(line)
  return { url, token: agents[0].token, resumed }
}

/** A port for both servers: the second must use the one that the agent knows. */
const portOf = (url: string): number => Number(new URL(url).port)

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  for (const pace of [['--tick-rate', '60'], ['--lockstep']] as const) {
    test(`agent run: it continues after ${signal} of its server, ${pace.join(' ')}`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'paracosm-agent-restart-'))
      t.after(() => rmSync(folder, { recursive: true, force: true }))
      const first = serve(folder, 0, pace)
      t.after(() => first.kill('SIGKILL'))
      const { url, token } = await ready(first)
      const agent = startCommand(
        ['agent', 'run', '--url', url, '--agent', 'agent-0', '--policy', 'scripted', '--turns', String(TURNS)],
        { env: { PARACOSM_AGENT_TOKEN: token } },
      )
      t.after(() => agent.kill('SIGKILL'))
      // Usually in the middle of a command: each takes many steps.
      await agent.sees(/(?:\n[^\n]*){4}\n/)
      first.kill(signal)
      await first.ended
      const second = serve(folder, portOf(url), pace)
      t.after(() => second.kill('SIGKILL'))
      assert.equal((await ready(second)).resumed, true)
      const [, turns] = await agent.sees(/(\d+) turns: /, 100_000)
      assert.equal(await agent.ended, 0, agent.text())
      assert.equal(Number(turns), TURNS, agent.text())
      assert.doesNotMatch(agent.text(), /EPISODE_OVER|The episode has ended/)
    })
  }
}
