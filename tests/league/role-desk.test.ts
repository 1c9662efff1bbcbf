// Roles of packages over the bundles of episodes, as jobs: their reports are stored, and their failures stay theirs. The
// roles run as processes here; tests/containers has them in containers.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readBlob } from '../../src/host/blobs.ts'
import { FolderBlobs } from '../../src/host/folder-blobs.ts'
import { RoleDesk } from '../../src/league/requests/role-desk.ts'
import { bundleStream } from '../../src/runner/bundle.ts'
import { createProcessRuntime } from '../../src/runner/process-runtime.ts'
import { JobQueue } from '../../src/store/jobs/job-queue.ts'
import { Coworlds } from '../../src/store/leagues/coworlds.ts'
import { EpisodeReports, MAX_OPEN_REPORTS } from '../../src/store/leagues/episode-reports.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { onSqlite } from '../../src/testing/stores.ts'

const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'coworld-manifests', 'paintarena-newer.json')
const PROGRAM = `import json, os, sys, zipfile
from urllib.parse import urlparse, unquote
path = lambda name: unquote(urlparse(os.environ[name]).path)
bundle = zipfile.ZipFile(path('COGAME_EPISODE_BUNDLE_URI'))
scores = json.loads(bundle.read('results.json'))['scores']
print('scores', scores, flush=True)
what = sys.argv[1]
if what == 'fails': sys.exit(3)
if what == 'grades': json.dump({'grader_id': 'sum', 'score': sum(scores)}, open(path('COGAME_GRADE_URI'), 'w'))
if what == 'lies': open(path('COGAME_GRADE_URI'), 'w').write('{"score": "high"}')
if what == 'links':
    grade = path('COGAME_GRADE_URI')
    elsewhere = os.path.join(os.path.dirname(os.path.dirname(grade)), 'elsewhere.json')
    open(elsewhere, 'w').write('{"grader_id": "thief", "score": 1}')
    os.symlink(elsewhere, grade)
    log = os.path.join(os.path.dirname(grade), 'grader.log')
    os.remove(log)
    os.symlink('/etc/hostname', log)
if what == 'diagnoses':
    with zipfile.ZipFile(path('COGAME_DIAGNOSIS_URI'), 'w') as z: z.writestr('target', os.environ['COGAME_TARGET_POLICY_URI'])
`

/** A manifest whose roles are programs of this machine. */
function manifestWithRoles(): Record<string, any> {
  const manifest = JSON.parse(readFileSync(FIXTURE, 'utf8'))
  const role = (type: string, id: string, what: string) => ({
    type,
    id,
    name: id,
    description: id,
    image: 'img_1',
    run: ['python3', '-c', PROGRAM, what],
  })
  manifest.grader = [
    role('grader', 'sum', 'grades'),
    role('grader', 'broken', 'fails'),
    role('grader', 'liar', 'lies'),
    role('grader', 'thief', 'links'),
  ]
  manifest.diagnoser = [role('diagnoser', 'd', 'diagnoses')]
  manifest.reporter = ['someone/summary@1.0.0', { id: 'wasm', component: 'report.wasm' }]
  return manifest
}

onSqlite(
  'roles: grades and diagnoses are stored with their logs; failures end the report only',
  async (store, { folder }) => {
    const coworlds = new Coworlds(store)
    const manifest = manifestWithRoles()
    const certification = { status: 'trusted' as const, notes: null, checks: [] }
    const { name, version } = manifest.game
    const { coworld } = await coworlds.add({
      playerId: null,
      name,
      version,
      hash: 'h',
      bytes: 1,
      manifest: JSON.stringify(manifest),
      certification,
    })
    await coworlds.settle(coworld.id, { status: 'accepted', certification, images: [] })
    const reports = new EpisodeReports(store)
    const blobs = new FolderBlobs(join(folder, 'blobs'))
    const asked: (string | null)[] = []
    const options = {
      reports,
      coworlds,
      blobs,
      queue: new JobQueue(store),
      roles: {
        runtimeIn: () => createProcessRuntime({ environment: { PATH: process.env.PATH ?? '' } }),
        ensure: async () => 'local',
      },
      bundleOf: async (id: string, playerId: string | null) => {
        asked.push(playerId)
        return bundleStream({ id, status: 'success', results: Buffer.from('{"scores":[3,4]}') })
      },
      log: { info: () => undefined, error: () => undefined },
    }
    const off = new RoleDesk({ ...options, roles: undefined })
    const grader = { coworld_id: `cow_${coworld.id}`, role: 'grader' as const }
    await assert.rejects(off.create(null, 'e', grader), { code: 'ROLE_UNSUPPORTED' })
    // A server that died between the row and its job left this one behind.
    const left = await reports.add({
      episodeId: 'e',
      coworldId: coworld.id,
      playerId: 'p',
      role: 'grader',
      roleId: 'sum',
      target: null,
    })
    const desk = new RoleDesk(options)
    desk.start()
    try {
      const made = await Promise.all([
        desk.create(null, 'e', { ...grader, role_id: 'broken' }),
        desk.create(null, 'e', { ...grader, role_id: 'liar' }),
        desk.create(null, 'e', { ...grader, role: 'diagnoser' }),
        desk.create(null, 'e', { ...grader, role_id: 'thief' }),
      ])
      const [sum, broken, liar, diagnosis, thief] = await eventually('all reports have ended', async () => {
        const all = await Promise.all([left, ...made].map(({ id }) => reports.get(id)))
        return all.every(({ endedAt }) => endedAt !== null) ? all : undefined
      })
      const read = async (blob: string | null | undefined): Promise<string> => {
        let text = ''
        for await (const part of readBlob(blobs, blob ?? '')) text += part.toString('latin1')
        return text
      }
      assert.deepEqual([sum?.status, sum?.grade], ['completed', { grader_id: 'sum', score: 7 }])
      assert.equal(await read(sum?.log), 'scores [3, 4]\n')
      assert.deepEqual(JSON.parse(await read(sum?.output)), { grader_id: 'sum', score: 7 })
      assert.equal(broken?.status, 'failed')
      assert.match(broken?.error ?? '', /the grader broken exited with status 3/)
      assert.equal(await read(broken?.log), 'scores [3, 4]\n')
      assert.equal(liar?.status, 'failed')
      assert.match(liar?.error ?? '', /grade\.json: .*score/)
      assert.doesNotMatch(liar?.error ?? '', /paracosm-report-/)
      assert.deepEqual([diagnosis?.status, diagnosis?.target], ['completed', 'policy://slot/0'])
      assert.match(await read(diagnosis?.output), /^PK[\s\S]*policy:\/\/slot\/0/)
      // Its output and its log were links to files of this machine.
      assert.deepEqual([thief?.status, thief?.output, thief?.log], ['failed', null, null])
      assert.deepEqual(new Set(asked), new Set(['p', null]))
      // What cannot be run here is said at once.
      await assert.rejects(desk.create(null, 'e', { ...grader, role: 'reporter' }), { code: 'ROLE_UNSUPPORTED' })
      await assert.rejects(desk.create(null, 'e', { ...grader, role: 'reporter', role_id: 'wasm' }), {
        code: 'ROLE_UNSUPPORTED',
        message: /WebAssembly/,
      })
      await assert.rejects(desk.create(null, 'e', { ...grader, role_id: 'none' }), { code: 'USAGE' })
      await assert.rejects(desk.create(null, 'e', { ...grader, coworld_id: 'cow_x' }), { code: 'UNKNOWN_UPLOAD' })
    } finally {
      await desk.stop()
    }
    const report = {
      episodeId: 'f',
      coworldId: coworld.id,
      playerId: 'p',
      role: 'grader',
      roleId: 'sum',
      target: null,
    } as const
    for (let each = 0; each < MAX_OPEN_REPORTS; each++) await reports.add(report)
    await assert.rejects(reports.add(report), { code: 'RATE_LIMITED' })
  },
)
