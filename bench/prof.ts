// in-process profile

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Session } from 'node:inspector/promises'
import { openStore } from '../src/store/store.ts'
import { register, start } from '../src/testing/play-api.ts'
import { startSessionServer } from '../tests/sessions/session-server.ts'

const store = await openStore({
  kind: 'sqlite',
  path: `/tmp/prof-${Date.now()}.sqlite`,
  mode: 'create',
  runs: 'thread',
})
const server = await startSessionServer(store)
const key = await register(server)
const sockets = []
for (let i = 0; i < 200; i++)
  sockets.push((await start(server, key, { overrides: { max_turns: 500, max_playtime: 3600 } })).socket)
const client = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'bench/session-client.ts'], {
  stdio: ['pipe', 'pipe', 'pipe'],
})
client.stdin.end(JSON.stringify({ sockets, key, everyMs: 0, seconds: 6 }))
client.stdout.resume()
await once(client.stderr, 'data')
const s = new Session()
s.connect()
await s.post('Profiler.enable')
await s.post('Profiler.start')
await once(client, 'close')
const { profile } = await s.post('Profiler.stop')
const self = new Map<string, number>()
const dt = profile.timeDeltas!,
  samples = profile.samples!
const byId = new Map(profile.nodes.map((n) => [n.id, n]))
let total = 0
samples.forEach((id, i) => {
  const n = byId.get(id)!
  const k = `${n.callFrame.functionName || '(anon)'} ${n.callFrame.url.split('/').slice(-2).join('/')}:${n.callFrame.lineNumber + 1}`
  self.set(k, (self.get(k) ?? 0) + dt[i]!)
  total += dt[i]!
})
for (const [k, v] of [...self].sort((a, b) => b[1] - a[1]).slice(0, 40))
  console.log(((v / total) * 100).toFixed(1).padStart(5), k)
process.exit()
