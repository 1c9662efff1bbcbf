// Creates the runtime that flags and configuration select.
import { inheritedEnvironment } from '../config.ts'
import { findEngine } from '../runner/container-engine.ts'
import { createContainerRuntime } from '../runner/container-runtime.ts'
import { createProcessRuntime } from '../runner/process-runtime.ts'
import type { Runtime, RuntimeKind } from '../runner/runtime.ts'
import type { Io } from './io.ts'

export interface RuntimeFlags {
  readonly runtime: RuntimeKind
  readonly memoryMb?: number
  readonly cpus?: number
}

/**
 * The runtime that `flags` name.
 * @throws AppError ENGINE_MISSING for containers on a machine that has no usable engine
 */
export async function selectRuntime(io: Io, flags: RuntimeFlags): Promise<Runtime> {
  const environment = inheritedEnvironment()
  if (flags.runtime === 'process') return createProcessRuntime({ environment })
  const command = io.config.PARACOSM_CONTAINER_ENGINE
  const engine = await findEngine({ environment, ...(command === undefined ? {} : { command }) })
  return createContainerRuntime({
    engine,
    ...(flags.memoryMb === undefined ? {} : { memoryMb: flags.memoryMb }),
    ...(flags.cpus === undefined ? {} : { cpus: flags.cpus }),
  })
}
