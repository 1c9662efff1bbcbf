// Runs a grader, diagnoser or reporter of a package on the bundle of an episode: a program that reads one file and
// writes one.
import { chmod, lstat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { describeIssue, parseJson } from '../kernel/parse.ts'
import { makeFolder } from '../lib/folders.ts'
import { Grade } from '../protocol/bundle.ts'
import type { Role } from '../protocol/coworld.ts'
import { REPORT_ROLES, type ReportRole } from '../protocol/episode-reports.ts'
import { isObject } from '../protocol/is-object.ts'
import { isZip } from './bundle.ts'
import type { CoworldPackage, ParsedManifest } from './manifest.ts'
import { createRunId, type Mount, type Runtime } from './runtime.ts'
import { awaitExit, programFault } from './waiting.ts'
import { readArtefact } from './workspace.ts'

export const SUPPORTING_ROLES = REPORT_ROLES
export type SupportingRole = ReportRole

/** The variable that says where a role writes, and the file's name. */
const OUTPUTS: Readonly<Record<SupportingRole, { readonly variable: string; readonly name: string }>> = {
  grader: { variable: 'COGAME_GRADE_URI', name: 'grade.json' },
  diagnoser: { variable: 'COGAME_DIAGNOSIS_URI', name: 'diagnosis.zip' },
  reporter: { variable: 'COGAME_REPORT_URI', name: 'report.zip' },
}

export interface RoleRunOptions {
  readonly package: CoworldPackage
  readonly kind: SupportingRole
  /** Id in the manifest; undefined: the only one, or the first. */
  readonly id?: string | undefined
  readonly bundle: Uint8Array | AsyncIterable<Uint8Array>
  /** What a diagnoser judges, for `COGAME_TARGET_POLICY_URI`. */
  readonly targetPolicy?: string | undefined
  readonly runtime: Runtime
  /** Where the bundle, the output and the log go. */
  readonly folder: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface RoleRun {
  readonly id: string
  readonly output: string
  readonly log: string
  /** Of a grader. */
  readonly grade: Grade | undefined
}

/**
 * @throws AppError USAGE when the package has no such role; RUN_FAILED, RUN_TIMEOUT; RESULTS_INVALID for an output that
 * is missing or malformed
 */
export async function runRole(options: RoleRunOptions): Promise<RoleRun> {
  const { kind, runtime, folder, bundle, targetPolicy, timeoutMs, signal } = options
  const role = findRole(options.package, kind, options.id)
  const { variable, name } = OUTPUTS[kind]
  await makeFolder(folder)
  // A container without capabilities runs as another user.
  await chmod(folder, 0o777)
  await writeFile(join(folder, 'bundle.zip'), bundle, { mode: 0o644 })
  const mount: Mount = { folder, target: '/coworld-artifact', isReadOnly: false }
  const log = join(folder, `${kind}.log`)
  const id = createRunId()
  const session = await runtime.open({ id, folder: options.package.folder })
  try {
    const program = await session.startPlayer(
      {
        name: `coworld-${kind}-${id}`,
        runnable: role,
        environment: {
          COGAME_EPISODE_BUNDLE_URI: session.fileUri(mount, 'bundle.zip'),
          [variable]: session.fileUri(mount, name),
          ...(targetPolicy === undefined ? {} : { COGAME_TARGET_POLICY_URI: targetPolicy }),
        },
        stdout: log,
        stderr: log,
      },
      mount,
    )
    const status = await awaitExit(program, { timeoutMs, signal })
    if (status === undefined) {
      throw await programFault(
        'RUN_TIMEOUT',
        `the ${kind} ${role.id} was still running after ${timeoutMs / 1000} s`,
        log,
      )
    }
    if (status !== 0) throw await programFault('RUN_FAILED', `the ${kind} ${role.id} exited with status ${status}`, log)
  } finally {
    await session.close()
  }
  const output = join(folder, name)
  return { id: role.id, output, log, grade: await readOutput(kind, role.id, output) }
}

/**
 * The role of a package.
 * @param id undefined: the first
 * @throws AppError USAGE when the package has no such role; ROLE_UNSUPPORTED for a reporter that is no container
 */
export function findRole({ manifest, written }: ParsedManifest, kind: SupportingRole, id: string | undefined): Role {
  const roles = manifest[kind]
  const found = id === undefined ? roles[0] : roles.find((each) => each.id === id)
  if (found) return found
  if (kind === 'reporter') checkReporters(written.reporter, id)
  const known = roles.map((each) => each.id)
  const has = known.length === 0 ? `no ${kind}` : `these: ${known.join(', ')}`
  throw new AppError(
    'USAGE',
    `the package has ${id === undefined ? '' : `no ${kind} ${JSON.stringify(id)}; it has `}${has}`,
    {
      hint: `A manifest lists them under "${kind}".`,
    },
  )
}

/** Explains reporters of the newer generation that are no containers: references, and WebAssembly components. */
function checkReporters(reporters: unknown, id: string | undefined): void {
  if (!Array.isArray(reporters)) return
  for (const reporter of reporters) {
    const isReference = typeof reporter === 'string'
    if (!isReference && !isObject(reporter)) continue
    if (!isReference && 'image' in reporter) continue
    const name = isReference ? reporter : String(reporter.id ?? reporter.name ?? 'without an id')
    if (id !== undefined && name !== id) continue
    throw new AppError(
      'ROLE_UNSUPPORTED',
      isReference
        ? `the reporter ${name.slice(0, 200)} is a reference to another package host, which nothing here resolves`
        : `the reporter ${name.slice(0, 200)} is a WebAssembly component, which nothing here runs`,
    )
  }
}

async function readOutput(kind: SupportingRole, id: string, path: string): Promise<Grade | undefined> {
  const found = await lstat(path).catch(() => undefined)
  const missing = new AppError('RESULTS_INVALID', `the ${kind} ${id} wrote no ${path}`, {
    hint: `Write to the URI in ${OUTPUTS[kind].variable}.`,
  })
  if (!found?.isFile()) throw missing
  if (kind !== 'grader') {
    if (await isZip(path)) return undefined
    throw new AppError('RESULTS_INVALID', `${path} is no zip`, { hint: 'Write one zip.' })
  }
  const parsed = Grade.safeParse(parseJson((await readArtefact(path)) ?? '', path))
  if (parsed.success) return parsed.data
  throw new AppError('RESULTS_INVALID', `${path}: ${describeIssue(parsed.error)}`, {
    hint: 'Write {"grader_id": "…", "score": 0.5}.',
  })
}
