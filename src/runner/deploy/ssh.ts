// A machine of one's own over SSH: the same container as the local provider makes, run by the engine on that machine.
// Study and secrets travel on standard input; the file of secrets is removed once the container has started.
import { AppError } from '../../kernel/errors.ts'
import { must, type ProviderCommand } from './command.ts'
import { type Provider, SERVER_PORT, STUDY_PATH, serveCommand } from './provider.ts'

export interface SshOptions {
  /** `user@host`, or a name of the SSH configuration. */
  readonly host: string
  /** Command line of the engine on that machine: `podman`. */
  readonly engine: string
  /** An image on that machine that contains paracosm. */
  readonly image: string
  readonly port: number
  /**
   * The address of a proxy with TLS on that machine; the container then listens on 127.0.0.1 only. Undefined: it
   * listens on every address, without TLS.
   */
  readonly publicUrl: string | undefined
  /** Additional arguments of the server. */
  readonly serve: readonly string[]
}

/** What a host may consist of; a leading dash would be an option of ssh. */
const HOST = /^[A-Za-z0-9_][\w.@:[\]-]{0,200}$/
/** What names and paths consist of that stand in the remote command line unquoted. */
const SAFE = /^[a-z0-9][a-z0-9-]{0,100}$/

/** One word of a POSIX shell. */
const quote = (word: string): string => (/^[\w./:=@,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** Of a host without the user: `ada@study.example` is `study.example`. */
const hostName = (host: string): string => host.slice(host.lastIndexOf('@') + 1)

/** @throws AppError USAGE for a host that ssh would read as an option */
export function createSshProvider(ssh: ProviderCommand, options: SshOptions): Provider {
  const { host, engine, image, port, publicUrl, serve } = options
  if (!HOST.test(host)) throw new AppError('USAGE', `--host ${host} is not a host or user@host`)
  const url = publicUrl ?? `http://${hostName(host)}:${port}`
  const names = new Set([hostName(host).replace(/:\d+$/, ''), new URL(url).hostname])
  const on = (command: string, about: { signal: AbortSignal; what: string; input?: string }): Promise<string> =>
    must(ssh, [host, command], about)
  const folderOf = (name: string): string => {
    if (!SAFE.test(name)) throw new AppError('USAGE', `the name ${name} has characters that an address cannot have`)
    return `.paracosm/${name}`
  }
  return {
    async deploy({ names: { api: name }, study, secrets }, { signal, tell }) {
      const folder = folderOf(name)
      const values = Object.entries(secrets).filter(([key]) => key !== 'POSTGRES_PASSWORD' && key !== 'DATABASE_URL')
      const write = (file: string, input: string): Promise<string> => {
        const command = `umask 077 && mkdir -p ${folder} && cat > ${folder}/${file}`
        return on(command, { signal, input, what: `writing ${file} on ${host}` })
      }
      if (study) await write('study.yml', study.text)
      await write('secrets.env', values.map(([key, value]) => `${key}=${value}\n`).join(''))
      tell(`starting ${name} on ${host}`)
      if (publicUrl === undefined)
        tell(`${url} has no TLS: give --public-url once a proxy with a certificate stands before it`)
      const allowed = [...names].flatMap((each) => ['--allow-host', each])
      const words = [
        ...['run', '--detach', '--restart', 'unless-stopped', '--name', name],
        ...['--publish', `${publicUrl === undefined ? '' : '127.0.0.1:'}${port}:${SERVER_PORT}`],
        ...['--volume', `${name}-data:/data`],
      ]
      // The shell of the other machine knows its home folder.
      const mount = study ? ` --volume "$HOME"/${folder}/study.yml:${STUDY_PATH}:ro` : ''
      const command = serveCommand({ study }, ['--data', '/data', ...allowed, ...serve])
      const run = `${engine} ${words.map(quote).join(' ')}${mount} --env-file ${folder}/secrets.env ${[image, ...command].map(quote).join(' ')}`
      const clean = `rm -f ${folder}/secrets.env`
      // The container of an earlier deployment goes; its volume stays.
      const script = `${engine} rm --force ${name} >/dev/null 2>&1; ${run}; status=$?; ${clean}; exit $status`
      await on(script, { signal, what: `starting ${name} on ${host}` })
      return { url }
    },
    async destroy({ api: name }, { signal, tell }) {
      const folder = folderOf(name)
      tell(`removing ${name} from ${host}`)
      const script = `${engine} rm --force ${name} && ${engine} volume rm --force ${name}-data && rm -rf ${folder}`
      await on(script, { signal, what: `removing ${name} from ${host}` })
    },
  }
}
