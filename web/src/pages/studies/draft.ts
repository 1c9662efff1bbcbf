// Study files as they are being written, kept in this browser until they are saved.

const DRAFT = 'paracosm.study-file.'

/** @param name of the study; `new` stands for one without a name */
export const readDraft = (name: string): string | undefined => localStorage.getItem(DRAFT + name) ?? undefined

export const forgetDraft = (name: string): void => localStorage.removeItem(DRAFT + name)

/** A browser that keeps nothing, or has no room, must not stop the writing. */
export function keepDraft(name: string, source: string): void {
  try {
    if (source === '') forgetDraft(name)
    else localStorage.setItem(DRAFT + name, source)
  } catch {
    // The field keeps what is written; only a reload would lose it.
  }
}
