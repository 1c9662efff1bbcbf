// Runs the command line of a provider: without a shell, and with secrets on standard input or in the environment.
import { spawn } from 'node:child_process'
import { AppError } from '../../kernel/errors.ts'

export interface ProviderCommand {
  readonly argv: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
}

export interface CommandOptions {
  readonly input?: string
  readonly signal: AbortSignal
  /** Milliseconds; a build in the cloud takes minutes. */
  readonly timeoutMs?: number
}

export interface CommandAnswer {
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
}

const TIMEOUT_MS = 900_000
/** Maximum output that is kept, in characters. */
const MAX_OUTPUT = 1_000_000

/**
 * Runs a command. A failure is returned, not thrown. @throws AppError DEPLOY_FAILED when the program cannot be started
 */
export function ask(
  { argv, environment }: ProviderCommand,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandAnswer> {
  const [program, ...first] = argv
  const { promise, resolve, reject } = Promise.withResolvers<CommandAnswer>()
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)])
  const child = spawn(program, [...first, ...args], {
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] = (said[stream] + text).slice(-MAX_OUTPUT)
    })
  }
  child.on('error', (cause) =>
    reject(new AppError('DEPLOY_FAILED', `${program} could not be run: ${cause.message}`, { cause })),
  )
  child.on('close', (status) => resolve({ ok: status === 0, ...said }))
  // A program that ends without reading its input is judged by its exit status.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  return promise
}

/** @param what the action, for the message @throws AppError DEPLOY_FAILED with the end of the program's output */
export async function must(
  command: ProviderCommand,
  args: readonly string[],
  options: CommandOptions & { readonly what: string },
): Promise<string> {
  const { ok, stdout, stderr } = await ask(command, args, options)
  if (ok) return stdout
  throw new AppError(
    'DEPLOY_FAILED',
    `${options.what} failed: ${(stderr || stdout).trim().split('\n').slice(-5).join(' ')}`,
  )
}
