// Failures of the participants' routes in the language of the participant: the shapes stay, the sentences change.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { chooseLanguage, type LanguageId } from '../../experiment/words/language.ts'
import { StudyRefusal } from '../../experiment/words/sentences.ts'
import type { Failure, FieldFault } from '../../transport/errors.ts'

/** Refusals whose English sentences the contracts fix. */
const FIXED: Readonly<Record<string, string>> = {
  'Invalid access key': 'Clave de acceso no válida',
  'Not available in free play mode': 'No disponible en el modo de juego libre',
  'This server has no run': 'Este servidor no tiene ningún estudio en curso',
  'This run needs registration': 'Este estudio necesita que usted se registre',
}

const BUSY = 'El servidor está ocupado. Inténtelo de nuevo dentro de un momento.'
const UNREADABLE = 'El servidor no ha podido leer el mensaje.'
const FAILED = 'El servidor no ha podido responder por un error interno.'
const DOWN = 'Ahora no se puede acceder a los datos del servidor. Inténtelo de nuevo.'

/** Failures that are the same for every route, by code. */
const BY_CODE: Readonly<Record<string, string>> = {
  UNKNOWN_EXPERIMENT: 'No existe ese estudio.',
  UNKNOWN_PLAYER: 'No hay ningún participante con esa clave en este estudio.',
  INTERNAL_ERROR: FAILED,
  STORE_UNAVAILABLE: DOWN,
  STORE_FULL: DOWN,
  FILE_UNWRITABLE: DOWN,
  STORE_BUSY: BUSY,
  QUEUE_FULL: BUSY,
  INTERRUPTED: BUSY,
  RATE_LIMITED: 'Demasiadas peticiones en poco tiempo. Espere un momento.',
  REQUEST_TIMEOUT: 'La petición ha tardado demasiado. Inténtelo de nuevo.',
  BODY_TOO_LARGE: 'El mensaje es demasiado grande.',
  JSON_MALFORMED: UNREADABLE,
  JSON_TOO_DEEP: UNREADABLE,
  BAD_REQUEST: UNREADABLE,
  VALIDATION_ERROR: UNREADABLE,
}

/** Faults of fields, by the rule that they break. */
const BY_RULE: Readonly<Record<string, string>> = {
  missing: 'Falta este campo',
  invalid_type: 'El tipo del valor no es el esperado',
  too_small: 'El valor es demasiado corto o pequeño',
  too_big: 'El valor es demasiado largo o grande',
  unrecognized_keys: 'Hay campos desconocidos',
}
const BAD_FIELD = 'El valor no es válido'

function inSpanish(failure: Failure, error: unknown): Failure {
  const message =
    error instanceof StudyRefusal ? error.sentence.es : (FIXED[failure.message] ?? BY_CODE[failure.code] ?? undefined)
  const faults = failure.faults?.map(faultInSpanish)
  return {
    ...failure,
    ...(message === undefined ? {} : { message }),
    ...(faults === undefined ? {} : { faults }),
  }
}

/** The style of the API writes absent fields in English: here the rule `missing` replaces the flag. */
function faultInSpanish(fault: FieldFault): FieldFault {
  const rule = fault.isMissing ? 'missing' : fault.rule
  return { ...fault, isMissing: false, rule, message: BY_RULE[rule ?? ''] ?? BAD_FIELD }
}

/** The language that a request asks for: `?lang=es`, or the header Accept-Language. */
export function languageOf(request: FastifyRequest): LanguageId {
  const [, query] = (request.raw.url ?? '').split('?')
  const lang = new URLSearchParams(query).get('lang')
  return chooseLanguage(lang ?? undefined, request.headers['accept-language'])
}

/** Rewords a failure for its reader; the headers name the language. */
export function rewordForParticipant(
  failure: Failure,
  about: { readonly error: unknown; readonly request: FastifyRequest; readonly reply: FastifyReply },
): Failure {
  const language = languageOf(about.request)
  void about.reply.header('content-language', language).header('vary', 'accept-language')
  return language === 'es' ? inSpanish(failure, about.error) : failure
}
