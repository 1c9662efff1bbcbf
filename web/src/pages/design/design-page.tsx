// Every component, live and in each state, for developers and testers of pages.
import { type ReactNode, useState } from 'react'
import { Button, ButtonAnchor, IconButton } from '../../components/button.tsx'
import { Chip } from '../../components/chip.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { SlotName } from '../../components/mark.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { VirtualList } from '../../components/virtual-list.tsx'
import { usePageActions } from '../../shell/palette-store.ts'
import { toast } from '../../shell/toasts.tsx'
import styles from './design.module.css'

const COLOURS = ['paper', 'surface', 'sunken', 'hover', 'field', 'ink', 'ink-2', 'ink-3', 'line', 'line-2'] as const
const SLOTS = ['blue', 'orange', 'forest', 'plum', 'olive', 'petrol', 'clay', 'violet'] as const

const ACTIONS = [{ label: 'Say something', group: 'This page', run: () => toast('Said.') }]
const MANY = 100_000

export function DesignPage() {
  useTitle('Design')
  usePageActions(ACTIONS)
  return (
    <ReadingPage>
      <PageTitle above="For those who build pages">Components</PageTitle>
      <p>How they are used is in web/README.md. Each is shown here with its states.</p>
      <Section title="Colours">
        <ul className={styles.swatches}>
          {COLOURS.map((name) => (
            <li key={name}>
              <span className={`${styles.swatch} ${styles[name]}`} />
              <code>--{name}</code>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Slots">
        <Row>
          {SLOTS.map((name, slot) => (
            <SlotName key={name} slot={slot} name={`${slot} ${name}`} />
          ))}
        </Row>
      </Section>
      <Actions />
      <Choices />
      <Section title="Fields">
        <div className={styles.fields}>
          <TextField label="Seed" defaultValue="417" help="Shown, so that it can be shared." />
          <TextField label="Pace" defaultValue="fast" error="Give steps per second: a number from 0.1 to 1000." />
          <SelectField
            label="Variant"
            options={[
              { id: 'duel', label: 'Duel' },
              { id: 'four', label: 'Four corners' },
            ]}
          />
        </div>
      </Section>
      <Section title="A long list">
        <div className={styles.long}>
          <VirtualList label="Many rows" count={MANY} rowHeight={28} row={(index) => `Row ${index}`} />
        </div>
      </Section>
      <Section title="Empty">
        <Notice command="paracosm run paint-arena sweep greedy">
          No episodes yet. Start one, or run this command.
        </Notice>
      </Section>
    </ReadingPage>
  )
}

function Row({ children }: { children: ReactNode }) {
  return <div className={styles.row}>{children}</div>
}

function Actions() {
  return (
    <>
      <Section title="Buttons">
        <Row>
          <Button look="primary" icon="fork">
            Fork at 141
          </Button>
          <ButtonAnchor icon="download" href="/openapi.json" download>
            OpenAPI
          </ButtonAnchor>
          <Button look="bare" icon="share">
            Share
          </Button>
          <Button why="The journal is still being written.">Verify</Button>
          <IconButton icon="dice" label="Another seed" />
          <Button onClick={() => toast('The link to step 141 is copied.')}>Say something</Button>
        </Row>
      </Section>
      <Section title="States">
        <Row>
          <Chip kind="live">Live</Chip>
          <Chip kind="proved">Proved</Chip>
          <Chip kind="differs">Differs</Chip>
          <Chip kind="refused">Refused</Chip>
          <Chip kind="warn">Provisional</Chip>
          <Chip kind="plain">Not checked</Chip>
        </Row>
      </Section>
      <Section title="A line to copy">
        <CopyLine text="paracosm run paint-arena sweep greedy --seed 417" />
      </Section>
    </>
  )
}

const TABS = [
  { id: 'commands', label: 'Commands' },
  { id: 'state', label: 'State' },
  { id: 'events', label: 'Events', count: 1204 },
]
const PACES = [
  { id: '1', label: '1×' },
  { id: '4', label: '4×' },
  { id: 'max', label: 'Max' },
]

function Choices() {
  const [tab, setTab] = useState('commands')
  const [pace, setPace] = useState('1')
  return (
    <>
      <Section title="Tabs">
        <Tabs label="Panel" tabs={TABS} chosen={tab} onChoose={setTab}>
          <p className={styles.panel}>The panel of {tab}.</p>
        </Tabs>
      </Section>
      <Section title="One of a few">
        <Segmented label="Speed" options={PACES} chosen={pace} onChoose={setPace} />
      </Section>
    </>
  )
}
