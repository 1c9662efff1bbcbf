// `paracosm experiment hitl`: scenarios that people judge characters by.
import { Command } from 'commander'
import { createClient } from '../../client/client.ts'
import { exportHitl } from '../../experiment/hitl/export.ts'
import { collectFeedback, unjudgedOf } from '../../experiment/hitl/feedback.ts'
import { answerScenarios, pendingOf } from '../../experiment/hitl/responses.ts'
import {
  createHitlFile,
  findHitlFile,
  HITL_FOLDER,
  hitlPath,
  lockHitlFile,
  newHitlFile,
  readHitlFile,
} from '../../experiment/hitl/scenario-file.ts'
import { unknownName } from '../../kernel/closest.ts'
import { AppError } from '../../kernel/errors.ts'
import { readLines } from '../../lib/json-lines.ts'
import type { Character } from '../../protocol/character.ts'
import type { HitlFile, HitlScenario } from '../../protocol/hitl.ts'
import { characters as shipped } from '../../worlds/parley/characters/built-in.ts'
import { readCharacters } from '../admin/characters.ts'
import { EXIT, type Io, printJson } from '../io.ts'
import { collect, parseCount } from '../options.ts'
import { openTerminal } from '../play/terminal.ts'

const EXAMPLES = `
Examples:
  paracosm experiment hitl create ODA
  paracosm experiment hitl update ODA --url http://127.0.0.1:8080 --skip-feedback
  paracosm experiment hitl update ODA --skip-responses
  paracosm experiment hitl export ODA --evaluator-id ada
  paracosm experiment report results/hitl_ODA --include sim-quality`

export function hitlCommand(io: Io): Command {
  const group = new Command('hitl').description('Try characters with scenarios, and let people judge what they answer.')
  group.addHelpText('after', EXAMPLES)
  addCreate(io, group)
  addUpdate(io, group)
  addExport(io, group)
  return group
}

function charactersOf(file: string | undefined): readonly Character[] {
  return file === undefined ? shipped : readCharacters(file)
}

interface CreateFlags {
  readonly characters?: string
  readonly game: string
  readonly pc: string | undefined
  readonly folder: string
  readonly generation: string
  readonly json?: boolean
}

function addCreate(io: Io, group: Command): void {
  group
    .command('create <hid>')
    .description(
      'Make the file of scenarios of a character: one for each of 12 kinds of pressure, and its own contexts.',
    )
    .option('--characters <file>', 'a seed file; default: the built-in characters')
    .option('--game <name>', 'game that is played', 'Explore')
    .option('--pc <hid>', 'character of the player; default: NA, or the first human where there is no NA')
    .option('--folder <folder>', 'where the file goes', HITL_FOLDER)
    .option('--generation <kind>', 'newer (test cases) or older (scenarios)', 'newer')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm experiment hitl create ODA')
    .action(async (hid: string, flags: CreateFlags) => {
      const { generation } = flags
      if (generation !== 'newer' && generation !== 'older')
        throw new AppError('USAGE', `--generation takes newer or older, not ${generation}`)
      const all = charactersOf(flags.characters)
      const character = all.find((each) => each.hid === hid)
      if (!character) {
        throw unknownName('USAGE', `there is no character ${hid}`, {
          name: hid,
          known: all.map((each) => each.hid),
          hint: 'List them with: paracosm admin character list',
        })
      }
      const human =
        all.find((each) => each.hid === 'NA') ??
        all.find((each) => each.is_human && each.pc_eligible && each.hid !== hid)
      const path = hitlPath(flags.folder, hid, generation)
      const file = newHitlFile({
        character,
        game: flags.game,
        player: flags.pc ?? human?.hid,
        generation,
        now: new Date(),
      })
      await createHitlFile(path, file)
      const scenarios = file.scenario_groups.flatMap((each) => each.scenarios).length
      if (flags.json) return printJson(io, { ok: true, path, scenarios })
      io.out(
        `Wrote ${path}: ${scenarios} scenarios. Fill the gaps in {{braces}}, then run: paracosm experiment hitl update ${hid}`,
      )
    })
}

interface UpdateFlags {
  readonly url: string
  readonly key?: string
  readonly folder: string
  readonly skipResponses?: boolean
  readonly skipFeedback?: boolean
  readonly onlyHistory?: boolean
  readonly regenerateParentSession?: boolean
  /** False with --no-include-empty. */
  readonly includeEmpty: boolean
  readonly concurrency: number
  readonly scenario: readonly string[]
  readonly exclude: readonly string[]
  readonly json?: boolean
}

function addUpdate(io: Io, group: Command): void {
  group
    .command('update <hid>')
    .description(
      'Let the character answer what is pending, and ask for feedback in the terminal. It can be interrupted and repeated.',
    )
    .option('--url <url>', 'server that plays the character', 'http://127.0.0.1:8080')
    .option('--key <key>', 'access key of the evaluator; prefer PARACOSM_KEY')
    .option('--folder <folder>', 'where the file is', HITL_FOLDER)
    .option('--skip-responses', 'ask for feedback only')
    .option('--skip-feedback', 'let the character answer only')
    .option('--only-history', 'make the shared history of each scenario, and answer no attempt')
    .option('--regenerate-parent-session', 'make parent sessions anew that the server does not have any more')
    .option('--no-include-empty', 'leave attempts pending whose answer is empty')
    .option('--concurrency <n>', 'scenarios at the same time', parseCount, 4)
    .option('--scenario <id>', 'only this scenario (repeatable)', collect, [])
    .option('--exclude <id>', 'without this scenario (repeatable)', collect, [])
    .option('--json', 'print JSON; feedback is not asked for')
    .addHelpText('after', '\nExample:\n  paracosm experiment hitl update ODA --url http://127.0.0.1:8080')
    .action((hid: string, flags: UpdateFlags) => update(io, hid, flags))
}

async function pathOf(folder: string, hid: string): Promise<string> {
  const path = await findHitlFile(folder, hid)
  if (path !== undefined) return path
  throw new AppError('FILE_UNREADABLE', `${folder} has no scenarios of ${hid}`, {
    hint: `Make them with: paracosm experiment hitl create ${hid}`,
  })
}

function wantedOf(file: HitlFile, { scenario, exclude }: UpdateFlags): (each: HitlScenario) => boolean {
  const known = file.scenario_groups.flatMap((group) => group.scenarios.map(({ id }) => id))
  for (const id of [...scenario, ...exclude]) {
    if (!known.includes(id))
      throw unknownName('USAGE', `there is no scenario ${id}`, {
        name: id,
        known,
        hint: `The scenarios are: ${known.join(', ')}.`,
      })
  }
  return ({ id }) => (scenario.length === 0 || scenario.includes(id)) && !exclude.includes(id)
}

async function update(io: Io, hid: string, flags: UpdateFlags): Promise<void> {
  if (flags.skipResponses && flags.skipFeedback)
    throw new AppError('USAGE', '--skip-responses and --skip-feedback exclude each other')
  const path = await pathOf(flags.folder, hid)
  using _lock = await lockHitlFile(path)
  const file = await readHitlFile(path)
  const isWanted = wantedOf(file, flags)
  const report = flags.skipResponses ? { answered: 0, failed: [] } : await answer(io, { path, file, isWanted, flags })
  const asks = !flags.skipFeedback && !flags.json && !flags.onlyHistory
  const judged = asks
    ? await collectFeedback({ path, file, isWanted, now: () => new Date(), show: io.out, ask: asker(io) })
    : 0
  const all = file.scenario_groups.flatMap(({ scenarios }) => scenarios)
  const left = { responses: all.flatMap(pendingOf).length, feedback: all.flatMap(unjudgedOf).length }
  if (report.failed.length > 0) io.exit(EXIT.failed)
  if (flags.json) return printJson(io, { ok: report.failed.length === 0, path, ...report, judged, left })
  for (const { scenario, message } of report.failed) io.err(`${scenario}: ${message}`)
  io.out(
    `${report.answered} answered, ${judged} judged. Left: ${left.responses} without response, ${left.feedback} without feedback.`,
  )
}

async function answer(
  io: Io,
  {
    path,
    file,
    isWanted,
    flags,
  }: { path: string; file: HitlFile; isWanted: (each: HitlScenario) => boolean; flags: UpdateFlags },
) {
  const { url } = flags
  const key = flags.key ?? io.config.PARACOSM_KEY
  if (key === undefined) throw new AppError('KEY_REFUSED', 'the character answers a player, and no access key is given')
  const client = createClient({ url, key, signal: io.signal })
  await client.authenticate()
  return answerScenarios({
    client,
    path,
    file,
    isWanted,
    concurrency: flags.concurrency,
    regenerates: flags.regenerateParentSession === true,
    onlyHistory: flags.onlyHistory === true,
    includesEmpty: flags.includeEmpty,
    signal: io.signal,
    onProgress: (answered) => io.progress(`${answered} answered`),
  })
}

/** Longest line of an evaluator, in bytes. */
const MAX_LINE_BYTES = 64 * 1024

/** Lines of the terminal, or of standard input. */
function asker(io: Io): (prompt: string) => Promise<string | undefined> {
  const terminal = openTerminal()
  if (terminal) return (prompt) => terminal.ask(prompt)
  const lines = readLines(process.stdin, {
    maxLineBytes: MAX_LINE_BYTES,
    what: 'standard input',
    trimCarriageReturn: true,
  })
  return async (prompt) => {
    io.out(prompt)
    const next = await lines.next()
    return next.done ? undefined : next.value.text
  }
}

interface ExportFlags {
  readonly folder: string
  readonly evaluatorId: string
  readonly characters?: string
  readonly output?: string
  readonly json?: boolean
}

function addExport(io: Io, group: Command): void {
  group
    .command('export <hid>')
    .description('Write responses and feedback as a results folder, for `paracosm experiment report`.')
    .option('--evaluator-id <id>', 'who judged', 'evaluator')
    .option('--folder <folder>', 'where the file is', HITL_FOLDER)
    .option('--characters <file>', 'a seed file; default: the built-in characters')
    .option('-o, --output <folder>', 'where to; default: results/hitl_<hid>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm experiment hitl export ODA --evaluator-id ada')
    .action(async (hid: string, flags: ExportFlags) => {
      const folder = flags.output ?? `results/hitl_${hid}`
      const file = await readHitlFile(await pathOf(flags.folder, hid))
      const characters = charactersOf(flags.characters)
      const written = await exportHitl({ file, characters, evaluator: flags.evaluatorId, folder, now: new Date() })
      if (flags.json) return printJson(io, { ok: true, folder, ...written })
      io.out(`Wrote ${folder}: ${written.sessions} sessions, ${written.events} messages.`)
    })
}
