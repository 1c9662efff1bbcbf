// The statuses by which the list can be filtered.

export const WATCH_STATUSES = ['live', 'finished', 'failed', 'unfinished', 'broken'] as const
