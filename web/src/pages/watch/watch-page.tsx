// All episodes, live ones first on request, filtered by the address parameters.
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Button, ButtonLink } from '../../components/button.tsx'
import { EpisodeTable } from '../../components/episode-table.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import { episodesQuery } from '../../data/episodes.ts'
import { count, STATUS_WORDS } from '../../data/words.ts'
import { worldsQuery } from '../../data/worlds.ts'
import { explain } from '../../shell/error-page.tsx'
import { watchRoute } from './address.ts'
import { WATCH_STATUSES } from './statuses.ts'
import styles from './watch.module.css'

const PAGE = 50
const ANY = { id: '', label: 'Any' }

export function WatchPage() {
  useTitle('Watch')
  const { status, world, variant, player, cursor } = watchRoute.useSearch()
  const query = {
    limit: PAGE,
    ...(status ? { status } : {}),
    ...(world ? { world } : {}),
    ...(variant ? { variant } : {}),
    ...(player ? { player } : {}),
    ...(cursor ? { cursor } : {}),
  }
  const { data, error, isPending } = useQuery(episodesQuery(query))
  return (
    <ReadingPage>
      <PageTitle above={data ? count(data.total_count, 'episode') : undefined}>Watch</PageTitle>
      <Filters />
      {error ? <Notice code={error.name}>{explain(error).text}</Notice> : undefined}
      {isPending ? <p role="status">Opening the list…</p> : undefined}
      {data?.entries.length === 0 ? (
        <Notice
          command="paracosm run paint-arena sweep greedy"
          actions={<ButtonLink to="/worlds">Choose a world</ButtonLink>}
        >
          No episode fits. Start one, or run this command.
        </Notice>
      ) : (
        <EpisodeTable label="Episodes" episodes={data?.entries ?? []} />
      )}
      <nav className={styles.pages} aria-label="Pages">
        {cursor ? (
          <ButtonLink to="/watch" search={(before) => ({ ...before, cursor: undefined })}>
            Newest
          </ButtonLink>
        ) : undefined}
        {data?.next_cursor ? (
          <ButtonLink to="/watch" search={(before) => ({ ...before, cursor: data.next_cursor ?? undefined })}>
            Older
          </ButtonLink>
        ) : undefined}
      </nav>
    </ReadingPage>
  )
}

function Filters() {
  const { status, world, variant, player } = watchRoute.useSearch()
  const worlds = useQuery(worldsQuery).data ?? []
  const navigate = useNavigate({ from: '/watch' })
  const [name, setName] = useState(player ?? '')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void navigate({ search: (before) => ({ ...before, player: name === '' ? undefined : name, cursor: undefined }) })
  }
  return (
    <form className={styles.filters} onSubmit={submit}>
      <SelectField
        label="State"
        value={status ?? ''}
        options={[ANY, ...WATCH_STATUSES.map((id) => ({ id, label: STATUS_WORDS[id] }))]}
        onChange={({ target }) => {
          const chosen = WATCH_STATUSES.find((each) => each === target.value)
          void navigate({ search: (before) => ({ ...before, status: chosen, cursor: undefined }) })
        }}
      />
      <SelectField
        label="World"
        value={world ?? ''}
        options={[ANY, ...worlds.map(({ id }) => ({ id, label: id }))]}
        onChange={({ target }) => {
          const chosen = target.value === '' ? undefined : target.value
          void navigate({ search: (before) => ({ ...before, world: chosen, variant: undefined, cursor: undefined }) })
        }}
      />
      <SelectField
        label="Variant"
        value={variant ?? ''}
        options={[
          ANY,
          ...(worlds.find(({ id }) => id === world)?.variants ?? []).map(({ id, title }) => ({ id, label: title })),
        ]}
        disabled={world === undefined}
        onChange={({ target }) => {
          const chosen = target.value === '' ? undefined : target.value
          void navigate({ search: (before) => ({ ...before, variant: chosen, cursor: undefined }) })
        }}
      />
      <TextField label="Player" value={name} onChange={({ target }) => setName(target.value)} placeholder="greedy" />
      <Button type="submit">Filter</Button>
    </form>
  )
}
