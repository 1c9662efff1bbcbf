// The states that the list can be filtered by.

export const WATCH_STATUSES = ['live', 'finished', 'failed', 'unfinished', 'broken'] as const
