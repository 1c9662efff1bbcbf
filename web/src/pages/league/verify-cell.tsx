// Verifies a row of the leaderboard in this browser.
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { WorkerCourse } from '../../course/worker-course.ts'
import { storedKey } from '../../data/client.ts'
import { policyQuery } from '../../data/leagues.ts'
import styles from './leaderboard.module.css'
import { proveRow, type RowProof, sentenceOf } from './row-proof.ts'

interface Props {
  /** The league in addresses. */
  readonly league: string
  /** The policy versions of the row. */
  readonly versions: readonly string[]
  readonly name: string
}

export function VerifyCell({ league, versions, name }: Props) {
  const queries = useQueryClient()
  const [proof, setProof] = useState<RowProof>({ kind: 'unchecked' })
  const left = useRef<AbortController>(undefined)
  useEffect(() => () => left.current?.abort(), [])
  const start = async (): Promise<void> => {
    const control = new AbortController()
    left.current = control
    setProof({ kind: 'checking', done: 0, of: 0 })
    try {
      const figures = await Promise.all(versions.map((version) => queries.fetchQuery(policyQuery(league, version))))
      const proved = await proveRow({
        matches: figures.flatMap(({ matches }) => matches),
        open: (episode) => new WorkerCourse({ origin: location.origin, key: storedKey(), episode }),
        report: setProof,
        signal: control.signal,
      })
      if (!control.signal.aborted) setProof(proved)
    } catch (error) {
      setProof({ kind: 'impossible', message: error instanceof Error ? error.message : String(error) })
    }
  }
  const isRunning = proof.kind === 'checking'
  return (
    <>
      <Button
        look="bare"
        icon="proved"
        aria-label={`Verify ${name}`}
        onClick={() => void start()}
        why={isRunning ? 'The matches are being verified.' : undefined}
      >
        Verify
      </Button>
      <span role="status" className={styles.outcome}>
        {proof.kind === 'unchecked' ? undefined : proof.kind === 'differs' ? (
          <>
            <Link to="/episodes/$episode" params={{ episode: proof.episode }}>
              A match differs
            </Link>
            : {proof.what}.
          </>
        ) : (
          sentenceOf(proof)
        )}
      </span>
    </>
  )
}
