// One place that turns whatever a route throws into a Problem.
import type { FastifyInstance } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { AppError } from '../kernel/errors.ts'
import type { Problem } from '../protocol/problem.ts'

export function installProblems(app: FastifyInstance): void {
  app.setErrorHandler(async (error, request, reply) => {
    const { status, problem } = toProblem(error)
    if (status >= 500) request.log.error({ error: String(error), path: request.url.split('?')[0] }, 'request.failed')
    return reply.code(status).send(problem)
  })
  app.setNotFoundHandler(async (request, reply) => {
    const problem: Problem = {
      code: 'NOT_FOUND',
      message: `there is nothing at ${request.method} ${request.url.split('?')[0]}`,
      hint: 'See /openapi.json for what there is.',
    }
    return reply.code(404).send(problem)
  })
}

function toProblem(error: unknown): { status: number; problem: Problem } {
  if (error instanceof AppError) return { status: error.status, problem: error.toProblem() }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map((each) => ({
      path: `${error.validationContext ?? 'request'}${each.instancePath.replaceAll('/', '.')}`,
      message: each.message ?? 'invalid',
    }))
    const first = faults[0]
    const appError = new AppError('VALIDATION_ERROR', `${first?.path ?? 'request'}: ${first?.message ?? 'invalid'}`, {
      details: { faults },
    })
    return { status: 422, problem: appError.toProblem() }
  }
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500) {
    const message = error instanceof Error ? error.message : 'the request cannot be read'
    return { status, problem: { code: 'BAD_REQUEST', message, hint: 'See /openapi.json for what is taken here.' } }
  }
  return {
    status: 500,
    problem: {
      code: 'INTERNAL_ERROR',
      message: 'something went wrong here',
      hint: 'Try again; the log has the cause.',
    },
  }
}
