// How runs and certifications look on a terminal and as JSON.
import type { CertifyReport } from '../runner/certify.ts'
import type { CheckReport } from '../runner/checks.ts'
import type { RunEvent } from '../runner/run-events.ts'
import { findReplayFile, type Workspace } from '../runner/workspace.ts'

const MARKS = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const

/** One line, and the steps of a failed episode below it. */
export function formatCheck(check: CheckReport): string {
  const number = check.number === null ? '+' : String(check.number)
  const lines = [`${MARKS[check.outcome]} ${number} ${check.id}: ${check.reason}`]
  if (check.outcome === 'failed') {
    for (const step of check.steps ?? []) {
      // A failed step's reason is the check's own, which was just printed.
      const reason = step.outcome === 'failed' ? 'see above' : step.reason
      lines.push(`       ${MARKS[step.outcome]} step ${step.number} ${step.id}: ${reason}`)
    }
    if (check.hint !== undefined) lines.push(`     fix: ${check.hint}`)
  }
  return lines.join('\n')
}

/** What a run is doing now, in a few words. */
export function formatEvent(event: RunEvent): string {
  switch (event.kind) {
    case 'step-started':
      return `step ${event.number} of 14: ${event.id}`
    case 'step-ended':
      return `step ${event.step.number} of 14: ${event.step.id}: ${event.step.outcome}`
    case 'ready':
      return `watch at ${event.links.global}`
    case 'player-exited':
      return `player ${event.slot} exited with status ${event.status}`
    case 'game-exited':
      return `the game exited with status ${event.status}`
  }
}

/** A line for a player that failed while its game goes on: the game may wait for it until the timeout. */
export function formatEarlyExit(event: RunEvent): string | undefined {
  if (event.kind !== 'player-exited' || !event.isEarly || event.status === 0) return undefined
  const log = event.logTail === '' ? 'its log is empty' : `the end of its log:\n${event.logTail}`
  return `player ${event.slot} exited with status ${event.status} before the game ended; ${log}`
}

/** The paths of an episode's artefacts, as every `--json` prints them. */
export function artefactsToJson(workspace: Workspace): unknown {
  const { folder, config, results, logs, gameStdout, gameStderr } = workspace
  const replay = findReplayFile(workspace) ?? workspace.replay
  return { folder, config, results, replay, logs, game_stdout: gameStdout, game_stderr: gameStderr }
}

/** The document that `certify --json` prints. */
export function certifyToJson(report: CertifyReport): unknown {
  const { manifest, path } = report.package ?? {}
  return {
    certified: report.certified,
    checks: report.checks,
    package: manifest && {
      manifest_path: path,
      manifest,
      game_runnable: manifest.game.runnable,
      config_schema: manifest.game.config_schema,
      results_schema: manifest.game.results_schema,
      protocols: manifest.game.protocols,
    },
    artifacts: report.workspace && artefactsToJson(report.workspace),
    episode_request: report.episodeRequest,
    results: report.results,
    report: report.page,
  }
}
