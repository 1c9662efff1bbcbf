// Rules of the tournament commands against recorded answers of the published client.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { AppError } from '../../src/kernel/errors.ts'
import {
  logAgents,
  ownAgents,
  parsePolicyIdentifier,
  parseSecret,
  playerCell,
  resolvePolicyFilter,
  scoreCell,
  selectEpisodes,
  timeCell,
  webLink,
} from '../../src/league/selection.ts'
import * as read from '../../src/protocol/hosted-read.ts'
import { readImageArchive } from '../../src/runner/image-archive.ts'
import {
  findCanonical,
  findInPages,
  imageName,
  localTag,
  localTags,
  PAGE_ROWS,
  packageImages,
  replaceImages,
  slug,
} from '../../src/runner/package-images.ts'
import { tarOf } from '../../src/testing/tar.ts'
import { readVectors, runVectors, same } from './vectors.ts'

process.env.TZ = 'UTC'
const vectors = readVectors('selection', false)
const of = (kind: string) => vectors.filter((vector) => vector.kind === kind)

test('selection: policy identifiers', () => {
  runVectors(of('policy_identifier'), ({ input, expect }) => {
    let found: any
    try {
      found = { ok: true, ...parsePolicyIdentifier(input.text) }
    } catch (error) {
      found = { ok: false, exit: (error as AppError).exit }
    }
    same(found, expect)
  })
})

test('selection: policy filters', async () => {
  for (const { input, expect, id } of of('policy_filter')) {
    const lookups: any[] = []
    const found: any = await resolvePolicyFilter(input.text, async ({ name, version }) => {
      lookups.push([name, version])
      return input.known[name]
    }).then(
      (policy_version_id) => ({ policy_version_id, lookups }),
      (error: AppError) => ({ exit: error.code === 'UNKNOWN_PLAYER' ? 1 : error.exit, lookups }),
    )
    assert.doesNotThrow(() => same(found, expect), id)
  }
})

test('selection: logs, links and cells', () => {
  runVectors(of('log_names'), ({ input, expect }) => same(logAgents(input.names), expect.agents))
  runVectors(of('mine_logs'), ({ input, expect }) => {
    same(ownAgents(input, new Set(input.my_policy_versions), input.log_agents), expect.mine)
  })
  runVectors(of('web_link'), ({ input, expect }) => same(webLink(input.server, input.path), expect.url))
  runVectors(of('score_cell'), ({ input, expect }) => same(scoreCell(input.score), expect.text))
  runVectors(of('time_cell'), ({ input, expect }) =>
    same(timeCell(input.time ?? input.value ?? input.text), expect.text),
  )
  runVectors(of('player_cell'), ({ input, expect }) => same(playerCell(input.player ?? input), expect.text))
})

test('selection: the episodes that a command selects', async () => {
  for (const { input, expect, id } of of('scope')) {
    const { world, args } = input
    const mine = new Set(
      world.my_memberships
        .filter((each: any) => !args.division || each.division_id === args.division)
        .map((each: any) => each.policy_version_id),
    )
    const found = await selectEpisodes<any>(
      {
        pool: args.pool ?? undefined,
        round: args.round ?? undefined,
        division: args.division ?? undefined,
        limit: args.limit ?? 200,
        offset: args.offset ?? 0,
      },
      {
        episodes: async ({ limit, offset, poolId }) =>
          world.episodes
            .filter((each: any) => poolId === undefined || each.pool_id === poolId)
            .toSorted((a: any, b: any) => Date.parse(b.created_at) - Date.parse(a.created_at))
            .slice(offset, offset + limit),
        pools: async (round) => world.rounds.find((each: any) => each.id === round)?.pools ?? [],
        rounds: async (division, offset) => {
          const all = world.rounds.filter((each: any) => each.division_id === division)
          const ids = all.slice(offset, offset + world.rounds_page_limit).map((each: any) => each.id)
          return { ids, total: all.length, limit: world.rounds_page_limit }
        },
      },
      (episode) =>
        (!args.mine || episode.participants.some((each: string) => mine.has(each))) &&
        (!args.policy || episode.participants.includes(args.policy)) &&
        (!args.with_replay || episode.replay_url !== null),
    )
    const rows = found.map((each: any) => each.id)
    const isEither = [expect.rows, expect.rows_filter_first].some(
      (each) => JSON.stringify(each) === JSON.stringify(rows),
    )
    assert.ok(
      isEither,
      `${id}: ${rows} is neither ${expect.rows} nor ${expect.rows_filter_first}; ${JSON.stringify(args)}`,
    )
  }
})

test('selection: secrets are parsed from the command line', () => {
  runVectors(of('secret_env'), ({ input, expect }) => {
    if (!expect.ok) return assert.throws(() => parseSecret(input.text), { code: 'USAGE' })
    assert.deepEqual(parseSecret(input.text), [expect.key, expect.value])
  })
  assert.throws(
    () => parseSecret('very-secret'),
    (error: AppError) => error.exit === 2 && !error.message.includes('very-secret'),
  )
})

test('selection: packages are found by name, and images named, sorted and tagged', async () => {
  runVectors(of('canonical_name'), ({ input, expect }) =>
    same(findCanonical<any>(input.list, input.name)?.id ?? null, expect.id),
  )
  runVectors(of('slug'), ({ input, expect }) => same(slug(input.text, input.fallback), expect.slug))
  runVectors(of('local_tag'), ({ input, expect }) => same(localTag(input, input.index), expect.tag))
  runVectors(of('image_name'), ({ input, expect }) => same(imageName(input.reference), expect.name))
  // If contract and code differ, the contract wins: `image` keys of configurations and schemas belong to the package.
  const core = of('download_images').filter((vector) => vector.class === 'core')
  assert.ok(core.length > 0)
  runVectors(core, ({ input: { coworld }, expect }) => {
    const tags = localTags(coworld)
    same(packageImages(coworld.manifest), expect.order)
    same(Object.fromEntries(tags), expect.tags)
    same(
      replaceImages(coworld.manifest, (image) => tags.get(image) ?? image),
      expect.manifest,
    )
  })
  for (const { input, expect, id } of of('show_pages')) {
    const pages: number[][] = []
    const found = await findInPages(
      async (offset) => {
        pages.push([PAGE_ROWS, offset])
        const rest = Math.max(0, Math.min(PAGE_ROWS, input.list_length - offset))
        return Array.from({ length: rest }, (_, index) => `cow_${offset + index}`)
      },
      (page) => page.find((each) => each === input.find),
    )
    same({ found: found !== undefined, pages }, expect, id)
  }
})

test('selection: keys named `image` outside of runnables stay, and the order is by code points', () => {
  const manifest: any = {
    game: { runnable: { image: 'b' }, config_schema: { properties: { image: { type: 'string' } } }, image: 'not one' },
    player: [{ image: '\u{1f600}' }, { image: '\uffee' }, { image: null }, 'text', { image: 'a' }],
    variants: [{ game_config: { image: 'deep:1' } }],
    certification: { players: [{ image: 'no' }] },
  }
  assert.deepEqual(packageImages(manifest), ['a', 'b', '\uffee', '\u{1f600}'])
  assert.deepEqual(
    replaceImages(manifest, (image) => image),
    manifest,
  )
})

test('selection: saved images have the expected hashes', async () => {
  const hashOf = async (archive: Buffer) => {
    try {
      return { ok: true, client_hash: (await readImageArchive(Readable.from([archive]))).clientHash }
    } catch (error) {
      assert.equal((error as AppError).code, 'UPLOAD_INVALID', String(error))
      return { ok: false }
    }
  }
  for (const { input, expect, id } of of('client_hash')) {
    const archive = gunzipSync(Buffer.from(input.docker_save_tar_gz_base64, 'base64'))
    assert.deepEqual(await hashOf(archive), expect, id)
  }
  const index = (Config: unknown, Layers: unknown) => JSON.stringify([{ Config, Layers }])
  const c = { path: 'c.json', data: '{}' }
  const layer = { path: 'l0/layer.tar', data: 'x' }
  const whole = await hashOf(tarOf([c, layer, { path: 'manifest.json', data: index('c.json', ['l0/layer.tar']) }]))
  assert.equal(whole.ok, true)
  // A layer that the archive contains once and links to afterwards.
  for (const [type, link] of [
    ['2', '../l0/layer.tar'],
    ['1', 'l0/layer.tar'],
  ] as const) {
    const linked = tarOf([
      { path: 'manifest.json', data: index('c.json', ['l1/layer.tar']) },
      { path: 'l1/layer.tar', type, link },
      layer,
      c,
    ])
    assert.deepEqual(await hashOf(linked), whole)
  }
  const round = { path: 'l0/layer.tar', type: '2', link: 'layer.tar' }
  for (const broken of [
    [c, layer],
    [c, { path: 'manifest.json', data: index('c.json', ['l0/layer.tar']) }],
    [layer, { path: 'manifest.json', data: index('c.json', ['l0/layer.tar']) }],
    [c, round, { path: 'manifest.json', data: index('c.json', ['l0/layer.tar']) }],
    [c, layer, { path: 'manifest.json', data: index('c.json', 'l0/layer.tar') }],
    [c, layer, { path: 'manifest.json', data: index(null, []) }],
    [c, layer, { path: 'manifest.json', data: '[]' }],
    [c, layer, { path: 'manifest.json', data: '[{' }],
    [c, layer, { path: 'manifest.json', data: '{}' }],
  ])
    assert.deepEqual(await hashOf(tarOf(broken)), { ok: false })
  assert.deepEqual(await hashOf(Buffer.from('not a tar archive'.repeat(100))), { ok: false })
})

const SCHEMAS: Readonly<Record<string, any>> = {
  PolicyVersion: read.ReadPolicyVersion,
  League: read.ReadLeague,
  Division: read.ReadDivision,
  LadderEntry: read.ReadLadderEntry,
  LeaderboardEntry: read.ReadLeaderboardEntry,
  Membership: read.ReadMembership,
  Submission: read.ReadSubmission,
  RoundPage: read.ReadRoundPage,
  RoundDetail: read.ReadRoundDetail,
  Pool: read.ReadPool,
  PoolDetail: read.ReadPoolDetail,
  EpisodeRequest: read.ReadEpisode,
  Participant: read.ReadParticipant,
  Event: read.ReadEvent,
  EpisodeStats: read.ReadEpisodeStats,
}

test('selection: objects of any server are read like by the published client', () => {
  runVectors(of('read_object'), ({ input, expect }) => {
    const schema = SCHEMAS[input.object]
    assert.ok(schema, input.object)
    const found = schema.safeParse(input.json)
    assert.equal(found.success, expect.ok, JSON.stringify(found.error))
    if (expect.ok) same(found.data, expect.json)
  })
})
