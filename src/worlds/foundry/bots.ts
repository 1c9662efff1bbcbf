import type { BotMaker } from '../../kernel/world.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { FoundryCommand } from './config.ts'

export const BOTS: readonly BotMaker<JsonObject, FoundryCommand>[] = []
