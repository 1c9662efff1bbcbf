// The games and the characters.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Character } from '../../protocol/character.ts'
import { CharacterCoverage } from '../../protocol/character-coverage.ts'
import { JsonObject } from '../../protocol/json.ts'
import {
  type CharacterEntry,
  CharacterList,
  CharacterTable,
  GameList,
  HttpError,
  SavedCharacter,
} from '../../protocol/session.ts'
import { ApiRefusal } from '../../transport/errors.ts'
import { describeCoverage } from '../character-coverage.ts'
import { requireAdmin } from './auth.ts'
import type { SessionServices } from './services.ts'

const Id = z.strictObject({ character_id: z.string().min(1).max(100) })
const Write = z.strictObject({ character_id: z.string().min(1).max(100).nullish(), data: JsonObject })

function toEntry(character: Character): CharacterEntry {
  const { hid, is_human, pc_eligible, common_labels, short_description, hsn_divergence } = character
  const verdicts = Object.values(hsn_divergence ?? {}).flatMap((section) => Object.values(section))
  const divergent = verdicts.filter(({ value }) => value?.toLowerCase() === 'divergent').length
  return { hid, is_human, pc_eligible, common_labels, short_description, divergent }
}

type App = Parameters<FastifyPluginCallbackZod<{ services: SessionServices }>>[0]

function readRoutes(app: App, services: SessionServices): void {
  app.get(
    '/api/games/list',
    { schema: { summary: 'The games', tags: ['catalogue'], response: { 200: GameList } } },
    () => ({
      games: services.games.all.map(({ game: { name, authors, description } }) => ({
        name,
        author: authors.join(', '),
        description: description.trim() || null,
      })),
    }),
  )
  app.get(
    '/api/characters/list',
    { schema: { summary: 'The characters', tags: ['catalogue'], response: { 200: CharacterList } } },
    async () => ({
      characters: (await services.characters.all()).map(({ hid, short_description }) => ({ hid, short_description })),
    }),
  )
  app.get(
    '/api/characters/table',
    {
      schema: {
        summary: 'The characters, with the fields for filters: kind, labels, divergence',
        tags: ['catalogue'],
        response: { 200: CharacterTable },
      },
    },
    async () => ({ characters: (await services.characters.all()).map(toEntry) }),
  )
  app.get(
    '/api/characters/coverage',
    {
      schema: {
        summary: 'What humans diverge from, and which values others combine',
        tags: ['catalogue'],
        response: { 200: CharacterCoverage },
      },
    },
    async () => describeCoverage(await services.characters.all()),
  )
  app.get(
    '/api/characters/:character_id',
    {
      schema: {
        summary: 'The sheet of a character',
        description: 'Games may hide parts of a sheet from their players; this route always returns all of it.',
        tags: ['catalogue'],
        params: Id,
        response: { 200: Character, '4xx': HttpError },
      },
    },
    async ({ params: { character_id } }) => {
      const found = await services.characters.get(character_id)
      if (found) return found
      throw new ApiRefusal(404, 'Character not found')
    },
  )
}

export const catalogueRoutes: FastifyPluginCallbackZod<{ services: SessionServices }> = (app, { services }, done) => {
  readRoutes(app, services)
  const describe = (summary: string) => ({ summary, tags: ['catalogue'], description: 'Needs the admin key.' })
  app.post(
    '/api/characters',
    {
      schema: {
        ...describe('Add or change a character'),
        body: Write,
        response: { 201: SavedCharacter, '4xx': HttpError },
      },
    },
    async (request, reply) => {
      requireAdmin(services, request)
      const { data, character_id } = request.body
      const { hid } = data
      const id = character_id ?? (typeof hid === 'string' ? hid : undefined)
      return reply.code(201).send({ character_id: await services.characters.upsert(id, data) })
    },
  )
  app.put(
    '/api/characters/:character_id',
    {
      schema: {
        ...describe('Change a character'),
        params: Id,
        body: Write,
        response: { 200: SavedCharacter, '4xx': HttpError },
      },
    },
    async (request) => {
      requireAdmin(services, request)
      return { character_id: await services.characters.upsert(request.params.character_id, request.body.data) }
    },
  )
  app.delete(
    '/api/characters/:character_id',
    { schema: { ...describe('Remove a character'), params: Id, response: { 200: SavedCharacter, '4xx': HttpError } } },
    async (request) => {
      requireAdmin(services, request)
      const { character_id } = request.params
      if (character_id === '') throw new ApiRefusal(404, 'Character not found')
      await services.characters.remove(character_id)
      return { character_id }
    },
  )
  done()
}
