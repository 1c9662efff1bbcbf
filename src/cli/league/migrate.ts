// `league migrate`: brings the divisions of a league in line with its commissioner, or with another one.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { parseYaml } from '../../evaluation/read-spec.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { CommissionerAsker } from '../../league/commissioner-asker.ts'
import { type LeagueMigrationResult, migrateLeague } from '../../league/migrate-league.ts'
import { CommissionerRef } from '../../protocol/league.ts'
import { matchServices } from '../eval/open.ts'
import { type Io, printJson } from '../io.ts'
import { openLeagues } from './open.ts'

export interface MigrateFlags {
  readonly data: string
  readonly file?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** @throws AppError UNKNOWN_LEAGUE, MIGRATION_REFUSED, COMMISSIONER_FAILED, FILE_UNREADABLE, VALIDATION_ERROR */
export async function migrate(io: Io, name: string, flags: MigrateFlags): Promise<void> {
  const commissioner = flags.file === undefined ? undefined : await readCommissioner(flags.file)
  await using storage = await openLeagues(io, flags)
  const { leagues } = storage
  const league = await leagues.get(name)
  const result = await migrateLeague(league, {
    leagues,
    changes: leagues.divisionChanges,
    asker: new CommissionerAsker(matchServices(io), io.signal),
    actor: 'operator',
    isDryRun: flags.dryRun === true,
    ...(commissioner === undefined ? {} : { commissioner }),
  })
  const { movedMembers, ...changes } = result
  const isDone = flags.dryRun !== true
  if (flags.json) {
    return printJson(io, { ok: true, league: league.slug, dry_run: !isDone, ...changes, moved_members: movedMembers })
  }
  for (const line of tell(result, isDone)) io.out(line)
}

function tell(
  { created, renamed, restored, archived, movedMembers }: LeagueMigrationResult,
  isDone: boolean,
): string[] {
  const lines = [
    ...created.map(({ name }) => `New: ${name}`),
    ...renamed.map(({ from, to }) => `Renamed: ${from} to ${to}`),
    ...restored.map(({ name }) => `Back: ${name}`),
    ...archived.map(({ name }) => `Archived: ${name}`),
    ...(movedMembers === 0 ? [] : [`Members moved: ${movedMembers}`]),
  ]
  if (lines.length === 0) return ['The league has the divisions that its commissioner wants.']
  return isDone ? lines : [...lines, 'Nothing was changed: this was a dry run.']
}

/** The commissioner of a league's file, whose other keys are not read. */
async function readCommissioner(path: string): Promise<CommissionerRef> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  })
  const what = { code: 'VALIDATION_ERROR', what: path } as const
  return parseWith(z.object({ commissioner: CommissionerRef }), parseYaml(text, path), what).commissioner
}
