// The child process of the log's crash tests: logs commands from many senders and prints the number of each
// acknowledged one. It runs until it is killed.
import { CommandLog } from '../store/command-log.ts'
import { openStore, type StoreTarget } from '../store/store.ts'
import { aCommand, aPerception } from './commands.ts'

const [text = '', life = ''] = process.argv.slice(2)
const target: StoreTarget = JSON.parse(text)
const log = new CommandLog(await openStore(target))

async function send(sender: number): Promise<void> {
  for (let i = 0; ; i++) {
    const name = `${life}-${sender}-${i}`
    const row = aCommand({ agent_id: `agent-${sender}`, command_id: name, perception_snapshot: aPerception(i % 9) })
    const { id } = await log.append(row, { idempotencyKey: name })
    process.stdout.write(`${id} ${name}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, (_, sender) => send(sender)))
