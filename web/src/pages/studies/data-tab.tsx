// The data and the report of a study, as files, with the commands that do the same.
import type { StudyBoard } from 'paracosm/protocol'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { Section } from '../../components/page.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { researchClient } from '../../data/research.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './data.module.css'

type Format = 'all' | 'csv' | 'parquet'

export function DataTab({ board }: { board: StudyBoard }) {
  const [format, setFormat] = useState<Format>('all')
  const { name, people } = board
  return (
    <div className={styles.data}>
      <Section title="Data">
        <p className={styles.text}>
          Tables of {count(people.joined, 'participant')}, assignments, answers, sessions and events, with a codebook,
          the study file and checksums. Participants are numbers, and answers of type email and phone are left out. What
          people wrote in free text and in the conversations is as they wrote it: read it before you publish it.
        </p>
        <Segmented<Format>
          label="Format"
          options={[
            { id: 'all', label: 'CSV and Parquet' },
            { id: 'csv', label: 'CSV' },
            { id: 'parquet', label: 'Parquet' },
          ]}
          chosen={format}
          onChoose={setFormat}
        />
        <SaveFile
          label="Download the data"
          file={`${name} data.zip`}
          open={(signal) => researchClient(signal).downloadData(name, format)}
        />
        <CopyLine text={`paracosm experiment export ${quoted(name)} --output ${quoted(`${name}-data`)}`} />
        <p className={styles.text}>The same as a folder that follows BIDS:</p>
        <CopyLine
          text={`paracosm experiment export ${quoted(name)} --layout bids --output ${quoted(`${name}-bids`)}`}
        />
      </Section>
      <Section title="Report">
        <p className={styles.text}>
          One HTML file that needs no network: the course of the study, answers, coverage of characters, response times,
          errors and transcripts.
        </p>
        <SaveFile
          label="Download the report"
          file={`${name} report.html`}
          open={(signal) => researchClient(signal).downloadReport(name)}
        />
      </Section>
    </div>
  )
}

/** Quoted for a shell. */
const quoted = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

interface SaveProps {
  readonly label: string
  readonly file: string
  open(signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
}

type Progress =
  | { readonly at: 'idle' }
  | { readonly at: 'making' }
  | { readonly at: 'reading'; readonly bytes: number }
  | { readonly at: 'saved'; readonly bytes: number }
  | { readonly at: 'failed'; readonly text: string }

function SaveFile({ label, file, open }: SaveProps) {
  const [progress, setProgress] = useState<Progress>({ at: 'idle' })
  const cancel = useRef<AbortController>(undefined)
  useEffect(() => () => cancel.current?.abort(), [])
  const isBusy = progress.at === 'making' || progress.at === 'reading'
  const save = async (): Promise<void> => {
    const controller = new AbortController()
    cancel.current = controller
    setProgress({ at: 'making' })
    try {
      const parts: BlobPart[] = []
      let bytes = 0
      for await (const chunk of chunksOf(await open(controller.signal))) {
        parts.push(new Uint8Array(chunk))
        bytes += chunk.byteLength
        setProgress({ at: 'reading', bytes })
      }
      saveBlob(new Blob(parts), file)
      setProgress({ at: 'saved', bytes })
    } catch (error) {
      if (controller.signal.aborted) setProgress({ at: 'idle' })
      else setProgress({ at: 'failed', text: explain(error).text })
    }
  }
  return (
    <div className={styles.save}>
      <Button
        icon="download"
        look="primary"
        onClick={() => void save()}
        why={isBusy ? 'The file is on its way.' : undefined}
      >
        {label}
      </Button>
      {isBusy ? (
        <Button look="bare" onClick={() => cancel.current?.abort()}>
          Cancel
        </Button>
      ) : undefined}
      <p role="status">{wordsOf(progress)}</p>
    </div>
  )
}

function wordsOf(progress: Progress): string {
  switch (progress.at) {
    case 'idle':
      return ''
    case 'making':
      return 'The server is making the file.'
    case 'reading':
      return `${sizeWords(progress.bytes)} so far`
    case 'saved':
      return `Saved, ${sizeWords(progress.bytes)}.`
    case 'failed':
      return progress.text
  }
}

const sizeWords = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has its own reference by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 0)
}
