import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { AppError } from '../kernel/errors.ts'
import { lockFolder } from './folder-lock.ts'

const CHILD = join(import.meta.dirname, '..', 'testing', 'lock-child.ts')

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-lock-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A process that tries to take the lock; `said` is its first line. */
async function startChild(context: TestContext, folder: string, prefix: readonly string[] = []) {
  const [command = '', ...args] = [...prefix, process.execPath, '--disable-warning=ExperimentalWarning', CHILD, folder]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  context.after(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  return { child, said: String(line).trim() }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = once(child, 'close')
  child.kill(signal)
  await closed
}

const isInUse = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'DATA_IN_USE' && /--data/.test(error.hint)

test('folder lock: a process gets the lock once, under any name of the folder, and again after the release', async (context) => {
  const folder = folderOf(context)
  const data = join(folder, 'data')
  symlinkSync(data, join(folder, 'alias'))
  const lock = await lockFolder(data)
  await assert.rejects(lockFolder(data), isInUse)
  await assert.rejects(lockFolder(join(folder, 'alias')), isInUse)
  lock.release()
  lock.release()
  using again = await lockFolder(data)
  await assert.rejects(lockFolder(data), isInUse)
  again.release()
  assert.deepEqual(readdirSync(data), ['lock.sqlite'])
})

test('folder lock: a second process is refused until the first one is killed with SIGKILL', async (context) => {
  const folder = folderOf(context)
  const first = await startChild(context, folder)
  assert.equal(first.said, 'locked')
  assert.equal((await startChild(context, folder)).said, 'DATA_IN_USE')
  await assert.rejects(lockFolder(folder), isInUse)
  await end(first.child, 'SIGKILL')
  const lock = await lockFolder(folder)
  assert.equal((await startChild(context, folder)).said, 'DATA_IN_USE')
  lock.release()
  assert.equal((await startChild(context, folder)).said, 'locked')
})

test('folder lock: one of many processes that start at once on a garbage file gets the lock', async (context) => {
  const folder = folderOf(context)
  writeFileSync(join(folder, 'lock.sqlite'), 'garbage '.repeat(1000))
  const children = await Promise.all([1, 2, 3, 4, 5].map(() => startChild(context, folder)))
  assert.deepEqual(children.map((each) => each.said).sort(), [...Array(4).fill('DATA_IN_USE'), 'locked'])
})

test('folder lock: a process in another PID namespace is refused, and both being PID 1 changes nothing', async (context) => {
  const prefix = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']
  const [command = '', ...args] = prefix
  const probe = spawnSync(command, [...args, 'true'])
  if (probe.status !== 0)
    return context.skip(`unshare is not permitted here: ${String(probe.stderr ?? probe.error).trim()}`)
  const folder = folderOf(context)
  const first = await startChild(context, folder, prefix)
  assert.equal(first.said, 'locked')
  assert.equal((await startChild(context, folder, prefix)).said, 'DATA_IN_USE')
  assert.equal((await startChild(context, folder)).said, 'DATA_IN_USE')
  await end(first.child, 'SIGKILL')
  const deadline = Date.now() + 60_000
  for (;;) {
    // The namespace dies shortly after `unshare`.
    const next = await startChild(context, folder, prefix)
    if (next.said === 'locked') break
    assert.ok(Date.now() < deadline, 'the lock of a killed namespace is not given up within a minute')
  }
})

test('folder lock: leftovers never block: an old pid file, garbage, a foreign database, an empty file', async (context) => {
  const folder = folderOf(context)
  writeFileSync(join(folder, 'lock'), String(process.ppid))
  ;(await lockFolder(folder)).release()
  assert.equal(existsSync(join(folder, 'lock')), false)
  for (const content of ['', 'x', 'SQLite format 3\0', `SQLite format 3\0${'\xff'.repeat(5000)}`, '\0'.repeat(4096)]) {
    writeFileSync(join(folder, 'lock.sqlite'), content, 'latin1')
    const lock = await lockFolder(folder)
    await assert.rejects(lockFolder(folder), isInUse)
    assert.equal((await startChild(context, folder)).said, 'DATA_IN_USE')
    lock.release()
  }
  rmSync(join(folder, 'lock.sqlite'))
  const foreign = new DatabaseSync(join(folder, 'lock.sqlite'))
  foreign.exec('pragma journal_mode = wal; create table t (a); insert into t values (1)')
  foreign.close()
  const lock = await lockFolder(folder)
  assert.equal((await startChild(context, folder)).said, 'DATA_IN_USE')
  lock.release()
})

test('folder lock: a folder that cannot be created or written is FILE_UNWRITABLE', async (context) => {
  const folder = folderOf(context)
  writeFileSync(join(folder, 'file'), '')
  await assert.rejects(lockFolder(join(folder, 'file')), { code: 'FILE_UNWRITABLE' })
  await assert.rejects(lockFolder(join(folder, 'file', 'data')), { code: 'FILE_UNWRITABLE' })
  mkdirSync(join(folder, 'lock.sqlite'))
  await assert.rejects(lockFolder(folder), { code: 'FILE_UNWRITABLE' })
})
