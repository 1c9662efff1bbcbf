// Options of @fastify/swagger that make /openapi.json self-contained: every reference resolves.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JsonValue } from '../protocol/json.ts'

export function openApiOptions(info: {
  readonly title: string
  readonly version: string
  readonly description: string
}): FastifyDynamicSwaggerOptions {
  // A recursive schema can only be referenced by name.
  const schemaRegistry = z.registry<{ id: string }>()
  schemaRegistry.add(JsonValue, { id: 'JsonValue' })
  const transform = createJsonSchemaTransform({ schemaRegistry })
  return {
    openapi: { openapi: '3.1.0', info: { ...info }, components: { securitySchemes: SECURITY_SCHEMES } },
    transform(route) {
      const { schema, url } = transform(route)
      const security = securityOf(String(route.route.method), url)
      return { url, schema: security ? { ...schema, security } : schema }
    },
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  }
}

const bearer = (description: string) => ({ type: 'http' as const, scheme: 'bearer', description })

const SECURITY_SCHEMES = {
  slotToken: bearer('Token of a slot, from the start of its episode.'),
  playerKey: bearer('Access key of a player, from the registration. Not needed in free play.'),
  adminKey: bearer('Admin key of the server, PARACOSM_ADMIN_KEY.'),
}

type Security = { readonly [scheme: string]: string[] }[]

/** Routes with a credential, by method and path; the first match counts. */
const SECURED: readonly [RegExp, Security][] = [
  [/^\w+ .*\/(?:perception|command|commands\/:command_id|perception\/stream|:engine\/status)$/, [{ slotToken: [] }]],
  // Local callers need no key.
  [
    /^(?:POST \/api\/episodes(?:\/:id\/(?:forks|branches|pace|end|slots\/:slot\/player))?|GET \/api\/commands(?:\/count|\/:id)?)$/,
    [{}, { adminKey: [] }],
  ],
  [/^(?:POST|PUT|DELETE) \/api\/characters/, [{ adminKey: [] }]],
  [/^\w+ \/api\/sessions\/:id\/status$/, [{}]],
  [/^\w+ \/api\/(?:sessions|play)\//, [{ playerKey: [] }, {}]],
]

const securityOf = (method: string, url: string): Security | undefined =>
  SECURED.find(([pattern]) => pattern.test(`${method} ${url}`))?.[1]
