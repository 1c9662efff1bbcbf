// What @fastify/swagger is told, so that /openapi.json stands alone: every reference in it leads somewhere.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JsonValue } from '../protocol/json.ts'

export function openApiOptions(info: {
  readonly title: string
  readonly version: string
  readonly description: string
}): FastifyDynamicSwaggerOptions {
  // A schema that holds itself can only be told by a name.
  const schemaRegistry = z.registry<{ id: string }>()
  schemaRegistry.add(JsonValue, { id: 'JsonValue' })
  return {
    openapi: { openapi: '3.1.0', info: { ...info } },
    transform: createJsonSchemaTransform({ schemaRegistry }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  }
}
