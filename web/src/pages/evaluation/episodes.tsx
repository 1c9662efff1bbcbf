// The episodes behind the figures, filtered by the address: players, scores, and a link to each episode's page.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { EvaluationEpisode } from '../../../../src/protocol/evaluation.ts'
import { Button } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import table from '../../components/data-table.module.css'
import { SelectField } from '../../components/field.tsx'
import { Mark } from '../../components/mark.tsx'
import { Notice } from '../../components/notice.tsx'
import { evaluationEpisodesQuery } from '../../data/evaluations.ts'
import { codeOf } from '../../data/query-client.ts'
import { oneOf } from '../../data/search.ts'
import { count, formatNumber } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { evaluationRoute } from './address.ts'
import styles from './evaluation.module.css'
import { OUTCOMES } from './outcomes.ts'

const PAGE = 20
const ANY = ''

export function Episodes({ id, names }: { id: string; names: readonly string[] }) {
  const search = evaluationRoute.useSearch()
  const key = `${search.policy} ${search.opponent} ${search.outcome}`
  return (
    <section id="episodes" className={styles.episodes} aria-labelledby="episodes-title">
      <h2 id="episodes-title">Episodes</h2>
      <Filters names={names} />
      <Pages key={key} id={id} />
    </section>
  )
}

function Filters({ names }: { names: readonly string[] }) {
  const search = evaluationRoute.useSearch()
  const navigate = evaluationRoute.useNavigate()
  const change = (to: typeof search): void => void navigate({ search: { ...search, ...to }, resetScroll: false })
  const options = [{ id: ANY, label: 'Any policy' }, ...names.map((name) => ({ id: name, label: name }))]
  return (
    <div className={styles.filters}>
      <SelectField
        label="Policy"
        options={options}
        value={search.policy ?? ANY}
        onChange={({ target }) => change({ policy: target.value || undefined })}
      />
      <SelectField
        label="Against"
        options={options}
        value={search.opponent ?? ANY}
        onChange={({ target }) => change({ opponent: target.value || undefined })}
      />
      <SelectField
        label="Outcome"
        options={[
          { id: ANY, label: 'Any outcome' },
          { id: 'ok', label: 'Finished' },
          { id: 'failed', label: 'Failed' },
          { id: 'timeout', label: 'Timed out' },
        ]}
        value={search.outcome ?? ANY}
        onChange={({ target }) => change({ outcome: oneOf(target.value, OUTCOMES) })}
      />
    </div>
  )
}

function Pages({ id }: { id: string }) {
  const { policy, opponent, outcome } = evaluationRoute.useSearch()
  const [starts, setStarts] = useState<readonly number[]>([-1])
  const after = starts.at(-1) ?? -1
  const { data, error } = useQuery(evaluationEpisodesQuery(id, { policy, opponent, outcome, after, limit: PAGE }))
  if (error && !data) return <Notice code={codeOf(error)}>{explain(error).text}</Notice>
  if (!data) return <p role="status">Reading the episodes…</p>
  const next = data.next
  return (
    <>
      {data.episodes.length === 0 ? (
        <Notice>
          {next === null ? 'No episode has these policies and this outcome.' : 'None among those read so far.'}
        </Notice>
      ) : (
        <Table episodes={data.episodes} />
      )}
      <div className={styles.pages}>
        {starts.length > 1 ? <Button onClick={() => setStarts(starts.slice(0, -1))}>Previous</Button> : undefined}
        {next === null ? undefined : <Button onClick={() => setStarts([...starts, next])}>Next</Button>}
      </div>
    </>
  )
}

function Table({ episodes }: { episodes: readonly EvaluationEpisode[] }) {
  return (
    <table className={table.table}>
      <caption className={table.caption}>Episodes</caption>
      <thead>
        <tr>
          <th scope="col">Number</th>
          <th scope="col">Players and scores</th>
          <th scope="col">Variant</th>
          <th scope="col" className={table.number}>
            Length
          </th>
          <th scope="col">Episode</th>
        </tr>
      </thead>
      <tbody>
        {episodes.map((episode) => (
          <Row key={episode.number} episode={episode} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ episode }: { episode: EvaluationEpisode }) {
  const { number, outcome, players, scores, error } = episode
  const slots = players ?? scores?.map((_, slot) => `Slot ${slot}`) ?? []
  return (
    <tr>
      <th scope="row">{formatNumber(number)}</th>
      <td className={styles.players}>
        {slots.map((name, slot) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
          <span key={slot}>
            <Mark slot={slot} size={10} /> {name}{' '}
            {scores?.[slot] === undefined ? undefined : <b>{formatNumber(scores[slot])}</b>}
          </span>
        ))}
        {outcome === 'ok' ? undefined : <Chip kind="refused">{outcome === 'failed' ? 'Failed' : 'Timed out'}</Chip>}
        {error ? <span className={table.quiet}>{error.message}</span> : undefined}
      </td>
      <td data-label="Variant">{episode.variant ?? ''}</td>
      <td className={table.number} data-label="Length">
        {count(episode.steps, 'step')}
      </td>
      <td>
        {episode.episode === null ? (
          <span className={table.quiet}>No journal</span>
        ) : (
          <Link
            to="/episodes/$episode"
            params={{ episode: episode.episode }}
            className={table.link}
            aria-label={`Watch episode ${number}`}
          >
            Watch
          </Link>
        )}
      </td>
    </tr>
  )
}
