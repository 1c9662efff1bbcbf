// Study files as they are being written, kept in this browser until they are saved.

const DRAFT = 'paracosm.study-file.'

/** @param name of the study; `new` stands for one without a name */
export const readDraft = (name: string): string | undefined => localStorage.getItem(DRAFT + name) ?? undefined

export const forgetDraft = (name: string): void => localStorage.removeItem(DRAFT + name)

/** A browser without storage, or without space, must not prevent editing. */
export function keepDraft(name: string, source: string): void {
  try {
    if (source === '') forgetDraft(name)
    else localStorage.setItem(DRAFT + name, source)
  } catch {
    // The field keeps the text; only a reload would lose it.
  }
}
