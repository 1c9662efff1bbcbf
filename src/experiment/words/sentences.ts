// What the server says to participants, in every language. The English sentences are part of the wire: clients of the
// original show them.
import { AppError } from '../../kernel/errors.ts'
import type { Sentence } from './language.ts'

const say = (en: string, es: string): Sentence => ({ en, es })

export const SAY = {
  withdrawn: say('You have withdrawn from this study.', 'Usted ha dejado este estudio.'),
  finished: say('You have finished this study.', 'Usted ha terminado este estudio.'),
  needsConsent: say(
    'Consent is required before you can take part.',
    'Para participar tiene que dar antes su consentimiento.',
  ),
  badLink: say('This link does not open the study.', 'Este enlace no abre el estudio.'),
  noConsent: say('This study does not ask for consent.', 'Este estudio no pide consentimiento.'),
  consentChanged: (version: string) =>
    say(
      `The consent text has changed; the current version is ${version}.`,
      `El texto del consentimiento ha cambiado; la versión actual es ${version}.`,
    ),
  sign: say('Type your name to sign.', 'Escriba su nombre para firmar.'),
  closed: say('This study is closed.', 'Este estudio está cerrado.'),
  noActive: say('There is no active assignment.', 'No tiene ninguna asignación activa.'),
  inProgress: say('The assignment is already in progress.', 'La asignación ya está en curso.'),
  startedAlready: say('The assignment has been started already.', 'La asignación ya se había empezado.'),
  noneWaiting: say('No assignment is waiting for answers.', 'Ninguna asignación espera respuestas.'),
  noChoice: say('Players do not choose their assignments in this study.', 'En este estudio no se elige la asignación.'),
  notOffered: say('This choice is not offered.', 'Esta opción no está disponible.'),
  formsFirst: say('Answer the forms of the study first.', 'Responda primero a los formularios del estudio.'),
  notYours: say('There is no such assignment of yours.', 'Usted no tiene esa asignación.'),
  completed: say('The assignment is completed.', 'La asignación está completada.'),
  notResumable: say(
    'The session of this assignment cannot be resumed.',
    'La conversación de esta asignación no se puede reanudar.',
  ),
  notWaiting: (group: string) =>
    say(`The forms ${group} are not waiting for answers.`, `Los formularios ${group} no esperan respuestas.`),
  tooLong: (most: number) =>
    say(`The answers exceed ${most} characters.`, `Las respuestas pasan de ${most} caracteres.`),
  inWorld: (game: string) =>
    say(
      `${game} is played in a world: POST /api/studies/{name}/episodes starts it.`,
      `${game} se juega en un mundo: POST /api/studies/{name}/episodes lo empieza.`,
    ),
  textGame: (game: string) =>
    say(`${game} is a text game: start its session.`, `${game} es un juego de texto: empiece su conversación.`),
  noPc: (pc: string) => say(`Invalid pc_choice: ${pc}`, `pc_choice no válido: ${pc}`),
  noNpc: (npc: string) => say(`Invalid npc_choice: ${npc}`, `npc_choice no válido: ${npc}`),
} as const

/** A refusal that a participant reads, in every language; `message` is the English sentence. */
export class StudyRefusal extends AppError {
  readonly sentence: Sentence

  constructor(code: 'STUDY_REFUSED' | 'STUDY_FORBIDDEN', sentence: Sentence) {
    super(code, sentence.en)
    this.sentence = sentence
  }
}

/** 400: the participant cannot do this now. */
export const refuse = (sentence: Sentence): StudyRefusal => new StudyRefusal('STUDY_REFUSED', sentence)

/** 403: the participant may not do this. */
export const forbid = (sentence: Sentence): StudyRefusal => new StudyRefusal('STUDY_FORBIDDEN', sentence)
