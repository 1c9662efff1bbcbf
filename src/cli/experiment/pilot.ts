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
import { at } from '../../kernel/at.ts'
import { AppError } from '../../kernel/errors.ts'
import { makeFolder } from '../../lib/folders.ts'
import { inLanes } from '../../lib/lanes.ts'
import { writeReport } from '../../reports/write-report.ts'
import { type Server, startServer } from '../../server/app.ts'
import { exportDump } from '../../store/dumps/export.ts'
import { readCharacters, storeCharacters } from '../admin/characters.ts'
import { EXIT, type Io, printJson } from '../io.ts'
import { parseCount, parseSeed } from '../options.ts'
import { withStore } from '../store.ts'
import { readVersion } from '../version.ts'
import { knownPlays, readSource } from './check.ts'

interface PilotFlags {
  readonly participants: number
  readonly concurrency: number
  readonly turns: number
  readonly seed: number
  readonly output: string
  readonly characters?: string
  readonly json?: boolean
}

export function pilotCommand(io: Io): Command {
  return new Command('pilot')
    .argument('<file>', 'experiment file or run configuration')
    .description('Run simulated participants through a study, then export the data and write the report.')
    .option('--participants <n>', 'how many', parseCount, 40)
    .option('--concurrency <n>', 'how many at once', parseCount, 8)
    .option('--turns <n>', 'inputs of one session before it is finished, at most', parseCount, 4)
    .option('--seed <n>', 'of everything that is drawn', parseSeed, 1)
    .option('-o, --output <folder>', 'where the data and the report go; it must not exist', 'pilot')
    .option('--characters <file>', 'seed file with the characters of the study, in place of the built-in ones')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm experiment pilot usability.yml --participants 40 --output pilot')
    .action((file: string, flags: PilotFlags) => pilot(io, file, flags))
}

async function pilot(io: Io, file: string, flags: PilotFlags): Promise<void> {
  const text = await readSource(file)
  const { study } = readStudyFile(text, file, await knownPlays(io))
  const output = resolve(flags.output)
  await makeFolder(output)
  const data = join(output, 'server')
  if (flags.characters !== undefined) await storeCharacters(io, data, readCharacters(flags.characters))
  const adminKey = `dcs-ak-${randomBytes(32).toString('base64url')}`
  const server = await startServer({
    dataDir: data,
    worlds: io.worlds,
    sessions: { adminKey, hasRateLimits: false },
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
    outcomes = await walk(io, { server, study, adminKey, flags })
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
  const summary = summarise(outcomes)
  if (flags.json) return printJson(io, { ok: true, ...summary, figures: report.figures, output })
  io.out(
    `${summary.participants} simulated participants: ${summary.finished} finished, ${summary.turned_away} were turned away.`,
  )
  io.out(
    `${summary.sessions} sessions, ${summary.inputs} inputs; median time per participant: ${summary.median_ms} ms.`,
  )
  io.out(
    `A person needs about ${summary.expected_minutes} minutes, at 40 s per input. Model calls: ${summary.model_calls}.`,
  )
  io.out(`Data: ${join(output, 'data')}; dump: ${exported.dump}; report: ${join(output, 'report.html')}`)
  if (summary.finished === 0) io.exit(EXIT.failed)
}

interface Walk {
  readonly server: Server
  readonly study: Study
  readonly adminKey: string
  readonly flags: PilotFlags
}

async function walk(io: Io, { server: { url }, study, adminKey, flags }: Walk): Promise<readonly PilotOutcome[]> {
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
    throw new AppError('RUN_FAILED', `${faults.length} of ${count} simulated participants could not continue`, {
      cause: faults[0],
    })
  }
  return outcomes
}

/** Model calls per accepted input: three judges, an answer, six judges. */
const CALLS_PER_INPUT = 10
const SECONDS_PER_INPUT = 40

function summarise(outcomes: readonly PilotOutcome[]) {
  const finished = outcomes.filter(({ stage }) => stage === 'finished')
  const inputs = outcomes.reduce((sum, each) => sum + each.inputs, 0)
  const times = outcomes.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const seconds = finished.map(({ inputs: own, playedMs }) => own * SECONDS_PER_INPUT + playedMs / 1000)
  const perPerson = seconds.reduce((sum, each) => sum + each, 0) / Math.max(1, finished.length)
  return {
    participants: outcomes.length,
    finished: finished.length,
    turned_away: outcomes.filter(({ stage, sessions }) => stage === 'closed' && sessions === 0).length,
    sessions: outcomes.reduce((sum, each) => sum + each.sessions, 0),
    inputs,
    median_ms: times.length === 0 ? 0 : Math.round(at(times, Math.floor(times.length / 2))),
    expected_minutes: Math.round(perPerson / 6) / 10,
    model_calls: inputs * CALLS_PER_INPUT,
  }
}
