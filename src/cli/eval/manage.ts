// `eval list`, `show`, `resume` and `remove`.
import { journalPrefix } from '../../evaluation/evaluation-worker.ts'
import { planEvaluation } from '../../evaluation/plan.ts'
import { AppError } from '../../kernel/errors.ts'
import { type Io, printJson } from '../io.ts'
import { printTable } from '../table.ts'
import { type DataFlags, findSource, openEvaluations } from './open.ts'
import { type OutputFlags, printReport } from './print.ts'
import { play } from './run.ts'

type Flags = DataFlags & OutputFlags & { readonly workers?: number }

export async function resumeEvaluation(io: Io, id: string, flags: Flags): Promise<void> {
  await using storage = await openEvaluations(io, flags)
  const { spec, world, status, report } = await storage.evaluations.get(id)
  if (status === 'done' && report) return printReport(io, report, { storage, options: flags })
  const plan = await planEvaluation(io.worlds, spec)
  if (plan.world.version !== world.version) {
    throw new AppError(
      'WORLD_VERSION',
      `it was begun with ${world.id} ${world.version}; ${plan.world.version} is installed`,
    )
  }
  await play(io, { id, plan, storage }, flags)
}

export async function showEvaluation(io: Io, id: string, flags: Flags): Promise<void> {
  await using storage = await openEvaluations(io, flags)
  const { report } = await findSource(storage, id)
  const isStored = await storage.evaluations.get(report.id).then(
    () => true,
    () => false,
  )
  await printReport(io, report, { storage: isStored ? storage : undefined, options: flags })
}

export async function listEvaluations(io: Io, flags: DataFlags & { readonly limit: number }): Promise<void> {
  await using storage = await openEvaluations(io, flags)
  const found = await storage.evaluations.list(flags.limit)
  const rows = await Promise.all(
    found.map(async (each) => ({
      id: each.id,
      status: each.status,
      world: each.world.id,
      policies: each.spec.policies.map(({ name }) => name),
      episodes: each.spec.episodes,
      played: (await storage.evaluations.progress(each.id)).played,
      created_at: new Date(each.createdAt).toISOString(),
    })),
  )
  if (flags.json) return printJson(io, rows)
  if (rows.length === 0) return io.out('There are no evaluations yet. Begin one with: paracosm eval <world> <policies>')
  const cells = rows.map((row) => [
    row.id,
    row.status,
    row.world,
    row.policies.join(', '),
    `${row.played} of ${row.episodes}`,
  ])
  printTable(io, ['ID', 'Status', 'World', 'Policies', 'Played'], cells)
}

export async function removeEvaluation(io: Io, id: string, flags: DataFlags): Promise<void> {
  await using storage = await openEvaluations(io, flags)
  await storage.evaluations.get(id)
  for await (const { name } of storage.blobs.list(journalPrefix(id))) await storage.blobs.delete(name)
  await storage.evaluations.remove(id)
  if (flags.json) printJson(io, { ok: true, id })
  else io.out(`Removed ${id}.`)
}
