// `paracosm admin`: what the store holds of people and sessions — in, out, and looked after.
import { type Command, Command as Group } from 'commander'
import { type CharacterFlags, exportCharacters, importCharacters, listCharacters } from './admin/characters.ts'
import { backup, dump, type ExportFlags, type ImportFlags, readFolder } from './admin/dumps.ts'
import { keygen, rotate } from './admin/keys.ts'
import {
  addPlayer,
  issueKey,
  listPlayers,
  type NewPlayerFlags,
  type PlayerFlags,
  removePlayer,
  revokeKey,
} from './admin/players.ts'
import { reindexEpisodes } from './admin/reindex.ts'
import type { Io } from './io.ts'
import { parseCount } from './options.ts'

export function createCommand(io: Io): Command {
  const admin = new Group('admin').description('Players, characters, seed folders, dumps and backups of the store.')
  addFolders(io, admin)
  addPlayers(io, admin.command('player').description('Players and their access keys.'))
  addCharacters(io, admin.command('character').description('The characters of the store.'))
  admin
    .command('keygen')
    .description('Print one new access key. It is stored nowhere.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm admin keygen')
    .action((flags: { json?: boolean }) => keygen(io, flags))
  add(io, admin, {
    usage: 'rotate-pii-key',
    description: 'Seal all personal data with another key: the one of PARACOSM_PII_NEW_KEY, or a new one in pii.key.',
    example: 'paracosm admin rotate-pii-key',
  }).action((flags: PlayerFlags) => rotate(io, flags))
  add(io, admin, {
    usage: 'reindex',
    description: 'Write the list of episodes anew from their journals. The server must be stopped.',
    example: 'paracosm admin reindex --data ./data',
  }).action((flags: { data: string; json?: boolean }) => reindexEpisodes(io, flags))
  return admin
}

interface Described {
  readonly usage: string
  readonly description: string
  readonly example: string
}

function add(io: Io, parent: Command, { usage, description, example }: Described): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--data <folder>', 'data folder of the server', io.config.PARACOSM_DATA)
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample:\n  ${example}`)
}

function addFolders(io: Io, admin: Command): void {
  const reads = [
    ['seed', 'Replace the collections that a folder of seed files has; the others stay.', 'seeds'],
    ['import', 'The same from a dump of the original or of our own, which must be whole.', 'dumps/2026_04_21_10_00_00'],
    [
      'restore',
      'Make the store what a dump or backup says: what it does not have is emptied.',
      'backups/20260421-100000',
    ],
  ] as const
  for (const [name, description, folder] of reads) {
    const example = `paracosm admin ${name} ${folder}`
    add(io, admin, { usage: `${name} <folder>`, description, example }).action((path: string, flags: ImportFlags) =>
      readFolder(io, path, { ...flags, mode: name === 'import' ? 'dump' : name }),
    )
  }
  const writes = [
    ['dump', 'Write everything as lists of documents into a new folder, named after the time (UTC).', 'dumps', dump],
    ['backup', 'The same with one document a line, named after the local time.', 'backups', backup],
  ] as const
  for (const [name, description, folder, write] of writes) {
    add(io, admin, { usage: `${name} <folder>`, description, example: `paracosm admin ${name} ${folder}` })
      .option('--personal-data <how>', 'sealed (needs the same key to be read again), clear or none', 'sealed')
      .action((path: string, flags: ExportFlags) => write(io, path, flags))
  }
}

function addPlayers(io: Io, group: Command): void {
  add(io, group, {
    usage: 'list',
    description: 'List players, without keys and without what is personal.',
    example: 'paracosm admin player list --limit 20',
  })
    .option('--limit <n>', 'at most so many', parseCount, 100)
    .option('--after <id>', 'go on behind this player')
    .action((flags: PlayerFlags & { limit: number; after?: string }) => listPlayers(io, flags))
  add(io, group, {
    usage: 'add',
    description: 'Add a player, and print the access key this once.',
    example: "paracosm admin player add --field full_name='Ada Quill' --field cohort=A",
  })
    .option('--field <name=value>', 'a value of the record; may come again', collect, [])
    .option('--fields <file>', 'the record as a JSON object; - is standard input')
    .option('--issue-key', 'make a key (as without any of these options)')
    .option('--key-file <file>', 'take the key in this file; - is standard input')
    .option('--no-key', 'without a key')
    .action((flags: NewPlayerFlags) => addPlayer(io, flags))
  add(io, group, {
    usage: 'issue-key <id>',
    description: 'Give a player a new key in the place of the old one, and print it this once.',
    example: 'paracosm admin player issue-key 65f0c0ffee65f0c0ffee65f0',
  }).action((id: string, flags: PlayerFlags) => issueKey(io, id, flags))
  add(io, group, {
    usage: 'revoke <id>',
    description: "Make a player's key open nothing any more.",
    example: 'paracosm admin player revoke 65f0c0ffee65f0c0ffee65f0',
  }).action((id: string, flags: PlayerFlags) => revokeKey(io, id, flags))
  add(io, group, {
    usage: 'remove <id>',
    description: 'Remove a player and what is personal; the sessions stay.',
    example: 'paracosm admin player remove 65f0c0ffee65f0c0ffee65f0',
  }).action((id: string, flags: PlayerFlags) => removePlayer(io, id, flags))
}

function addCharacters(io: Io, group: Command): void {
  add(io, group, {
    usage: 'list',
    description: 'List characters.',
    example: 'paracosm admin character list --filter pc-eligible',
  })
    .option('--filter <name>', 'only those that this filter matches', 'all')
    .action((flags: CharacterFlags & { filter: string }) => listCharacters(io, flags))
  add(io, group, {
    usage: 'export [file]',
    description: 'Write all characters as a seed file, or to standard output.',
    example: 'paracosm admin character export characters.json',
  })
    .option('--shipped', 'those that paracosm ships, whatever the store has')
    .action((path: string | undefined, flags: CharacterFlags & { shipped?: boolean }) =>
      exportCharacters(io, path, flags),
    )
  add(io, group, {
    usage: 'import <file>',
    description: 'Add the characters of a seed file, and change those that are there already; others stay.',
    example: 'paracosm admin character import characters.json',
  }).action((path: string, flags: CharacterFlags) => importCharacters(io, path, flags))
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value]
