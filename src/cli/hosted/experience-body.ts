// The body of `xp-request create`: a JSON file, standard input, or options.
import { readFile } from 'node:fs/promises'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { ExperienceRequest } from '../../protocol/experience.ts'
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject } from '../../protocol/json.ts'

export interface BodyFlags {
  readonly league?: string
  readonly division?: string
  readonly coworld?: string
  readonly variant?: string
  readonly player: readonly string[]
  readonly episodes?: number
  readonly seed?: number
  readonly notes?: string
  readonly gameConfig?: string
}

/** Bytes of a body on standard input. */
const MAX_INPUT = 1024 * 1024

/**
 * @param file a path, `-` for standard input, or undefined for the options
 * @throws AppError USAGE, FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR
 */
export async function bodyOf(file: string | undefined, flags: BodyFlags): Promise<JsonObject> {
  const hasOptions =
    flags.player.length > 0 || [flags.league, flags.division, flags.coworld].some((each) => each != null)
  if (file === undefined) return fromFlags(flags)
  if (hasOptions) {
    throw new AppError('USAGE', 'give a file or options, not both', { hint: 'Put all of it into the file.' })
  }
  const body = parseJson(
    file === '-' ? await readInput() : await readBody(file),
    file === '-' ? 'standard input' : file,
  )
  if (!isObject(body)) throw new AppError('VALIDATION_ERROR', `${file} has no JSON object`)
  // The server checks it again; a mistake is found here without a request.
  parseWith(ExperienceRequest, body, { code: 'VALIDATION_ERROR', what: file === '-' ? 'Standard input' : file })
  return body
}

async function readBody(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  })
}

async function readInput(): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of process.stdin) {
    const bytes = Buffer.from(part)
    size += bytes.length
    if (size > MAX_INPUT) throw new AppError('BODY_TOO_LARGE', `standard input has more than ${MAX_INPUT} bytes`)
    parts.push(bytes)
  }
  return Buffer.concat(parts).toString('utf8')
}

function fromFlags(flags: BodyFlags): JsonObject {
  const { league, division, coworld, variant, player, episodes, seed, notes, gameConfig } = flags
  if (player.length === 0 || (league ?? division ?? coworld) === undefined) {
    throw new AppError('USAGE', 'say what is played and by whom', {
      hint: 'Give a file, or --league, --division or --coworld and one --player for each slot.',
    })
  }
  const overrides = gameConfig === undefined ? undefined : parseJson(gameConfig, '--game-config')
  if (overrides !== undefined && !isObject(overrides)) throw new AppError('USAGE', '--game-config is no JSON object')
  return {
    target: {
      ...(league === undefined ? {} : { league_id: league }),
      ...(division === undefined ? {} : { division_id: division }),
      ...(coworld === undefined ? {} : { coworld_id: coworld }),
      ...(variant === undefined ? {} : { variant_id: variant }),
    },
    roster: player.map((text) => rosterEntry(text)),
    ...(episodes === undefined ? {} : { num_episodes: episodes }),
    ...(seed === undefined ? {} : { seed }),
    ...(notes === undefined ? {} : { notes }),
    ...(overrides === undefined ? {} : { game_config_overrides: overrides }),
  }
}

/** `painter`, `painter:v2@0`, `bot:greedy`, `top:3`, `random`: a player, and after `@` the slot that it keeps. */
function rosterEntry(text: string): JsonObject {
  const [, player = '', slot] = /^(.*?)(?:@(\d{1,3}))?$/s.exec(text) ?? []
  return { player: selectorOf(player), ...(slot === undefined ? {} : { slot: Number(slot) }) }
}

function selectorOf(text: string): JsonObject {
  if (text === 'random') return { random: true }
  const [, kind, name = ''] = /^(bot|top):(.+)$/s.exec(text) ?? []
  if (kind === 'bot') return { bot: name }
  if (kind === 'top' && /^[1-9]\d{0,2}$/.test(name)) return { top_n: Number(name) }
  return { policy_ref: text }
}
