// Publishes characters: records their evaluations, copies their documents to the production seeds, and rebuilds the
// manifest. It makes a plan first, and writes nothing for characters that the policy does not approve.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { finishFileSet, replaceFiles, type SetFile } from '../../lib/file-set.ts'
import { isMissing } from '../../lib/files.ts'
import { lockFolder } from '../../lib/folder-lock.ts'
import { byText } from '../strategy/candidates.ts'
import { type CharacterDocument, fingerprintOf, type Prompts, parseSpelled } from './fingerprint.ts'
import { approvedCharacters, CharacterEvaluation, manifestText, parseManifest, ReleasePolicy } from './policy.ts'
import type { ReportedScores } from './quality-table.ts'

export const EVALUATIONS = 'dev/character_evaluations.json'
export const DEV_CHARACTERS = 'dev/characters.json'
export const PROD_CHARACTERS = 'prod/characters.json'
export const RELEASE_MANIFEST = 'prod/release_manifest.json'

export interface PublishRequest {
  /** The folder with `dev` and `prod`. */
  readonly seeds: string
  readonly policy: ReleasePolicy
  readonly scores: readonly ReportedScores[]
  readonly hids: readonly string[]
  readonly evaluator: { readonly id: string; readonly expertise: string }
  /** The model that plays characters. */
  readonly model: string
  readonly prompts: Prompts
  /** The time of the manifest. */
  readonly now: Date
}

/** The changes of a publication. */
export interface PublishPlan {
  readonly evaluations: readonly object[]
  /** Characters that are new in production. */
  readonly added: readonly string[]
  readonly approved: { readonly before: readonly string[]; readonly after: readonly string[] }
  readonly files: readonly SetFile[]
  /** Hash of the files from which the plan was made: they must not change before it is carried out. */
  readonly basis: string
}

/** @throws AppError VALIDATION_ERROR */
export function parsePolicy(text: string, name: string): ReleasePolicy {
  let value: unknown
  try {
    value = parseYaml(text)
  } catch (cause) {
    throw new AppError('VALIDATION_ERROR', `${name} is not YAML`, { cause })
  }
  return parseWith(ReleasePolicy, value, { code: 'VALIDATION_ERROR', what: name })
}

interface SeedList {
  readonly text: string
  readonly documents: ReadonlyMap<string, { readonly document: CharacterDocument; readonly text: string }>
}

async function readOr(path: string, otherwise: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return otherwise
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read`, { cause: error })
  })
}

const Documents = z.array(z.looseObject({ hid: z.string() }))

/** Numbers keep their spelling, because it is part of the fingerprint. */
function readSeeds(text: string, name: string): SeedList {
  const plain = parseWith(Documents, parseJson(text, name), { code: 'VALIDATION_ERROR', what: name })
  const spelled = parseSpelled(text)
  const documents = new Map<string, { document: CharacterDocument; text: string }>()
  plain.forEach(({ hid }, index) => {
    const document: unknown = Array.isArray(spelled) ? spelled[index] : undefined
    if (!isDocument(document)) return
    documents.set(hid, { document, text: textOfElement(text, index) })
  })
  return { text, documents }
}

const isDocument = (value: unknown): value is CharacterDocument => typeof value === 'object' && value !== null

/** The text of one element of a JSON list, as its author wrote it. */
function textOfElement(text: string, wanted: number): string {
  let depth = 0
  let index = -1
  let from = 0
  for (const { 0: mark, index: at } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    if (mark.startsWith('"')) continue
    if (mark === '{' || mark === '[') {
      if (depth === 1) {
        index++
        from = at
      }
      depth++
    } else {
      depth--
      if (depth === 1 && index === wanted) return text.slice(from, at + 1)
    }
  }
  throw new AppError('VALIDATION_ERROR', `the list has no element ${wanted + 1}`)
}

/** Appends elements to the text of a JSON list without changing the existing text. */
function appendTo(list: string, elements: readonly string[]): string {
  const open = list.trimEnd().replace(/\]$/, '').trimEnd()
  if (elements.length === 0) return list
  const start = open.endsWith('[') ? open : `${open},`
  return `${start}\n${elements.map((each) => `  ${each}`).join(',\n')}\n]\n`
}

interface SeedFiles {
  readonly dev: SeedList
  readonly prod: SeedList
  readonly evaluationText: string
  readonly manifestText: string | undefined
  readonly basis: string
}

async function readFiles(seeds: string): Promise<SeedFiles> {
  const at = (path: string): string => join(seeds, path)
  const dev = await readOr(at(DEV_CHARACTERS), '[]')
  const prod = await readOr(at(PROD_CHARACTERS), '[]')
  const evaluationText = await readOr(at(EVALUATIONS), '[]')
  const manifest = await readOr(at(RELEASE_MANIFEST), '')
  const basis = createHash('sha256').update([dev, prod, evaluationText, manifest].join('\0')).digest('hex')
  return {
    dev: readSeeds(dev, DEV_CHARACTERS),
    prod: readSeeds(prod, PROD_CHARACTERS),
    evaluationText,
    manifestText: manifest === '' ? undefined : manifest,
    basis,
  }
}

/** Plans a publication. Nothing is written, except that an interrupted publication is completed. */
export async function planPublication(request: PublishRequest): Promise<PublishPlan> {
  using _lock = await lockFolder(join(request.seeds, '.lock'))
  await finishFileSet(request.seeds)
  return plan(request)
}

async function plan(request: PublishRequest): Promise<PublishPlan> {
  const { seeds, scores, hids, evaluator, model, prompts, policy, now } = request
  const { dev, prod, evaluationText, manifestText: before, basis } = await readFiles(seeds)
  const chosen = hids.map((hid) => {
    const found = scores.find((each) => each.hid === hid)
    if (!found)
      throw new AppError('VALIDATION_ERROR', `the report has no character ${hid}`, {
        hint: `It has ${scores.map((each) => each.hid).join(', ')}.`,
      })
    const known = prod.documents.get(hid) ?? dev.documents.get(hid)
    if (!known) throw new AppError('VALIDATION_ERROR', `neither ${PROD_CHARACTERS} nor ${DEV_CHARACTERS} has ${hid}`)
    return { ...found, ...known, fingerprint: fingerprintOf(known.document, model, prompts) }
  })
  const evaluations = chosen.map(({ hid, icf, nco, scenario_coverage, fingerprint }) => ({
    fingerprint,
    evaluator_id: evaluator.id,
    expertise: evaluator.expertise,
    character_hid: hid,
    report_id: hids.toSorted(byText).join('_'),
    scores: { icf, rf: 0, dms: nco, scenario_coverage },
  }))
  const added = chosen.filter(({ hid }) => !prod.documents.has(hid))
  const released = new Map([
    ...prod.documents,
    ...added.map(({ hid, document, text }) => [hid, { document, text }] as const),
  ])
  const fingerprints = new Map(
    [...released].map(([hid, { document }]) => [hid, fingerprintOf(document, model, prompts)]),
  )
  const stored = parseWith(z.array(CharacterEvaluation), parseJson(evaluationText, EVALUATIONS), {
    code: 'VALIDATION_ERROR',
    what: EVALUATIONS,
  })
  const approved = approvedCharacters(policy, [...stored, ...evaluations], fingerprints)
  const at = `${now.toISOString().slice(0, 19)}Z`
  return {
    evaluations,
    added: added.map(({ hid }) => hid),
    approved: {
      before: before === undefined ? [] : parseManifest(before, RELEASE_MANIFEST).approved_characters,
      after: approved,
    },
    files: [
      {
        path: EVALUATIONS,
        text: appendTo(
          evaluationText,
          evaluations.map((each) => JSON.stringify(each, undefined, 2).replaceAll('\n', '\n  ')),
        ),
      },
      {
        path: PROD_CHARACTERS,
        text: appendTo(
          prod.text,
          added.map(({ text }) => text),
        ),
      },
      { path: RELEASE_MANIFEST, text: manifestText(policy.policy_version, at, approved) },
    ],
    basis,
  }
}

/** Why a plan does not approve a character; undefined if it does. */
export function refusalOf(plan: PublishPlan, { policy, scores }: PublishRequest, hid: string): string | undefined {
  if (plan.approved.after.includes(hid)) return undefined
  const own = scores.find((each) => each.hid === hid)
  const { min_icf_score: icf, min_scenario_coverage_score: coverage } = policy.criteria
  const faults = [
    ...(own && own.icf < icf ? [`its ICF ${own.icf} is below ${icf}`] : []),
    ...(own && coverage > 0 && own.scenario_coverage < coverage
      ? [`its scenario coverage ${own.scenario_coverage} is below ${coverage}`]
      : []),
  ]
  return `${hid} does not pass ${policy.policy_version}: ${faults.join(' and ') || 'no evaluation is of its current fingerprint'}`
}

/** @throws AppError RELEASE_REFUSED for the first character without a passing evaluation */
export function requireApproved(plan: PublishPlan, request: PublishRequest): void {
  for (const hid of request.hids) {
    const why = refusalOf(plan, request, hid)
    if (why !== undefined) throw new AppError('RELEASE_REFUSED', why)
  }
}

/**
 * Carries out a plan: all three files, or none.
 * @throws AppError RELEASE_REFUSED; DATA_IN_USE when another publication is in progress, or files have changed since
 * the plan
 */
export async function publish(request: PublishRequest, planned: PublishPlan): Promise<void> {
  requireApproved(planned, request)
  using _lock = await lockFolder(join(request.seeds, '.lock'))
  await finishFileSet(request.seeds)
  const { basis } = await readFiles(request.seeds)
  if (basis !== planned.basis)
    throw new AppError('DATA_IN_USE', `the files below ${request.seeds} changed since the preview`, {
      hint: 'Run the command again, and look at the new preview.',
    })
  await replaceFiles(request.seeds, planned.files)
}
