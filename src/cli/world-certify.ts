// `paracosm world certify`: runs the whole certifier on a world, with the conformance suite, or on a package.
import { checkConformance, drawBotRun } from '../episode/conformance.ts'
import { AppError } from '../kernel/errors.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import { certify } from '../runner/certify.ts'
import { DEFAULT_SERVER, findManifest } from '../runner/manifest-source.ts'
import type { RuntimeKind } from '../runner/runtime.ts'
import { certifyToJson, formatCheck, formatEvent } from './coworld-report.ts'
import { selectRuntime } from './coworld-runtime.ts'
import { EXIT, type Io, printJson } from './io.ts'
import { withOwnManifest } from './run-package.ts'
import { isWorldName } from './world-names.ts'

export interface CertifyWorldOptions {
  readonly runtime: RuntimeKind
  readonly timeout: number
  readonly outputDir?: string
  readonly json?: boolean
}

/** Seeds and steps that the conformance suite plays for every variant. */
const SEEDS = [1, 2, 3] as const
const STEPS = 200

function checkDeterminism(world: World): { reason: string } {
  let runs = 0
  for (const variant of world.variants) {
    configureWorld(world, variant.id)
    for (const seed of SEEDS) {
      const [violation] = checkConformance(world, drawBotRun(world, variant.config, { seed, steps: STEPS }))
      if (violation)
        throw new AppError('DIVERGED', `variant ${variant.id}, seed ${seed}: ${violation.law}: ${violation.what}`)
      runs++
    }
  }
  return { reason: `${runs} runs reproduced the same digests, from the start and from a saved state, without clocks` }
}

export async function certifyWorld(io: Io, target: string, options: CertifyWorldOptions): Promise<void> {
  if (isWorldName(io, target)) {
    const world = await io.worlds.load(target)
    await withOwnManifest(io, { world, name: target }, (path) => certifyPath(io, { path, target, world }, options))
    return
  }
  await using found = await findManifest(target, { server: DEFAULT_SERVER, signal: io.signal })
  await certifyPath(io, { path: found.path, target, world: undefined }, options)
}

async function certifyPath(
  io: Io,
  what: { path: string; target: string; world: World | undefined },
  options: CertifyWorldOptions,
): Promise<void> {
  const { world } = what
  const report = await certify({
    manifestPath: what.path,
    runtime: await selectRuntime(io, { runtime: options.runtime }),
    timeoutMs: options.timeout * 1000,
    cwd: process.cwd(),
    signal: io.signal,
    onEvent: (event) => io.progress(formatEvent(event)),
    onCheck: (check) => io.err(formatCheck(check)),
    ...(world
      ? { determinism: () => Promise.resolve({ outcome: 'passed' as const, ...checkDeterminism(world) }) }
      : {}),
    ...(options.outputDir === undefined ? {} : { workspace: options.outputDir }),
  })
  if (!report.certified) io.exit(EXIT.failed)
  if (options.json) {
    printJson(io, certifyToJson(report))
    return
  }
  io.out(report.certified ? `Certified ${what.target}` : `Not certified: ${what.target}`)
  if (report.workspace) {
    io.out(`Artifacts: ${report.workspace.folder}`)
    io.out(`Results: ${report.workspace.results}`)
    io.out(`Replay: ${report.workspace.replay}`)
    io.out(`Logs: ${report.workspace.logs}`)
    io.out(`Report: ${report.page ?? '-'}`)
  }
}
