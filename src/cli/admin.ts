// `paracosm admin`: manages people and sessions in the store: import, export and maintenance.
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
  const admin = new Group('admin')
    .description('Manage players, characters, seed folders, dumps and backups.')
    .addHelpText('after', '\nExamples:\n  paracosm admin player list\n  paracosm admin backup backups')
  addFolders(io, admin)
  addPlayers(
    io,
    admin
      .command('player')
      .description('Manage players and their access keys.')
      .addHelpText('after', '\nExamples:\n  paracosm admin player list\n  paracosm admin player add'),
  )
  addCharacters(
    io,
    admin
      .command('character')
      .description('Manage the characters in the store.')
      .addHelpText(
        'after',
        '\nExamples:\n  paracosm admin character list\n  paracosm admin character export characters.json',
      ),
  )
  admin
    .command('keygen')
    .description('Print a new access key. It is not stored.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm admin keygen')
    .action((flags: { json?: boolean }) => keygen(io, flags))
  add(io, admin, {
    usage: 'rotate-pii-key',
    description: 'Re-encrypt all personal data with a new key: PARACOSM_PII_NEW_KEY, or a new one in pii.key.',
    example: 'paracosm admin rotate-pii-key',
  }).action((flags: PlayerFlags) => rotate(io, flags))
  add(io, admin, {
    usage: 'reindex',
    description: 'Rebuild the list of episodes from their journals. Stop the server first.',
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
    ['seed', 'Replace the collections in a folder of seed files. Other collections stay.', 'seeds'],
    ['import', 'Import a complete dump, of paracosm or of the original system.', 'dumps/2026_04_21_10_00_00'],
    [
      'restore',
      'Restore a dump or backup. Collections that it does not contain are emptied.',
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
    ['dump', 'Write all documents as JSON lists to a new folder named after the time (UTC).', 'dumps', dump],
    ['backup', 'Write all documents as JSON Lines to a new folder named after the local time.', 'backups', backup],
  ] as const
  for (const [name, description, folder, write] of writes) {
    add(io, admin, { usage: `${name} <folder>`, description, example: `paracosm admin ${name} ${folder}` })
      .option('--personal-data <how>', 'sealed (readable with the same key only), clear or none', 'sealed')
      .action((path: string, flags: ExportFlags) => write(io, path, flags))
  }
}

function addPlayers(io: Io, group: Command): void {
  add(io, group, {
    usage: 'list',
    description: 'List players, without keys and personal data.',
    example: 'paracosm admin player list --limit 20',
  })
    .option('--limit <n>', 'maximum number of players', parseCount, 100)
    .option('--after <id>', 'start after this player')
    .action((flags: PlayerFlags & { limit: number; after?: string }) => listPlayers(io, flags))
  add(io, group, {
    usage: 'add',
    description: 'Add a player and print the access key. It is shown only once.',
    example: "paracosm admin player add --field full_name='Ada Quill' --field cohort=A",
  })
    .option('--field <name=value>', 'a field of the record (repeatable)', collect, [])
    .option('--fields <file>', 'read the record from a JSON file; - is standard input')
    .option('--issue-key', 'create a key (default)')
    .option('--key-file <file>', 'read the key from this file; - is standard input')
    .option('--no-key', 'create no key')
    .action((flags: NewPlayerFlags) => addPlayer(io, flags))
  add(io, group, {
    usage: 'issue-key <id>',
    description: 'Replace the key of a player and print the new one. It is shown only once.',
    example: 'paracosm admin player issue-key 65f0c0ffee65f0c0ffee65f0',
  }).action((id: string, flags: PlayerFlags) => issueKey(io, id, flags))
  add(io, group, {
    usage: 'revoke <id>',
    description: "Revoke a player's key.",
    example: 'paracosm admin player revoke 65f0c0ffee65f0c0ffee65f0',
  }).action((id: string, flags: PlayerFlags) => revokeKey(io, id, flags))
  add(io, group, {
    usage: 'remove <id>',
    description: 'Remove a player and all personal data. Sessions stay.',
    example: 'paracosm admin player remove 65f0c0ffee65f0c0ffee65f0',
  }).action((id: string, flags: PlayerFlags) => removePlayer(io, id, flags))
}

function addCharacters(io: Io, group: Command): void {
  add(io, group, {
    usage: 'list',
    description: 'List characters.',
    example: 'paracosm admin character list --filter pc-eligible',
  })
    .option('--filter <name>', 'only characters that match this filter', 'all')
    .action((flags: CharacterFlags & { filter: string }) => listCharacters(io, flags))
  add(io, group, {
    usage: 'export [file]',
    description: 'Write all characters as a seed file, or to standard output.',
    example: 'paracosm admin character export characters.json',
  })
    .option('--shipped', 'the built-in characters instead of those in the store')
    .action((path: string | undefined, flags: CharacterFlags & { shipped?: boolean }) =>
      exportCharacters(io, path, flags),
    )
  add(io, group, {
    usage: 'import <file>',
    description: 'Add or update the characters of a seed file. Other characters stay.',
    example: 'paracosm admin character import characters.json',
  }).action((path: string, flags: CharacterFlags) => importCharacters(io, path, flags))
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value]
