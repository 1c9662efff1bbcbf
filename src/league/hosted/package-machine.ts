// What starts uploaded packages on this machine: its container engine, with a leash for every run.
import { AppError } from '../../kernel/errors.ts'
import type { Engine } from '../../runner/container-engine.ts'
import { createContainerRuntime } from '../../runner/container-runtime.ts'
import { type GameSecretSource, withGameSecrets } from '../../runner/game-secrets.ts'
import type { Runtime } from '../../runner/runtime.ts'
import { type RunTraces, type StartLeash, sweepRun } from './leash.ts'

/** Gives uploaded images to the engine of this machine. */
export interface EngineImages {
  /** @throws AppError IMAGE_MISSING */
  ensure(id: string): Promise<string>
}

export interface PackageMachine {
  /** @param coworld name of the package, whose secrets its game gets */
  runtimeOf(coworld: string): Runtime
  /** Without secrets: for recordings, which anyone may open. */
  readonly viewing: Runtime
  readonly images: EngineImages
  readonly leash: StartLeash
  /** Removes what an earlier server has left of a run. */
  sweep(traces: RunTraces): Promise<void>
}

export interface PackageMachineOptions {
  readonly engine: Engine
  readonly images: EngineImages
  readonly secrets: GameSecretSource
  readonly leash: StartLeash
}

export function createPackageMachine({ engine, images, secrets, leash }: PackageMachineOptions): PackageMachine {
  const runtime = createContainerRuntime({ engine })
  return {
    runtimeOf: (coworld) => withGameSecrets(runtime, { source: secrets, coworld, ifMissing: 'fail' }),
    viewing: runtime,
    images,
    leash,
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
