// How policies are written on a command line and in YAML: `greedy`, `cmd:python3 bot.py`, `mine=image:bot:1`.
import { AppError } from '../kernel/errors.ts'
import type { EvaluationPlayer } from '../protocol/evaluation.ts'

const NAMED = /^([A-Za-z0-9][A-Za-z0-9 ._-]{0,79})=(.*)$/s
const KINDS = /^(cmd|image|agent|model):(.*)$/s
const NAME_LENGTH = 80

/** @throws AppError USAGE for a kind without a value and for unknown agents */
export function parsePlayer(text: string): EvaluationPlayer {
  const [, given, body = text] = NAMED.exec(text) ?? []
  const [, kind, value = ''] = KINDS.exec(body) ?? []
  const name = given ?? body.replace(/\p{C}/gu, ' ').slice(0, NAME_LENGTH)
  if (kind !== undefined && value.trim() === '') {
    throw new AppError('USAGE', `${JSON.stringify(text)} names no ${kind}`, {
      hint: 'Write cmd:<command>, image:<image>, agent:scripted, agent:random or model:<name>.',
    })
  }
  if (kind === 'cmd') return { kind: 'command', name, command: value }
  if (kind === 'image') return { kind: 'image', name, image: value }
  if (kind === 'model') return { kind: 'model', name, model: value }
  if (kind === 'agent') {
    if (value === 'scripted' || value === 'random') return { kind: 'agent', name, policy: value }
    throw new AppError('USAGE', `there is no agent ${value}`, { hint: 'Write agent:scripted or agent:random.' })
  }
  if (body === '') throw new AppError('USAGE', 'a policy has no name', { hint: 'Name a bot of the world.' })
  return { kind: 'bot', name, bot: body }
}
