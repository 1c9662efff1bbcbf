// Words that docs/glossary.md has retired. Identifiers are checked everywhere; ordinary words only where they cannot mean
// something else.
import type { Source } from './sources.ts'
import { lineOf } from './sources.ts'

interface Retired {
  readonly pattern: RegExp
  readonly use: string
  /** Files in which the word has another meaning, or in which an old wire format keeps it. */
  readonly except?: RegExp
}

const STORIES =
  /^src\/worlds\/(?:frontier|parley)\/|^src\/protocol\/character|^src\/testing\/parley|^tests\/fixtures\/|^docs\/(?:api\/protocol|characters)\.md$/
/** Third-party manifests, which state the number of seats of a variant. */
const FOREIGN = /^tests\/(?:runner|league)\//
const OLD_JOURNALS = /^src\/kernel\/journal-upgrade\.ts$|^src\/host\/(?:reindex|reindex\.test|journal-folder)\.ts$/
// The trial run of a study with simulated participants is a pilot in every textbook.
const STUDIES = /experiment/

/** Released summaries of lists and manifests. */
const WHOEVER = new RegExp(
  `${STORIES.source}|^src\\/worlds\\/paint-arena\\/world\\.ts$|^src\\/testing\\/worlds\\.ts$|^src\\/strategy\\/templates\\.ts$`,
)

const RETIRED: readonly Retired[] = [
  { pattern: /\b(?:Seat|Seats|SeatPlan|SeatHandle|SeatChange|SEAT_LOST|SEAT_TAKEN)\b/g, use: 'Slot…' },
  {
    pattern: /\bseats?\b/g,
    use: 'slot',
    except: new RegExp(`${STORIES.source}|${OLD_JOURNALS.source}|${FOREIGN.source}`),
  },
  {
    pattern: /\b(?:Pilot|createBotPilot|createGhostPilot|pilotFor|pilots?)\b/g,
    use: 'in-process player',
    except: STUDIES,
  },
  { pattern: /\bghosts?\b/g, use: 'recorded player', except: new RegExp(`${STORIES.source}|${OLD_JOURNALS.source}`) },
  {
    pattern: /\b(?:Endeavour|Interpretation|Sighting|DoorAt|DoorAgent|DoorError|DoorFailure)\b/g,
    use: 'see the glossary',
  },
  { pattern: /\b(?:PerceptionDoor|GameDoor|ReplayDoor|LiveDoors)\b/g, use: '…Adapter' },
  { pattern: /\b(?:Brain|Thought|createModelBrain|createScriptedBrain)\b/g, use: 'Policy, Decision' },
  { pattern: /\b(?:SessionHouse|openHouse|StoreHouse|ClientHouse)\b/g, use: 'SessionServices' },
  {
    pattern: /\b(?:Foundation|openFoundation|Ingest|Desk)\b/g,
    use: 'ServerStorage, EpisodeIndexer, AgentState',
    except: STORIES,
  },
  { pattern: /\b(?:Exhibition|exhibition|hasExhibition)\b/g, use: 'showcase', except: STORIES },
  {
    pattern: /\b(?:Breach|findBreaches|vandalise|Salvaged|salvage|isStillborn)\b/g,
    use: 'Violation, …',
    except: STORIES,
  },
  { pattern: /\bremed(?:y|ies)\b/g, use: 'hint', except: STORIES },
  { pattern: /\bCOMMAND_WORDS\b/g, use: 'COMMAND_TYPES' },
  { pattern: /\b[Dd]ata sets?\b/g, use: 'dataset' },
  { pattern: /\b(?:local cast|LocalCast|createLocalCast)\b/g, use: 'offline responder' },
  { pattern: /\bconformance kit\b/g, use: 'conformance suite' },
  { pattern: /\bperception doors?\b/g, use: 'perception adapter' },
  { pattern: /\bdeterminism kit\b/g, use: 'conformance suite' },
  // Phrases that mark a translation.
  { pattern: /\b(?:so manieth|unless told otherwise|by custom|save for)\b/g, use: 'plain English' },
  { pattern: /\b[Ww]hoever\b/g, use: 'the player that …, a client that …', except: WHOEVER },
  {
    pattern: /\b(?:goes? on with|every so many|become[s]? of (?:each|submissions)|what there is not)\b/g,
    use: 'plain English',
    except: STORIES,
  },
  { pattern: /\b(?:[Ss]teps|[Tt]icks|[Ff]rames) a second\b/g, use: '… per second' },
  { pattern: /\b[Oo]ne a (?:slot|row|seed)\b/g, use: 'one per …' },
  { pattern: /\bbetween two looks\b/g, use: 'between two checks' },
]

/** Every retired word, as `file:line: word: what to use`. */
export function checkWords(sources: readonly Source[]): string[] {
  const faults: string[] = []
  for (const { path, text } of sources) {
    // The glossary lists the retired words, and the test of this check contains them.
    if (path === 'docs/glossary.md' || path === 'scripts/check/check.test.ts') continue
    for (const { pattern, use, except } of RETIRED) {
      if (except?.test(path)) continue
      for (const match of text.matchAll(pattern)) {
        faults.push(`${path}:${lineOf(text, match.index)}: ${match[0]}: a retired word; use ${use}`)
      }
    }
  }
  return faults
}
