import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { forEachStore } from '../../testing/stores.ts'
import { openStore } from '../store.ts'
import { checkAccessKey, createAccessKey, hashAccessKey } from './access-key.ts'
import { openVault, rotateKey } from './personal-key.ts'
import { Players } from './players.ts'
import { createVault } from './vault.ts'

const vault = createVault(randomBytes(32))
const form = (answer: string) => ({ full_name: { key: 'full_name', type: 'text', label: 'Name', pii: true, answer } })

test('access keys: a generated key is valid, and an invalid one is refused with the first reason', () => {
  assert.match(createAccessKey(), /^dcs-ak-[A-Za-z0-9_-]{43}$/)
  assert.equal(checkAccessKey(`  dcs-ak-${'a'.repeat(43)}\n`), `dcs-ak-${'a'.repeat(43)}`)
  for (const [key, why] of [
    ['dev', /has 50 characters; this one has 3/],
    ['x'.repeat(50), /begins with dcs-ak-/],
    [`dcs-ak-${'a'.repeat(42)}!`, /letters, digits/],
    [`dcs-ak-${'a'.repeat(42)}ä`, /letters, digits/],
  ] as const) {
    assert.throws(() => checkAccessKey(key), { code: 'KEY_INVALID', message: why })
  }
})

test('access keys: no refusal repeats the key', () => {
  const secret = `dcs-ak-${'s3cret'.repeat(7)}!`
  assert.throws(
    () => checkAccessKey(secret),
    (error: Error) => !error.message.includes('s3cret'),
  )
})

forEachStore('players: a key is shown once, found with blanks around it, and nowhere in the store', async (store) => {
  const players = new Players(store, vault)
  const { playerId, key } = await players.create({ fields: form('Ada Lovelace'), issuesKey: true })
  assert.match(playerId, /^[0-9a-f]{24}$/)
  const found = await players.findByKey(`\t${key} `)
  assert.equal(found?.playerId, playerId)
  assert.deepEqual(found?.fields, { full_name: { key: 'full_name', type: 'text', label: 'Name', pii: true } })
  const rows = JSON.stringify([
    await store.db.selectFrom('players').selectAll().execute(),
    await store.db.selectFrom('personal_data').selectAll().execute(),
  ])
  assert.ok(!rows.includes(key ?? 'dcs-ak') && !rows.includes('Ada'))
  assert.ok(!JSON.stringify(await players.list()).includes(hashAccessKey(key ?? '')))
  assert.deepEqual(await players.personal(playerId), { full_name: 'Ada Lovelace' })
})

forEachStore('players: nobody is found by a wrong, an empty, a revoked or a replaced key', async (store) => {
  const players = new Players(store, vault)
  const { playerId, key } = await players.create({ fields: {}, issuesKey: true })
  const nobody = await players.create({ fields: {} })
  assert.equal((await players.get(nobody.playerId))?.key, 'none')
  for (const wrong of ['', ' ', 'null', `${key}x`, hashAccessKey(key ?? ''), 'x'.repeat(100_000)]) {
    assert.equal(await players.findByKey(wrong), undefined)
  }
  await players.revokeKey(playerId)
  assert.equal(await players.findByKey(key ?? ''), undefined)
  assert.equal((await players.get(playerId))?.key, 'revoked')
  const next = await players.issueKey(playerId)
  assert.equal(await players.findByKey(key ?? ''), undefined)
  assert.equal((await players.findByKey(next))?.playerId, playerId)
})

forEachStore(
  'players: two kinds of key, a key that another has, and players who are not there are refused',
  async (store) => {
    const players = new Players(store, vault)
    const key = createAccessKey()
    await assert.rejects(players.create({ fields: {}, issuesKey: true, key }), { code: 'VALIDATION_ERROR' })
    await players.create({ fields: {}, key })
    await assert.rejects(players.create({ fields: form('A'), key: ` ${key}` }), { code: 'KEY_TAKEN' })
    assert.equal(await players.count(), 1)
    const other = await players.create({ fields: {} })
    await assert.rejects(players.setKey(other.playerId, key), { code: 'KEY_TAKEN' })
    await assert.rejects(players.issueKey('nobody'), { code: 'UNKNOWN_PLAYER' })
    await assert.rejects(players.revokeKey('nobody'), { code: 'UNKNOWN_PLAYER' })
    await assert.rejects(players.create({ fields: { created_at: 'tomorrow' } }), { code: 'VALIDATION_ERROR' })
    await assert.rejects(players.create({ fields: { x: 'y'.repeat(200_000) } }), { code: 'VALIDATION_ERROR' })
  },
)

forEachStore('players: keys among the fields are dropped, and a date of creation is taken', async (store) => {
  const players = new Players(store, vault)
  const { playerId } = await players.create({
    fields: {
      access_key: 'mine',
      access_key_hash: 'x',
      access_key_revoked: true,
      created_at: '2025-01-02T03:04:05Z',
      cohort: 1,
    },
  })
  assert.deepEqual(await players.get(playerId), {
    playerId,
    fields: { cohort: 1 },
    createdAt: '2025-01-02T03:04:05.000Z',
    lastKeyIssuedAt: null,
    key: 'none',
  })
})

forEachStore('players: pages of the list meet every player once', async (store) => {
  const players = new Players(store, undefined)
  for (let i = 0; i < 7; i++) await players.create({ fields: {} })
  const seen: string[] = []
  for (let after = ''; ; ) {
    const page = await players.list({ after, limit: 3 })
    seen.push(...page.map((each) => each.playerId))
    const last = page.at(-1)
    if (!last) break
    after = last.playerId
  }
  assert.equal(new Set(seen).size, 7)
  assert.equal(seen.length, 7)
})

forEachStore('players: who is removed leaves nothing personal behind', async (store) => {
  const players = new Players(store, vault)
  const { playerId } = await players.create({ fields: form('A') })
  assert.equal(await players.remove(playerId), true)
  assert.equal(await players.remove(playerId), false)
  assert.deepEqual(await players.personal(playerId), {})
  assert.deepEqual(await store.db.selectFrom('personal_data').selectAll().execute(), [])
})

forEachStore('players: without a vault nothing personal is taken, and nothing is half written', async (store) => {
  const players = new Players(store, undefined)
  await assert.rejects(players.create({ fields: form('A'), issuesKey: true }), { code: 'PII_KEY_INVALID' })
  assert.equal(await players.count(), 0)
})

test('vault: data decrypts only for its player and key, and every change is detected', () => {
  const sealed = vault.seal('p1', 'a secret ä😀')
  assert.equal(vault.open('p1', sealed), 'a secret ä😀')
  assert.notEqual(vault.seal('p1', 'a secret ä😀'), sealed)
  assert.throws(() => vault.open('p2', sealed), { code: 'STORE_CORRUPT' })
  assert.throws(() => createVault(randomBytes(32)).open('p1', sealed), { code: 'PII_KEY_WRONG' })
  const start = sealed.lastIndexOf('.') + 1
  for (let i = start; i < sealed.length - 1; i++) {
    const other = sealed[i] === 'A' ? 'B' : 'A'
    assert.throws(() => vault.open('p1', sealed.slice(0, i) + other + sealed.slice(i + 1)), { code: 'STORE_CORRUPT' })
  }
  for (const broken of ['', 'v1', sealed.slice(0, start + 8), sealed.slice(0, -8), `${sealed}AAAA`]) {
    assert.throws(() => vault.open('p1', broken), { code: 'STORE_CORRUPT' })
  }
})

forEachStore(
  'key of personal data: made on the first start, readable by its owner alone, and the same ever after',
  async (store, services) => {
    const made = await Promise.all(Array.from({ length: 5 }, () => openVault(store, { folder: services.folder })))
    assert.equal(new Set(made.map((each) => each.keyId)).size, 1)
    const path = join(services.folder, 'pii.key')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(
      readdirSync(services.folder).filter((name) => name.startsWith('pii.key')),
      ['pii.key'],
    )
    const key = readFileSync(path, 'utf8')
    assert.equal((await openVault(store, { key })).keyId, made[0]?.keyId)
    const facts = JSON.stringify(await store.db.selectFrom('store_facts').selectAll().execute())
    assert.ok(!facts.includes(key.trim()))
  },
)

forEachStore(
  'key of personal data: another, a lost and a broken one are refused, and no new one is made',
  async (store, services) => {
    const key = randomBytes(32).toString('base64')
    await openVault(store, { key })
    await assert.rejects(openVault(store, { key: randomBytes(32).toString('base64') }), { code: 'PII_KEY_WRONG' })
    await assert.rejects(openVault(store, { folder: services.folder }), { code: 'PII_KEY_WRONG' })
    assert.ok(!existsSync(join(services.folder, 'pii.key')))
    await assert.rejects(openVault(store, {}), { code: 'PII_KEY_INVALID' })
    for (const broken of ['', 'short', randomBytes(31).toString('base64'), `${key}!`]) {
      await assert.rejects(
        openVault(store, { key: broken }),
        (error: Error & { code: string }) =>
          error.code === 'PII_KEY_INVALID' && (broken === '' || !error.message.includes(broken)),
      )
    }
    const path = join(services.folder, 'pii.key')
    writeFileSync(path, 'nonsense')
    await assert.rejects(openVault(store, { folder: services.folder }), { code: 'PII_KEY_INVALID' })
    writeFileSync(path, `${key}\n`)
    await openVault(store, { folder: services.folder })
    if (process.getuid?.() !== 0) {
      chmodSync(path, 0)
      await assert.rejects(openVault(store, { folder: services.folder }), { code: 'FILE_UNREADABLE' })
    }
  },
)

forEachStore('players: several stores on one database do not give one key twice', async (store, services) => {
  const target = await services.target()
  const stores = await Promise.all(Array.from({ length: 3 }, () => openStore(target)))
  const key = createAccessKey()
  const results = await Promise.allSettled(stores.map((each) => new Players(each, vault).create({ fields: {}, key })))
  assert.equal(results.filter((each) => each.status === 'fulfilled').length, 1)
  for (const each of stores) await each.close()
  await store.close()
})

forEachStore(
  'rotation: everything personal is under the new key, and who has the old one cannot seal any more',
  async (store, services) => {
    const { folder } = services
    const before = await openVault(store, { folder })
    const players = new Players(store, before)
    const made = await Promise.all(['A', 'B', 'C'].map((name) => players.create({ fields: form(name) })))
    const report = await rotateKey(store, { folder })
    assert.deepEqual({ ...report, to: '' }, { from: before.keyId, to: '', players: 3 })
    const after = await openVault(store, { folder })
    assert.equal(after.keyId, report.to)
    const names = await Promise.all(made.map(({ playerId }) => new Players(store, after).personal(playerId)))
    assert.deepEqual(names, [{ full_name: 'A' }, { full_name: 'B' }, { full_name: 'C' }])
    await assert.rejects(players.create({ fields: form('D') }), { code: 'PII_KEY_WRONG' })
    assert.equal(await players.count(), 3)
    assert.equal(statSync(join(folder, 'pii.key')).mode & 0o777, 0o600)
    assert.ok(!existsSync(join(folder, 'pii.key.new')))
  },
)

forEachStore(
  'rotation: a key of the environment needs the next one said, and another than the present',
  async (store) => {
    const key = randomBytes(32).toString('base64')
    const next = randomBytes(32).toString('base64')
    await openVault(store, { key })
    await assert.rejects(rotateKey(store, { key }), { code: 'PII_KEY_INVALID' })
    await assert.rejects(rotateKey(store, { key }, key), { code: 'PII_KEY_INVALID' })
    await assert.rejects(rotateKey(store, { key }, 'x'), { code: 'PII_KEY_INVALID' })
    await rotateKey(store, { key }, next)
    await assert.rejects(openVault(store, { key }), { code: 'PII_KEY_WRONG' })
    await openVault(store, { key: next })
  },
)

forEachStore(
  'rotation: after a crash on either side of the commit the key file is the one that the store needs',
  async (store, services) => {
    const { folder } = services
    const [path, next] = [join(folder, 'pii.key'), join(folder, 'pii.key.new')]
    const first = await openVault(store, { folder })
    const old = readFileSync(path, 'utf8')
    // Before the commit: the next key exists, but the store does not use it yet.
    writeFileSync(next, `${randomBytes(32).toString('base64')}\n`)
    assert.equal((await openVault(store, { folder })).keyId, first.keyId)
    assert.ok(!existsSync(next))
    // After the commit: the store uses the new key, and the file still has the old one.
    const { to } = await rotateKey(store, { folder })
    writeFileSync(next, readFileSync(path))
    writeFileSync(path, old)
    assert.equal((await openVault(store, { folder })).keyId, to)
    assert.ok(!existsSync(next))
    assert.equal((await openVault(store, { folder })).keyId, to)
  },
)

forEachStore('rotation: one that cannot open everything changes nothing', async (store, services) => {
  const { folder } = services
  const before = await openVault(store, { folder })
  const players = new Players(store, before)
  const { playerId } = await players.create({ fields: form('A') })
  const stranger = createVault(randomBytes(32)).seal('z', '{}')
  await store.db
    .insertInto('personal_data')
    .values({ player_id: 'z', sealed: stranger, created_at: 1, updated_at: 1 })
    .execute()
  await assert.rejects(rotateKey(store, { folder }), { code: 'PII_KEY_WRONG' })
  assert.equal((await openVault(store, { folder })).keyId, before.keyId)
  assert.deepEqual(await players.personal(playerId), { full_name: 'A' })
})
