// Names of forms and keys of questions, normalised as in both generations.

/** Lower case; every run of characters other than a-z and 0-9 becomes one `_`, with none at either end. */
export function normalName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
}

interface Named {
  readonly key: string | null
  readonly prompt: string
}

/**
 * The keys of a form's questions, in order; all differ.
 * @param form the form's normal name
 */
export function questionKeys(form: string, questions: readonly Named[]): string[] {
  const taken = new Set<string>()
  return questions.map(({ key, prompt }, index) => {
    const number = index + 1
    const own = normalName(key ?? firstLine(prompt)) || `${form}_question_${number}`
    let unique = own
    for (let suffix = number; taken.has(unique); suffix++) unique = `${own}_${suffix}`
    taken.add(unique)
    return unique
  })
}

const firstLine = (prompt: string): string => /^[^\r\n]*/.exec(prompt.trim())?.[0] ?? prompt
