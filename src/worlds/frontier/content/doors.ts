// The doors of frontier: gates, house doors and trails. Each has a counterpart that leads back.
import type { DoorRow } from './shape.ts'

interface Side {
  readonly id: string
  readonly name: string
  readonly cell: string
  readonly x: number
  readonly y: number
  readonly text: string
}

/** Both sides of a passage. */
function passage(one: Side, other: Side, key?: string): readonly DoorRow[] {
  const lock = key === undefined ? {} : { key }
  return [
    { ...one, to: other.id, ...lock },
    { ...other, to: one.id, ...lock },
  ]
}

/** A house door: the street side names the house, the inner side the street. */
function house(
  id: string,
  name: string,
  at: { out: readonly [string, number, number]; in: readonly [string, number, number] },
) {
  return passage(
    {
      id: `door-${id}`,
      name: `Door of ${name}`,
      cell: at.out[0],
      x: at.out[1],
      y: at.out[2],
      text: 'A plank door with a worn iron ring. It is on the latch.',
    },
    {
      id: `door-${id}-out`,
      name: 'Door to the outside',
      cell: at.in[0],
      x: at.in[1],
      y: at.in[2],
      text: 'Daylight shows under the boards, or starlight, or rain.',
    },
  )
}

export const DOORS: readonly DoorRow[] = [
  ...house('dry-ferry', 'the Dry Ferry', { out: ['lowmarrow', 4, 5], in: ['dry-ferry', 4, 6] }),
  ...house('assay-house', 'the Assay House', { out: ['lowmarrow', 20, 5], in: ['assay-house', 5, 6] }),
  ...house('mend-house', 'the Mend-House', { out: ['lowmarrow', 6, 10], in: ['mend-house', 3, 0] }),
  ...house('bell-house', 'the Bell House', { out: ['lowmarrow', 19, 10], in: ['bell-house', 4, 0] }),
  ...house('fold-hut', 'the Fold Hut', { out: ['gorse-heath', 19, 4], in: ['fold-hut', 3, 5] }),
  ...passage(
    {
      id: 'gate-east',
      name: 'East Gate',
      cell: 'lowmarrow',
      x: 27,
      y: 7,
      text: 'Two leaves of oak, propped open with a cart wheel. Beyond them the causeway runs into the reeds.',
    },
    {
      id: 'gate-east-out',
      name: 'East Gate of Lowmarrow',
      cell: 'sedge-road',
      x: 0,
      y: 8,
      text: 'The town wall, and a gate in it wide enough for one cart and one opinion.',
    },
  ),
  ...passage(
    {
      id: 'gate-north',
      name: 'North Gate',
      cell: 'lowmarrow',
      x: 13,
      y: 0,
      text: 'A low arch. Sheep come in by it in autumn, and weather all year.',
    },
    {
      id: 'gate-north-out',
      name: 'Track down to Lowmarrow',
      cell: 'gorse-heath',
      x: 6,
      y: 15,
      text: 'The track drops to the river. You can see roofs, and a tower.',
    },
  ),
  ...passage(
    {
      id: 'heath-track',
      name: 'Track up to Gorse Heath',
      cell: 'sedge-road',
      x: 20,
      y: 0,
      text: 'A drovers’ track, steep and stony, climbs out of the reeds.',
    },
    {
      id: 'heath-track-out',
      name: 'Track down to the Sedge Road',
      cell: 'gorse-heath',
      x: 24,
      y: 15,
      text: 'The track falls away southward to the marsh. The causeway is a thread down there.',
    },
  ),
  ...passage(
    {
      id: 'quarry-mouth',
      name: 'Mouth of Ninefold Quarry',
      cell: 'sedge-road',
      x: 35,
      y: 8,
      text: 'The road ends at a square hole in the hill. Somebody has taken the warning board for firewood.',
    },
    {
      id: 'quarry-mouth-out',
      name: 'Way out to the Sedge Road',
      cell: 'ninefold-cut',
      x: 0,
      y: 6,
      text: 'A bright square, a long way up.',
    },
  ),
  ...passage(
    {
      id: 'deep-grate',
      name: 'Iron Grate',
      cell: 'ninefold-cut',
      x: 25,
      y: 11,
      text: 'The quarry company’s grate, as thick as a wrist. The lock is sound; the bars have been chewed, and held.',
    },
    {
      id: 'deep-grate-out',
      name: 'Iron Grate',
      cell: 'ninefold-deep',
      x: 0,
      y: 2,
      text: 'From this side the marks on the bars are deeper.',
    },
    'grate-key',
  ),
]
