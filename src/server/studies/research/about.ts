// Shared parts of the researchers' routes.
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { StudyServices } from '../services.ts'

export type App = Parameters<FastifyPluginCallbackZod<{ services: StudyServices }>>[0]

export const BASE = '/api/research/studies'
export const StudyParams = z.strictObject({ name: z.string().min(1).max(200) })
export const PlayerParams = StudyParams.extend({ player: z.string().min(1).max(100) })
export const about = { tags: ['research'], description: 'Needs the admin key.' }
