// Commands that remove uploads: a package, and for the operator everything that nothing uses.
import type { Command } from 'commander'
import { GRACE_HOURS, PruneReport, RemovedCoworld } from '../../protocol/hosted-images.ts'
import type { Io } from '../io.ts'
import { within } from '../options.ts'
import { printTable } from '../table.ts'
import { type Add, printWire } from './commands.ts'

interface RemovalFlags {
  readonly dryRun?: boolean
  readonly graceHours: number
}

export function addRemoval(io: Io, add: Add): void {
  const remove: Command = add(
    'remove',
    { description: 'Remove an uploaded package of yours that nothing uses.', example: ' cow_1 --dry-run' },
    async (client, { json }, id = '') => {
      const { dryRun = false } = remove.opts<RemovalFlags>()
      const path = `/v2/coworlds/${encodeURIComponent(id)}`
      const removed = await client.delete(path, RemovedCoworld, { dry_run: dryRun })
      if (json) return printWire(io, removed)
      io.out(`${dryRun ? 'Would remove' : 'Removed'} ${removed.name}:${removed.version} (${removed.coworld_id})`)
    },
  )
    .argument('<id>', 'cow_…')
    .option('--dry-run', 'only say whether it can be removed')
  const prune: Command = add(
    'prune',
    {
      description: 'Remove refused packages, images that nothing names, and their bytes (for the operator).',
      example: ' --dry-run',
    },
    async (client, { json }) => {
      const { dryRun = false, graceHours } = prune.opts<RemovalFlags>()
      const report = await client.post('/v2/coworlds/prune', PruneReport, { dry_run: dryRun, grace_hours: graceHours })
      return json ? printWire(io, report) : printReport(io, report)
    },
  )
    .option('--dry-run', 'only say what would be removed')
    .option(
      '--grace-hours <n>',
      'keep what was uploaded or wanted in the last n hours',
      within(GRACE_HOURS.least, 87_600),
      GRACE_HOURS.usual,
    )
}

function printReport(io: Io, { dry_run: isDryRun, coworlds, images, blobs, registry }: PruneReport): void {
  const rows = [
    ...coworlds.map(({ id, name, version }) => [id, name, version, 'refused']),
    ...images.map(({ id, name, version, status }) => [id, name, `v${version}`, status]),
  ]
  if (rows.length > 0) printTable(io, ['ID', 'Name', 'Version', 'Status'], rows)
  const what = `${coworlds.length} packages, ${images.length} images, ${blobs.count} blobs of ${blobs.bytes} bytes`
  io.out(`${isDryRun ? 'Would remove' : 'Removed'} ${what}.`)
  if (registry !== null) io.out(`The registry ${registry} keeps the bytes that were pushed to it.`)
}
