import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listWorldIds, loadWorld } from '../../testing/built-in-worlds.ts'
import { formatConfigSchema } from './game-config.ts'

for (const id of listWorldIds()) {
  test(`game config: the schema of ${id} is self-contained`, async () => {
    const schema = formatConfigSchema(await loadWorld(id), 1)
    for (const [, name = ''] of JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)) {
      const [root, defs, key = '', ...rest] = name.split('/')
      assert.deepEqual([root, defs, rest], ['#', '$defs', []])
      assert.ok(Object.hasOwn(Object(schema.$defs), key), name)
    }
  })
}
