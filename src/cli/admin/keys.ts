// `paracosm admin keygen` and `rotate-pii-key`.
import { createAccessKey } from '../../store/people/access-key.ts'
import { rotateKey } from '../../store/people/personal-key.ts'
import { type Io, printJson } from '../io.ts'
import { withStore } from '../store.ts'

export function keygen(io: Io, flags: { readonly json?: boolean }): void {
  const key = createAccessKey()
  if (flags.json) printJson(io, { ok: true, api_key: key })
  else io.out(key)
  io.err('This key is not stored and will not be shown again. Keep it in a safe place.')
}

export async function rotate(io: Io, flags: { readonly data: string; readonly json?: boolean }): Promise<void> {
  const { data } = flags
  const { PARACOSM_PII_KEY: key, PARACOSM_PII_NEW_KEY: next } = io.config
  const report = await withStore(io, { data, mode: 'existing' }, (store) =>
    rotateKey(store, { key, folder: data }, next),
  )
  if (flags.json) return printJson(io, { ok: true, ...report })
  io.out(
    `The personal data of ${report.players} players is now encrypted with key ${report.to}; the old key was ${report.from}.`,
  )
  io.out(
    key === undefined
      ? 'pii.key contains the new key. Start the server again.'
      : 'Set PARACOSM_PII_KEY to the new key, and start the server again.',
  )
  io.out('Backups made before this rotation need the old key.')
}
