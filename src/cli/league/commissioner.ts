// `league commissioner`: one commissioner as a service, until it is stopped.
import { readFile } from 'node:fs/promises'
import { AppError } from '../../kernel/errors.ts'
import { createBaseline, createManual } from '../../league/commissioner/baseline.ts'
import type { Commissioner } from '../../league/commissioner/commissioner.ts'
import { createRuleset } from '../../league/commissioner/ruleset.ts'
import { bundledRuleset, parseRulesetText } from '../../league/commissioner/ruleset-config.ts'
import { loadCommissioner } from '../../league/commissioner/user-commissioner.ts'
import { serveCommissioner } from '../../league/serve-commissioner.ts'
import type { Io } from '../io.ts'

export interface CommissionerFlags {
  readonly type: string
  readonly ruleset?: string
  readonly host: string
  readonly port: number
  readonly json?: boolean
}

export async function serve(io: Io, flags: CommissionerFlags): Promise<void> {
  const commissioner = await createCommissioner(io, flags)
  const server = await serveCommissioner(commissioner, {
    host: flags.host,
    port: flags.port,
    onFault: (error) => io.err(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  })
  if (flags.json) io.out(JSON.stringify({ ok: true, url: server.url, commissioner: commissioner.key }))
  else io.out(`The commissioner ${commissioner.key} listens at ${server.url}. Ctrl-C stops it.`)
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  await server.close()
}

/** @throws AppError CONFIG_INVALID, FILE_UNREADABLE, PLUGIN_INVALID */
async function createCommissioner(io: Io, { type, ruleset }: CommissionerFlags): Promise<Commissioner> {
  if (type === 'baseline') return createBaseline()
  if (type === 'manual') return createManual()
  if (type !== 'ruleset') return loadCommissioner(type, process.cwd())
  const path = ruleset ?? io.config.RULESET_STRATEGY_CONFIG_PATH
  if (path === undefined) return createRuleset(bundledRuleset(io.config.RULESET_STRATEGY_CONFIG_NAME ?? 'default'))
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  })
  return createRuleset(parseRulesetText(text))
}
