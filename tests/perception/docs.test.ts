import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AppError } from '../../src/kernel/errors.ts'
import { startProcess } from '../../src/testing/cli.ts'
import { openWorld } from './adapters.ts'

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'perception.md'), 'utf8')

test('docs/perception.md: the agent in 20 lines plays frontier', async (t) => {
  const { url, adapter } = await openWorld(t, { variant: 'arrival', tickRate: 500 })
  const [, program = ''] = /```python\n([\s\S]*?)```/.exec(PAGE) ?? []
  const agent = startProcess('python3', ['-c', program, url, 'timmy', adapter.agents[0]!.token])
  assert.equal(await agent.ended, 0, agent.text())
  assert.equal(agent.text().trim().split('\n').length, 20)
})

test('docs/perception.md: every code in its table exists', () => {
  const [, table = ''] = /## Errors([\s\S]*?)\n## /.exec(PAGE) ?? []
  const codes = [...table.matchAll(/`([A-Z_]{5,})`/g)].map(([, code = '']) => code)
  assert.ok(codes.length > 12)
  for (const code of codes) {
    if (code !== 'INTERNAL_ERROR') assert.ok(new AppError(code as AppError['code'], 'x').status >= 400, code)
  }
})
