// Docker or Podman as a command line: finds one that works, and queries it. container-runtime.ts runs containers with
// it. Paracosm uses the command line, and not an engine's own API, because every engine has a command line.
import { execFile } from 'node:child_process'
import { AppError } from '../kernel/errors.ts'

/** A container engine that has responded. */
export interface Engine {
  /** How to run it: a program and its first arguments. */
  readonly argv: readonly [string, ...string[]]
  readonly kind: 'docker' | 'podman'
  readonly version: string
  /** The environment of the engine's own command line. Containers do not see it. */
  readonly environment: Readonly<Record<string, string>>
}

export interface EngineOptions {
  readonly environment: Readonly<Record<string, string>>
  /** A command line, such as `sudo docker` or `'/a path/engine.sh'`. Default: Docker, then Podman. */
  readonly command?: string
}

export interface EngineAnswer {
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
}

/**
 * Finds an engine that works.
 * @throws AppError ENGINE_MISSING with the response of each candidate; USAGE when `command` is not a command line
 */
export async function findEngine({ environment, command }: EngineOptions): Promise<Engine> {
  const candidates = command === undefined ? (['docker', 'podman'] as const).map(single) : [parseCommandLine(command)]
  const answers: string[] = []
  for (const argv of candidates) {
    const named = await call({ argv, environment }, ['--version'])
    const kind = /podman/i.test(named.stdout) ? 'podman' : 'docker'
    const format = kind === 'podman' ? '{{.Client.Version}}' : '{{.Server.Version}}'
    const answer = named.ok ? await call({ argv, environment }, ['version', '--format', format]) : named
    if (answer.ok) return { argv, kind, version: answer.stdout.trim(), environment }
    answers.push(`${argv.join(' ')}: ${answer.stderr.trim().split('\n').at(-1) ?? ''}`)
  }
  throw new AppError('ENGINE_MISSING', `no container engine answers (${answers.join('; ')})`, {
    hint: 'Install or start Docker or Podman, name another in PARACOSM_CONTAINER_ENGINE, or use --runtime process.',
  })
}

/** Queries the engine. A failure is returned, not thrown. */
export function askEngine(engine: Engine, args: readonly string[], timeoutMs: number): Promise<EngineAnswer> {
  return call(engine, args, timeoutMs)
}

/**
 * The arguments that pull an image. Docker takes plain HTTP from this machine by itself, Podman when it is told.
 */
export function pullArguments({ kind }: Pick<Engine, 'kind'>, image: string): readonly string[] {
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?\//.test(image)
  return ['pull', ...(kind === 'podman' && isHere ? ['--tls-verify=false'] : []), image]
}

/**
 * Splits a command line at blanks; quotes preserve blanks, and a backslash escapes the next character.
 * @throws AppError USAGE
 */
export function parseCommandLine(text: string): readonly [string, ...string[]] {
  const words: string[] = []
  const pattern = /\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+)/gy
  let end = 0
  for (const match of text.matchAll(pattern)) {
    words.push((match[1] ?? '').replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, unquote))
    end = match.index + match[0].length
  }
  const [first, ...rest] = words
  if (first !== undefined && text.slice(end).trim() === '') return [first, ...rest]
  throw new AppError('USAGE', `PARACOSM_CONTAINER_ENGINE is not a valid command line: ${JSON.stringify(text)}`, {
    hint: 'Name a program and its arguments; close every quote.',
  })
}

function unquote(
  _: string,
  double: string | undefined,
  single: string | undefined,
  escaped: string | undefined,
): string {
  return double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? ''
}

function single(name: string): readonly [string] {
  return [name]
}

function call(
  { argv: [program, ...first], environment }: Pick<Engine, 'argv' | 'environment'>,
  args: readonly string[],
  timeoutMs = 20_000,
): Promise<EngineAnswer> {
  const options = { env: environment, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 }
  return new Promise((resolve) => {
    execFile(program, [...first, ...args], options, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr: stderr === '' && error !== null ? error.message : stderr })
    })
  })
}
