// Templates: selecting one copies it; templates are not stored definitions. Contract: section 10.
import type { Program } from '../protocol/strategy.ts'
import type { StrategyTemplate } from '../protocol/strategy-run.ts'
import { formatBlocks } from './block-xml.ts'
import { arith, assignPoints, compare, field, literal, rule } from './build.ts'
import { validateProgram } from './validator.ts'

interface Source extends Omit<StrategyTemplate, 'astJson' | 'blocklyXml'> {
  createProgram(): Program
}

const award = (points: number, caseName: string) => assignPoints(literal(points), caseName)

function weekendBonus(): Program {
  const points = arith('*', field('parent.points'), literal(1.5))
  return {
    type: 'program',
    rules: [],
    post_rules: [
      {
        type: 'rule',
        when: { type: 'field', path: 'data.is_weekend' },
        // biome-ignore lint/suspicious/noThenProperty: the language's own word; programs are never awaited
        then: [
          { type: 'set_points', value: points },
          { type: 'set_case_name', value: literal('WeekendBonus') },
        ],
      },
    ],
  }
}

function speedBonus(): Program {
  const target = arith('*', field('all.avg_time'), literal(0.8))
  return {
    type: 'program',
    rules: [rule(compare(field('user.avg_time'), '<', target), award(10, 'SpeedBonus'))],
  }
}

function basicEngagement(): Program {
  const isNew = compare(field('user.measurements_count'), '<=', literal(2))
  return { type: 'program', rules: [rule(isNew, award(1, 'BasicEngagement'))] }
}

function taskCompletion(): Program {
  const isFirst = compare(field('task.measurements_count'), '==', literal(1))
  return {
    type: 'program',
    rules: [rule(isFirst, award(5, 'FirstCompletion'))],
    default: award(2, 'TaskCompleted'),
  }
}

const SOURCES: readonly Source[] = [
  {
    id: 'bonus_extiende_default',
    name: 'Weekend bonus',
    description: 'Whatever the default strategy gives, half as much again when the event says it is a weekend.',
    type: 'DSL_EXTEND',
    parentStrategyId: 'default',
    createProgram: weekendBonus,
  },
  {
    id: 'bonus_por_velocidad',
    name: 'Speed bonus',
    description: 'Ten points for whoever is at least a fifth faster than everybody on average.',
    type: 'DSL_FULL',
    parentStrategyId: null,
    createProgram: speedBonus,
  },
  {
    id: 'engagement_basico',
    name: 'First steps',
    description: 'One point for each of the first contributions of a person.',
    type: 'DSL_FULL',
    parentStrategyId: null,
    createProgram: basicEngagement,
  },
  {
    id: 'recompensa_completar_tarea',
    name: 'Task completion',
    description: 'Five points for the first contribution that a task gets, two for every later one.',
    type: 'DSL_FULL',
    parentStrategyId: null,
    createProgram: taskCompletion,
  },
]

/**
 * The templates, by id ascending, validated and frozen. Call it once when a process starts: an invalid template
 * throws here.
 * @throws DslError when a template is not valid
 *
 * @example
 * import { createTemplates } from 'paracosm/strategy'
 *
 * for (const { id, name } of createTemplates()) console.log(id, name)
 */
export function createTemplates(): readonly StrategyTemplate[] {
  return Object.freeze(
    SOURCES.map(({ createProgram, ...row }) => {
      const astJson = validateProgram(createProgram())
      return Object.freeze({ ...row, astJson, blocklyXml: formatBlocks(astJson) })
    }),
  )
}
