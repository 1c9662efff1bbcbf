// The parts of a study's page, as its address names them.

export const BOARD_TABS = ['monitor', 'design', 'invite', 'results', 'data'] as const
export type BoardTab = (typeof BOARD_TABS)[number]

export const MONITOR_VIEWS = ['now', 'needs', 'all'] as const
export type MonitorView = (typeof MONITOR_VIEWS)[number]
