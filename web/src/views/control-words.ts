// The words of the generic controls, in the languages of studies. The page names its language.

export interface ControlWords {
  readonly commands: string
  readonly command: string
  readonly send: string
  readonly yes: string
  readonly no: string
  /** @param field empty for a whole command */
  notJson(field: string): string
}

const ENGLISH: ControlWords = {
  commands: 'Commands',
  command: 'command',
  send: 'Send',
  yes: 'yes',
  no: 'no',
  notJson: (field) =>
    field === ''
      ? 'A command is a JSON object, for example {"name": 1}.'
      : `“${field}” must be JSON, for example [1, 2].`,
}

const SPANISH: ControlWords = {
  commands: 'Órdenes',
  command: 'orden',
  send: 'Enviar',
  yes: 'sí',
  no: 'no',
  notJson: (field) =>
    field === ''
      ? 'Una orden es un objeto JSON, por ejemplo {"name": 1}.'
      : `«${field}» debe ser JSON, por ejemplo [1, 2].`,
}

/** The words for an element of a page; English where its language has none. */
export function wordsAt(element: HTMLElement): ControlWords {
  return element.closest<HTMLElement>('[lang]')?.lang.startsWith('es') ? SPANISH : ENGLISH
}
