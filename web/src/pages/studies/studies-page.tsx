// The studies of this server: the progress of their participants and quotas.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { StudyEntry } from 'paracosm/protocol'
import { ButtonLink } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import list from '../../components/row-list.module.css'
import { operatorKeyStore } from '../../data/operator.ts'
import { researchStudiesQuery } from '../../data/research.ts'
import { useStore } from '../../data/store.ts'
import { count, formatNumber } from '../../data/words.ts'
import { Opening } from '../../shell/opening.tsx'
import { Gate } from './admin-key.tsx'
import { Funnel } from './funnel.tsx'
import styles from './studies.module.css'

export function StudiesPage() {
  useTitle('Studies')
  const key = useStore(operatorKeyStore)
  const { data, error, refetch } = useQuery(researchStudiesQuery(key))
  if (key !== undefined && !data && !error) return <Opening what="Opening the studies" />
  const studies = data?.studies ?? []
  return (
    <Gate error={error} hasData={data !== undefined} onAgain={() => void refetch()}>
      <ReadingPage>
        <PageTitle above={`${count(studies.length, 'study', 'studies')} on this server`}>Studies</PageTitle>
        <p className={styles.lead}>
          <ButtonLink to="/new-study" icon="plus" look="primary">
            New study
          </ButtonLink>
          <ButtonLink to="/scenarios">Scenarios of characters</ButtonLink>
        </p>
        {studies.length === 0 ? (
          <Notice command="paracosm serve --experiment usability.yml">
            No studies yet. Write one here, or start the server with a file.
          </Notice>
        ) : (
          <ul className={list.rows} aria-label="Studies">
            {studies.map((study) => (
              <Row key={study.name} study={study} />
            ))}
          </ul>
        )}
      </ReadingPage>
    </Gate>
  )
}

function Row({ study }: { study: StudyEntry }) {
  const { progress, people } = study
  return (
    <li className={`${list.row} ${styles.study}`}>
      <div className={styles.studyHead}>
        <h2>
          <Link to="/studies/$study" params={{ study: study.name }} className={list.link}>
            {study.title}
          </Link>
        </h2>
        <StudyChip isClosed={study.is_closed} isComplete={progress.is_complete} />
        {study.title === study.name ? undefined : <code>{study.name}</code>}
      </div>
      <Funnel people={people} />
      <p className={styles.facts}>{quotaWords(progress)}</p>
    </li>
  )
}

export function StudyChip({ isClosed, isComplete }: { isClosed: boolean; isComplete: boolean }) {
  if (isClosed) return <Chip kind="plain">Closed</Chip>
  return isComplete ? <Chip kind="proved">Full</Chip> : <Chip kind="live">Recruiting</Chip>
}

/** @param progress of the quota: with none, its total is what has been completed */
function quotaWords({ total, completed }: StudyEntry['progress']): string {
  if (total === completed && total === 0) return 'No quota is set, or nothing has been played yet.'
  return `${formatNumber(completed)} of ${formatNumber(total)} wanted conversations completed`
}
