// What an experience request plays, as it is stored: the id of a world, or `cow_` and the UUID of an uploaded package.

const PACKAGE = /^cow_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** The UUID of the package; undefined for a world. */
export const packageIdOf = (played: string): string | undefined => PACKAGE.exec(played)?.[1]
