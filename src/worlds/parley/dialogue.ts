// How sessions play parley: five games with two characters, models that answer and judge, and the evaluation of Infer
// Intent.
import {
  type DialogueCapability,
  type DialogueEvaluation,
  type DialogueGame,
  isSameGame,
  type ModelCall,
} from '../../kernel/dialogue.ts'
import { parseWith } from '../../kernel/parse.ts'
import { JsonObject, type JsonValue } from '../../protocol/json.ts'
import { characters, filterCharacters } from './characters/index.ts'
import type { Command } from './commands.ts'
import { Config, RULES } from './config.ts'
import { ContentStream } from './content-stream.ts'
import { evaluationOf, isCompleted } from './evaluation.ts'
import { GAMES, Overrides } from './games.ts'
import { readScore } from './replies.ts'
import { schemaOf } from './reply-schemas.ts'
import { MODEL_EFFECT, ParleyRequest } from './request.ts'
import { answerAs } from './responder/answer.ts'
import { sheetOf } from './sheet.ts'
import type { Observation } from './views.ts'

/** The game whose finished sessions are evaluated. */
const EVALUATED = GAMES['infer-intent']

const games: readonly DialogueGame[] = Object.values(GAMES).map(
  ({ id, name, description, version, authors, is_scored, stopping_conditions, overrides, shows_npc }) => ({
    id,
    name,
    description,
    version,
    authors,
    is_scored,
    shows_npc,
    stopping_conditions,
    overrides: overrides.transform((given) => JsonObject.parse(given)),
  }),
)

/** The model call for a request; players see the output of the opener and the updater as it is streamed. */
function callOf(request: ParleyRequest): ModelCall {
  const { role, messages } = request
  const call = { role, messages, schema: schemaOf(request), standIn: () => answerAs(request) }
  return role === 'opener' || role === 'updater' ? { ...call, show: () => new ContentStream() } : call
}

const evaluation: DialogueEvaluation = {
  refuse({ game, terminationReason }) {
    if (!isSameGame(game, EVALUATED.name)) return `Only sessions of ${EVALUATED.name} are evaluated`
    return isCompleted(terminationReason) ? undefined : 'Only a session that was played to its end is evaluated'
  },
  ask(events, config) {
    const { pc, npc } = parseWith(Config, config, { code: 'CONFIG_INVALID', what: 'Configuration of the session' })
    const asked = evaluationOf(events, { pc: sheetOf(pc), npc: sheetOf(npc) })
    return asked.ok ? { ok: true, call: callOf(asked.request) } : asked
  },
  read(answer) {
    const read = readScore(answer)
    return read.ok ? read.value : undefined
  },
}

export const dialogue: DialogueCapability<Observation> = {
  games,
  characters: {
    shipped: characters,
    candidates(game, all, given) {
      const { filters } = gameOf(game)
      const overrides = Overrides.parse(given)
      return {
        pcs: filterCharacters(overrides.pcs_allowed ?? filters.pcs, all),
        npcs: filterCharacters(overrides.npcs_allowed ?? filters.npcs, all),
      }
    },
  },
  configure: ({ game, pc, npc, overrides, restore }) => ({
    game: game.id,
    rules: RULES,
    pc: JsonObject.nullable().parse(pc),
    npc: JsonObject.nullable().parse(npc),
    overrides,
    ...(restore === undefined ? {} : { restore }),
  }),
  commands: {
    begin: (at) => toJson({ type: 'begin', at }),
    say: (text, at) => toJson({ type: 'say', text, at }),
    resume: (at) => toJson({ type: 'resume', at }),
    exit: (reason, at) => toJson({ type: 'exit', reason, at }),
  },
  progress: ({ turns, has_begun }) => ({ turns, hasBegun: has_begun }),
  models: {
    effect: MODEL_EFFECT,
    call: (request) =>
      callOf(parseWith(ParleyRequest, request, { code: 'CONFIG_INVALID', what: 'A request of parley' })),
  },
  evaluation,
}

const toJson = (command: Command): JsonValue => command

function gameOf({ id }: DialogueGame) {
  const game = Object.values(GAMES).find((each) => each.id === id)
  // Only games of the list above reach this point.
  if (!game) throw new Error(`parley has no game ${id}`)
  return game
}
