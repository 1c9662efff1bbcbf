// Registration from the command line: missing flags are asked for on a terminal.
import type { Client } from '../../client/client.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Registration } from '../../protocol/session.ts'
import type { Terminal } from './terminal.ts'

export interface RegistrationFlags {
  readonly name?: string
  readonly email?: string
  readonly phone?: string
  readonly consent?: string
  readonly followup?: boolean
}

const TEXTS = [
  ['name', 'Full name'],
  ['email', 'Email'],
  ['phone', 'Phone number'],
] as const

const CONSENT = `The server keeps your name, email and phone number encrypted and apart from what you play. Your
sessions are recorded, and the operator of this server may study them.
`

/** @returns the key @throws AppError USAGE when something is missing and there is no terminal */
export async function register(
  client: Client,
  flags: RegistrationFlags,
  terminal: Terminal | undefined,
): Promise<string> {
  const given: Record<'name' | 'email' | 'phone', string> = { name: '', email: '', phone: '' }
  for (const [flag, label] of TEXTS) given[flag] = flags[flag] ?? (await require(terminal, `--${flag}`, `${label}: `))
  if (flags.consent === undefined) terminal?.write(`\n${CONSENT}`)
  const consent = flags.consent ?? (await require(terminal, '--consent', 'Type your name to agree: '))
  const followup = flags.followup ?? (await askYes(terminal, 'May they contact you about it? [y/N] '))
  const form: Registration = {
    full_name: given.name,
    email: given.email,
    phone_number: given.phone,
    consent_signature: consent,
    consent_to_followup: followup,
  }
  return (await client.register(form)).api_key
}

async function require(terminal: Terminal | undefined, flag: string, prompt: string): Promise<string> {
  if (!terminal) throw new AppError('USAGE', `${flag} is missing`, { hint: `Give ${flag}, or run it in a terminal.` })
  for (;;) {
    const line = await terminal.ask(prompt)
    if (line === undefined) throw new AppError('INTERRUPTED', 'not registered', { hint: 'Nothing was sent or stored.' })
    if (line.trim() !== '') return line.trim()
  }
}

async function askYes(terminal: Terminal | undefined, prompt: string): Promise<boolean> {
  const line = await terminal?.ask(prompt)
  return line !== undefined && /^y(es)?$/i.test(line.trim())
}
