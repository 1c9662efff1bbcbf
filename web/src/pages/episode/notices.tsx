// Notices about an episode: it failed, it cannot be shown, the connection is lost.
import { Icon } from '../../components/icon.tsx'
import { CourseError } from '../../course/worker-course.ts'
import { useStore } from '../../data/store.ts'
import { count } from '../../data/words.ts'
import type { EpisodePlayer, PlayerState } from '../../playback/player.ts'
import styles from './episode.module.css'

export function Notices({ player }: { player: EpisodePlayer }) {
  const notice = noticeOf(useStore(player.state))
  if (!notice) return undefined
  return (
    <div role="alert" className={styles.notice}>
      <Icon name="warn" />
      <p>{notice.text}</p>
      <code>{notice.code}</code>
    </div>
  )
}

function noticeOf({
  summary,
  info,
  error,
  phase,
  last,
  isLost,
}: PlayerState): { text: string; code: string } | undefined {
  const failure = info?.failure
  if (failure) {
    const text = `This episode failed after ${count(last, 'step')}: ${failure.message}. Everything before that is kept and can be verified.`
    return { text, code: failure.code }
  }
  if (summary.problem)
    return { text: `${summary.problem.message}. ${summary.problem.hint}`, code: summary.problem.code }
  if (info?.problem) return { text: `${info.problem.message}.`, code: info.problem.code }
  if (isLost) return { text: 'The connection to this episode is down; reconnecting.', code: 'UNREACHABLE' }
  if (!error) return undefined
  const code = error instanceof CourseError ? error.code : 'INTERNAL_ERROR'
  const what = phase === 'failed' ? 'The journal cannot be read' : 'This step cannot be shown'
  return { text: `${what}: ${error.message}.`, code }
}
