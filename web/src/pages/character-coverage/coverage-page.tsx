// How much of the space of minds the characters cover: the assumptions from which humans diverge, and the values that
// others combine.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { CharacterCoverage } from '../../../../src/protocol/character-coverage.ts'
import { ButtonLink } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { coverageQuery } from '../../data/characters.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import styles from './coverage.module.css'
import { Matrix, percent } from './matrix.tsx'
import { Pairs } from './pairs.tsx'

export function CoveragePage() {
  useTitle('Coverage of characters')
  const { data, error } = useQuery(coverageQuery)
  if (error) {
    return (
      <ReadingPage>
        <PageTitle>Coverage</PageTitle>
        <Notice>{explain(error).text}</Notice>
      </ReadingPage>
    )
  }
  if (!data) return <Opening what="Counting the characters" />
  return (
    <ReadingPage>
      <PageTitle
        above={
          <Link to="/characters">
            {count(data.characters, 'character')}: {data.humans.length} human, {data.others.length} not
          </Link>
        }
      >
        {finding(data)}
      </PageTitle>
      {data.characters === 0 ? (
        <Notice actions={<ButtonLink to="/characters">Characters</ButtonLink>}>This server has no characters.</Notice>
      ) : undefined}
      <Humans coverage={data} />
      <Others coverage={data} />
      <Downloads coverage={data} />
    </ReadingPage>
  )
}

/** The finding first, in numbers that the pictures below show. */
function finding({ human, nonhuman }: CharacterCoverage): string {
  const parts = [
    ...(human ? [`Humans diverge from ${human.covered} of ${human.total} assumptions, ${percent(human)}.`] : []),
    ...(nonhuman
      ? [`Others have ${nonhuman.covered} of ${nonhuman.total} pairs of substrate and size, ${percent(nonhuman)}.`]
      : []),
  ]
  return parts.length === 0 ? 'No character has data to count.' : parts.join(' ')
}

function Humans({ coverage: { humans, assumptions } }: { coverage: CharacterCoverage }) {
  if (humans.length === 0) {
    return (
      <Section title="Human characters">
        <Notice>No human character says what it diverges from.</Notice>
      </Section>
    )
  }
  const missing = assumptions.filter(({ divergent }) => divergent === 0)
  return (
    <Section title="Human characters and what is taken for granted">
      <p className={styles.note}>
        {missing.length === 0
          ? 'Every assumption has a character who diverges from it.'
          : `Nobody diverges from ${missing.map(({ name }) => words(name)).join(', ')}.`}
      </p>
      <Matrix
        caption="Who diverges from which assumption"
        columns={assumptions.map(({ id, section, name, divergent }) => ({
          id,
          group: words(section).replace(/ assumptions$/, ''),
          label: words(name),
          total: divergent,
        }))}
        rows={humans.map(({ hid, label, divergent }) => ({ id: hid, label, marked: new Set(divergent) }))}
        yes="divergent"
        no="as taken for granted"
      />
    </Section>
  )
}

function Others({ coverage: { others, dimensions, pairs } }: { coverage: CharacterCoverage }) {
  if (others.length === 0) {
    return (
      <Section title="Other characters">
        <Notice>No other character has dimensions.</Notice>
      </Section>
    )
  }
  return (
    <Section title="Other characters and their dimensions">
      <div className={styles.dimensions}>
        {dimensions.map(({ name, options }) => (
          <Dimension key={name} name={name} options={options} />
        ))}
      </div>
      {pairs.map((pair) => (
        <Pairs key={`${pair.one} ${pair.other}`} pair={pair} />
      ))}
    </Section>
  )
}

type Options = CharacterCoverage['dimensions'][number]['options']

function Dimension({ name, options }: { name: string; options: Options }) {
  const most = Math.max(1, ...options.map((each) => each.count))
  return (
    <figure className={styles.dimension}>
      <figcaption>{words(name)}</figcaption>
      {options.length === 1 ? (
        <p className={styles.note}>All of them: {words(options[0]?.option ?? '')}.</p>
      ) : undefined}
      {options.length < 2 ? undefined : (
        <ul>
          {options.map(({ option, count: number }) => (
            <li key={option}>
              <span>{words(option)}</span>
              <span className={styles.bar} aria-hidden="true">
                <span style={{ width: `${(number / most) * 100}%` }} />
              </span>
              <b>{number}</b>
            </li>
          ))}
        </ul>
      )}
    </figure>
  )
}

/** The same data as files, made in the browser. */
function Downloads({ coverage }: { coverage: CharacterCoverage }) {
  const files = [
    { name: 'assumptions', data: coverage.assumptions },
    { name: 'dimensions', data: { dimensions: coverage.dimensions, pairs: coverage.pairs } },
    { name: 'characters', data: { humans: coverage.humans, others: coverage.others } },
  ]
  return (
    <Section title="Downloads">
      <p className={styles.downloads}>
        {files.map(({ name, data }) => (
          <a
            key={name}
            className={styles.download}
            download={`coverage-${name}.json`}
            href={`data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(data, null, 2))}`}
          >
            {name}.json
          </a>
        ))}
      </p>
    </Section>
  )
}

export const words = (key: string): string => key.replaceAll('_', ' ')
