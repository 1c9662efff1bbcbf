// `paracosm coworld secret …`: secrets for the games of packages, which a server resolves when it starts them.
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { Command } from 'commander'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { timeCell } from '../../league/selection.ts'
import { CoworldSecret } from '../../protocol/hosted-later.ts'
import type { HostedClient } from '../hosted-client.ts'
import type { Io } from '../io.ts'
import { printTable } from '../table.ts'
import { type Action, commandsOf, lines, printWire } from './commands.ts'

export function addSecrets(io: Io, { group, server }: { readonly group: Command; readonly server: string }): void {
  const secrets = new Command('secret')
    .description('Secrets for the game of a package: secret://coworld/<coworld>/<name> in its env.')
    .addHelpText(
      'after',
      '\nExample:\n  paracosm coworld secret put painters api_key key.txt --server http://127.0.0.1:8080',
    )
  const add = commandsOf(io, secrets, server, 'secret ')
  const named = (command: Command): Command =>
    command.argument('<coworld>', 'name or cow_ id of a package of yours').argument('<name>', 'name of the secret')
  const putting: Command = named(
    add(
      'put',
      { description: 'Store a secret, in place of an earlier one.', example: ' painters api_key key.txt' },
      (client, flags) => put(io, client, { ...flags, args: putting.args }),
    ),
  ).argument('<file>', 'file with its value, up to 1 MiB; - for standard input')
  add('list', { description: 'List the secrets of a package by name.', example: ' painters' }, list(io)).argument(
    '<coworld>',
    'name or cow_ id of a package of yours',
  )
  const deleting: Command = named(
    add('delete', { description: 'Delete a secret.', example: ' painters api_key' }, (client, flags) =>
      remove(io, client, { ...flags, args: deleting.args }),
    ),
  )
  group.addCommand(secrets)
}

interface Given {
  readonly args: readonly string[]
  readonly json?: boolean
}

const pathOf = (...parts: readonly string[]): string =>
  `/v2/coworlds/secrets/${parts.map((part) => encodeURIComponent(part)).join('/')}`

async function put(io: Io, client: HostedClient, { args, json }: Given): Promise<void> {
  const [coworld = '', name = '', file = ''] = args
  const value = file === '-' ? await buffer(process.stdin) : await read(file)
  const stored = await client.put(pathOf(coworld, name), CoworldSecret, new Uint8Array(value))
  if (json) return printWire(io, stored)
  tell(io, 'Stored', stored)
}

function read(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${file}`, { cause })
  })
}

const list =
  (io: Io): Action =>
  async (client, { json }, coworld = '') => {
    const found = await client.get(pathOf(coworld), z.array(CoworldSecret))
    if (json) return printWire(io, found)
    if (found.length === 0) return io.out('No secrets found.')
    const rows = found.map((each) => [
      each.secret_name,
      each.coworld_name,
      `${each.size_bytes} B`,
      timeCell(each.updated_at),
    ])
    printTable(io, ['Name', 'Coworld', 'Size', 'Updated'], rows)
  }

async function remove(io: Io, client: HostedClient, { args, json }: Given): Promise<void> {
  const [coworld = '', name = ''] = args
  const gone = await client.delete(pathOf(coworld, name), CoworldSecret)
  if (json) return printWire(io, gone)
  tell(io, 'Deleted', gone)
}

function tell(
  io: Io,
  what: string,
  { secret_name: name, coworld_name: coworld, size_bytes: size }: CoworldSecret,
): void {
  lines(io, [
    [what, name],
    ['Coworld', coworld],
    ['Size', `${size} bytes`],
    ['Reference', `secret://coworld/${coworld}/${name}`],
  ])
}
