// `paracosm experiment pilot`: simulated participants use the real routes of a temporary server, and their data is
// exported and reported like that of a real study.
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { createResearchClient } from '../../client/research.ts'
import { exportStudy } from '../../datasets/study-export.ts'
import { readStudyFile } from '../../experiment/file/read-study-file.ts'
import { type PilotOutcome, simulateParticipant } from '../../experiment/pilot/simulated.ts'
import type { Study } from '../../experiment/study.ts'
import { AppError } from '../../kernel/errors.ts'
import { makeFolder } from '../../lib/folders.ts'
import { inLanes } from '../../lib/lanes.ts'
import { writeReport } from '../../reports/write-report.ts'
import { type Server, startServer } from '../../server/app.ts'
import { exportDump } from '../../store/dumps/export.ts'
import { readCharacters, storeCharacters } from '../admin/characters.ts'
import { EXIT, type Io, printJson } from '../io.ts'
import { parseCount, parseSeed } from '../options.ts'
import { addModelOptions } from '../role-model-options.ts'
import { withStore } from '../store.ts'
import { readVersion } from '../version.ts'
import { knownPlays, readSource } from './check.ts'
import { createPilotModels, type PilotModelFlags, type PilotModels } from './pilot-models.ts'
import { describeSummary, summarise } from './pilot-summary.ts'

interface PilotFlags extends PilotModelFlags {
  readonly participants: number
  readonly concurrency: number
  readonly turns: number
  readonly seed: number
  readonly output: string
  readonly characters?: string
  readonly json?: boolean
}

export function pilotCommand(io: Io): Command {
  const command = new Command('pilot')
    .argument('<file>', 'experiment file or run configuration')
    .description('Run simulated participants through a study, then export the data and write the report.')
    .option('--participants <n>', 'how many', parseCount, 40)
    .option('--concurrency <n>', 'how many at once', parseCount, 8)
    .option('--turns <n>', 'inputs of one session before it is finished, at most', parseCount, 4)
    .option('--seed <n>', 'of everything that is drawn', parseSeed, 1)
    .option('-o, --output <folder>', 'where the data and the report go; it must not exist', 'pilot')
    .option('--characters <file>', 'seed file with the characters of the study, in place of the built-in ones')
    .option('--participant-model <name>', 'model that writes what participants say and answer; default: rules')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  paracosm experiment pilot usability.yml --participants 40 --output pilot
  paracosm experiment pilot usability.yml --participants 3 --model gpt-5-mini --participant-model gpt-5-mini --max-usd 1`,
    )
  return addModelOptions(command).action((file: string, flags: PilotFlags) => pilot(io, file, flags))
}

async function pilot(io: Io, file: string, flags: PilotFlags): Promise<void> {
  const text = await readSource(file)
  const { study } = readStudyFile(text, file, await knownPlays(io))
  const models = await createPilotModels(io, flags)
  io.err(models.about)
  const output = resolve(flags.output)
  await makeFolder(output)
  const data = join(output, 'server')
  if (flags.characters !== undefined) await storeCharacters(io, data, readCharacters(flags.characters))
  const adminKey = `dcs-ak-${randomBytes(32).toString('base64url')}`
  const server = await startServer({
    dataDir: data,
    worlds: io.worlds,
    sessions: { adminKey, hasRateLimits: false, models: models.roles },
    studies: { files: [{ path: file, text }] },
    host: '127.0.0.1',
    port: 0,
    otherPorts: 0,
    hasShowcase: false,
    logLevel: 'error',
    version: readVersion(),
  })
  let outcomes: readonly PilotOutcome[]
  try {
    outcomes = await walk(io, { server, study, adminKey, flags, mind: models.mind })
  } finally {
    await server.close()
  }
  const exported = await withStore(io, { data, mode: 'existing' }, async (store) => {
    const dump = await exportDump(store, output, { personal: 'none', signal: io.signal })
    const tables = await exportStudy(store, { study: study.name, folder: join(output, 'data'), source: text })
    return { dump: dump.path, tables }
  })
  const report = await writeReport({
    folder: exported.dump,
    path: join(output, 'report.html'),
    title: `Pilot of ${study.name}`,
  })
  const summary = summarise(study, outcomes, models.usage())
  if (flags.json) return printJson(io, { ok: true, ...summary, figures: report.figures, output })
  for (const line of describeSummary(summary)) io.out(line)
  io.out(`Data: ${join(output, 'data')}; dump: ${exported.dump}; report: ${join(output, 'report.html')}`)
  if (summary.finished === 0) io.exit(EXIT.failed)
}

interface Walk {
  readonly server: Server
  readonly study: Study
  readonly adminKey: string
  readonly flags: PilotFlags
  readonly mind: PilotModels['mind']
}

async function walk(io: Io, { server: { url }, study, adminKey, flags, mind }: Walk): Promise<readonly PilotOutcome[]> {
  const { participants: count } = flags
  const research = createResearchClient({ url, key: adminKey, signal: io.signal })
  const links: string[] = []
  while (!study.settings.open_link && links.length < count) {
    const made = await research.links(study.name, { count: Math.min(1000, count - links.length) })
    links.push(...made.links.map(({ token }) => token))
  }
  const outcomes: PilotOutcome[] = []
  const faults: unknown[] = []
  const numbers = Array.from({ length: count }, (_, number) => number)
  await inLanes(numbers, flags.concurrency, async (number) => {
    try {
      const seed = `${flags.seed}:participant ${number}`
      const options = {
        url,
        study: study.name,
        token: links[number],
        seed,
        mind,
        turns: flags.turns,
        worlds: io.worlds,
        signal: io.signal,
      }
      outcomes.push(await simulateParticipant(options))
      io.progress(`${outcomes.length} of ${count} participants`)
    } catch (error) {
      faults.push(error)
    }
  })
  if (faults.length > 0) {
    const [cause] = faults
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new AppError('RUN_FAILED', `${faults.length} of ${count} simulated participants could not continue${why}`, {
      cause,
    })
  }
  return outcomes
}
