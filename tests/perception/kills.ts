// Kills `paracosm perception serve` under load, again and again, and checks that every command that it had
// acknowledged with 202 is in the log. By hand: node tests/perception/kills.ts 30
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandLog } from '../../src/store/command-log.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { createAgentClient } from '../../src/testing/agent-client.ts'
import { type RunningCommand, startCommand } from '../../src/testing/cli.ts'

const AGENTS = ['ada', 'bob', 'cyd', 'dee']

export interface Served {
  readonly url: string
  readonly resumed: boolean
  readonly agents: readonly { readonly agent_id: string; readonly slot: number; readonly token: string }[]
  readonly process: RunningCommand
}

/** Starts the command and waits until it listens. */
export async function startServe(args: readonly string[]): Promise<Served> {
  const process = startCommand(['perception', 'serve', ...args, '--port', '0', '--json'])
  const [line] = await process.sees(/^\{.*\}$/m)
  return { ...JSON.parse(line), process }
}

const serveFrontier = (folder: string): Promise<Served> => {
  const named = AGENTS.flatMap((name) => ['--agent', name])
  return startServe(['frontier', '--variant', 'company', ...named, '--tick-rate', '500', '--data', folder])
}

/** Four agents send commands as fast as they can until the server is dead. Returns the ids acknowledged with 202. */
async function hammer(served: Served, folder: string, enough: number): Promise<string[]> {
  const accepted: string[] = []
  const play = async ({ agent_id, token }: Served['agents'][number]): Promise<void> => {
    const agent = createAgentClient(served.url, agent_id, token)
    for (let turn = 0; ; turn++) {
      const { status, body } = await agent.say('journal_note', { content: `${folder} ${turn}` })
      if (status === 202) accepted.push(body.command_id)
      if (accepted.length === enough) served.process.kill('SIGKILL')
    }
  }
  for (const { agent_id, token } of served.agents)
    await createAgentClient(served.url, agent_id, token).get('/perception')
  await Promise.allSettled(served.agents.map(play))
  await served.process.ended
  return accepted
}

/** @returns the number of acknowledged commands, and those that are missing from the log */
export async function killAgain(kills: number): Promise<{ accepted: number; missing: string[]; resumed: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-kills-'))
  const accepted: string[] = []
  let resumed = 0
  try {
    for (let kill = 0; kill < kills; kill++) {
      const served = await serveFrontier(folder)
      if (served.resumed) resumed++
      accepted.push(...(await hammer(served, folder, 10 + ((kill * 7) % 40))))
    }
    const store = await openStore(storeInFolder(folder, { mode: 'existing', runs: 'inline' }))
    const log = new CommandLog(store)
    const missing: string[] = []
    for (const id of accepted) if ((await log.find(id)) === undefined) missing.push(id)
    await store.close()
    return { accepted: accepted.length, missing, resumed }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { accepted, missing, resumed } = await killAgain(Number(process.argv[2] ?? 30))
  process.stdout.write(`${accepted} commands answered, ${missing.length} missing, ${resumed} times gone on\n`)
  process.exitCode = missing.length === 0 ? 0 : 1
}
