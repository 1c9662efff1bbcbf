// What starts uploaded packages on this machine: its container engine, with a leash for every run.
import type { Log } from '../../host/log.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Engine } from '../../runner/container-engine.ts'
import { createContainerRuntime } from '../../runner/container-runtime.ts'
import type { Runtime } from '../../runner/runtime.ts'
import { createLeash, type RunTraces, type StartLeash, sweepRun } from './leash.ts'
import type { EngineImages } from './package-rollout.ts'

export interface PackageMachine {
  readonly runtime: Runtime
  readonly images: EngineImages
  readonly leash: StartLeash
  /** Removes what an earlier server has left of a run. */
  sweep(traces: RunTraces): Promise<void>
}

export function createPackageMachine(engine: Engine, images: EngineImages, log: Log): PackageMachine {
  return {
    runtime: createContainerRuntime({ engine }),
    images,
    leash: createLeash(engine, (err) => log.error({ err }, 'hosted.leash_failed')),
    sweep: (traces) => sweepRun(engine, traces),
  }
}

/** @throws AppError ENGINE_MISSING where this server runs no packages */
export function requireMachine(machine: PackageMachine | undefined): PackageMachine {
  if (machine) return machine
  throw new AppError('ENGINE_MISSING', 'this server runs no uploaded packages', {
    hint: 'Its operator may start it with `paracosm serve --run-uploads` on a machine with Docker or Podman.',
  })
}
