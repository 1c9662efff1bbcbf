import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '../../src/testing/cli.ts'
import { get } from '../../src/testing/play-api.ts'
import { onSqlite } from '../../src/testing/stores.ts'
import { startSessionServer } from './session-server.ts'

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'sessions.md'), 'utf8')

onSqlite('docs/sessions.md: the program plays Explore to its end', async (store, services) => {
  const server = await startSessionServer(store)
  services.atEnd(() => server.close())
  const [, program = ''] = /```js\n([\s\S]*?)```/.exec(PAGE) ?? []
  const player = startProcess(process.execPath, ['--input-type=module', '-e', program, server.url])
  assert.equal(await player.ended, 0, player.text())
  assert.equal(player.text().match(/^\[ai\] /gm)?.length, 3, player.text())
})

onSqlite('docs/sessions.md: every route in its table exists', async (store, services) => {
  const server = await startSessionServer(store)
  services.atEnd(() => server.close())
  const [, table = ''] = /## Routes([\s\S]*?)\n## /.exec(PAGE) ?? []
  const paths = [...table.matchAll(/`GET ([^`]+)`/g)].map(([, path = '']) => path.replaceAll(/<\w+>/g, 'Explore'))
  assert.ok(paths.length >= 5)
  for (const path of paths.filter((each) => each !== '/healthz'))
    assert.doesNotMatch(JSON.stringify((await get(server, path)).body), /Route GET/, path)
})
