// Completion candidates at the cursor: commands, options, and names of worlds, variants, bots, templates and choices.
import type { Argument, Command, Option } from 'commander'
import type { World } from '../../kernel/world.ts'
import { createTemplates } from '../../strategy/templates.ts'
import type { Group } from '../group.ts'
import type { Io } from '../io.ts'

export interface Candidate {
  readonly name: string
  /** One line; may be empty. */
  readonly summary: string
}

/** The position of the cursor in a command line. */
interface Place {
  readonly command: Command
  /** Arguments before the cursor, without options. */
  readonly args: readonly string[]
  /** The option whose value is being typed. */
  readonly option: Option | undefined
}

/** @param words the command line after "paracosm", up to the cursor; the last one may be empty */
export async function complete(
  io: Io,
  groups: readonly Group[],
  words: readonly string[],
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? ''
  const [name, ...rest] = words
  const found =
    words.length < 2 || name === 'help'
      ? [...groups, { name: 'help', summary: 'show the help of a command' }]
      : await ofGroup(
          io,
          groups.find((each) => each.name === name),
          { before: rest.slice(0, -1), current },
        )
  return found.filter((each) => each.name.startsWith(current))
}

async function ofGroup(
  io: Io,
  group: Group | undefined,
  { before, current }: { readonly before: readonly string[]; readonly current: string },
): Promise<readonly Candidate[]> {
  if (!group) return []
  const place = locate((await group.load()).createCommand(io), before)
  if (place.option) return ofOption(io, place, place.option)
  if (current.startsWith('-')) return place.command.options.map(optionToCandidate)
  const visible = place.args.length === 0 ? subcommands(place.command) : []
  const argument = place.command.registeredArguments[place.args.length] ?? place.command.registeredArguments.at(-1)
  return argument ? [...visible, ...(await ofArgument(io, place, argument))] : visible
}

function subcommands(command: Command): readonly Candidate[] {
  const shown = command.createHelp().visibleCommands(command)
  return shown.map((each) => ({ name: each.name(), summary: each.description() })).filter(({ name }) => name !== 'help')
}

/** Follows the words before the cursor into subcommands, options and arguments. */
function locate(root: Command, words: readonly string[]): Place {
  let command = root
  let option: Option | undefined
  const args: string[] = []
  for (const word of words) {
    if (option) option = undefined
    else if (word.startsWith('-')) {
      const named = command.options.find(({ short, long }) => short === word || long === word)
      option = named && (named.required || named.optional) ? named : undefined
    } else {
      const child = args.length === 0 ? command.commands.find((each) => each.name() === word) : undefined
      if (child) command = child
      else args.push(word)
    }
  }
  return { command, args, option }
}

const optionToCandidate = (option: Option): Candidate => ({
  name: option.long ?? option.short ?? '',
  summary: option.description,
})

async function ofOption(io: Io, place: Place, option: Option): Promise<readonly Candidate[]> {
  if (option.argChoices) return named(option.argChoices)
  switch (option.long) {
    case '--runtime':
      return named(['process', 'container'])
    case '--world':
      return worlds(io)
    case '--variant':
    case '--scenario':
      return (
        (await worldOf(io, place))?.variants.map(({ id, description }) => ({ name: id, summary: description })) ?? []
      )
    case '--bot':
      return bots(await worldOf(io, place))
    case '--template':
      return templates()
    default:
      return []
  }
}

async function ofArgument(io: Io, place: Place, argument: Argument): Promise<readonly Candidate[]> {
  if (argument.argChoices) return named(argument.argChoices)
  const name = argument.name()
  if (name === 'bot') return bots(await worldOf(io, place))
  if (name === 'players' || name === 'policies')
    return [...bots(await worldOf(io, place)), { name: 'human', summary: 'a person, by link' }]
  return /^world\b/.test(name) ? worlds(io) : []
}

const named = (names: readonly string[]): readonly Candidate[] => names.map((name) => ({ name, summary: '' }))

const bots = (world: World | undefined): readonly Candidate[] =>
  (world?.bots ?? []).map(({ name, summary }) => ({ name, summary }))

const templates = (): readonly Candidate[] => createTemplates().map(({ id, name }) => ({ name: id, summary: name }))

async function worlds(io: Io): Promise<readonly Candidate[]> {
  const all = await Promise.all(io.worlds.ids().map((id) => io.worlds.load(id)))
  return all.map(({ id, title }) => ({ name: id, summary: title }))
}

/** The world that the command line names; undefined when it does not load: completion is silent about errors. */
async function worldOf(io: Io, { command, args }: Place): Promise<World | undefined> {
  const isNamed = command.registeredArguments[0]?.name().startsWith('world') === true
  const name = isNamed ? args[0] : command.name() === 'headless' ? 'foundry' : undefined
  if (name === undefined) return undefined
  return io.worlds.load(name).catch(() => undefined)
}
