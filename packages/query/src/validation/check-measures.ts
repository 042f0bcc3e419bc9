import { type Entity, limits } from '@stateward/contract'
import { checkField } from './check-field.ts'
import { isPlainObject, prototypeKeys } from './plain-object.ts'
import { invalid, shown, tooLarge } from './refusal.ts'

const kinds = ['count', 'sum', 'avg', 'min', 'max'] as const
type MeasureKind = (typeof kinds)[number]

/** A measure, taken apart. */
export interface CheckedMeasure {
  readonly name: string
  readonly kind: MeasureKind
  /** Empty for `count`. */
  readonly field: string
}

/** The measures of an aggregate, in the order given. Throws `INVALID` for what is none, `TOO_LARGE` for too many. */
export function checkMeasures(given: unknown, entity: Entity): readonly CheckedMeasure[] {
  if (!isPlainObject(given))
    throw invalid(`measures: expected an object such as { total: { sum: 'order' } }, found ${shown(given)}`)
  const names = Object.keys(given)
  if (names.length === 0) throw invalid('measures: expected at least one, found none')
  if (names.length > limits.measures)
    throw tooLarge(`measures: expected at most ${limits.measures}, found ${names.length}`)
  return names.map((name) => checkMeasure(name, given[name], entity))
}

function checkMeasure(name: string, given: unknown, entity: Entity): CheckedMeasure {
  if (prototypeKeys.has(name)) throw invalid(`measures: no measure can be called ${name}`, { name })
  const measure: Partial<Record<MeasureKind, unknown>> | undefined = isPlainObject(given) ? given : undefined
  const keys = Object.keys(measure ?? {})
  const kind = kinds.find((one) => one === keys[0])
  if (measure === undefined || kind === undefined || keys.length !== 1)
    throw invalid(`measures.${name}: expected one of ${kinds.join(', ')}, found ${shown(given)}`, { name })
  if (kind !== 'count') return { name, kind, field: checkField(measure[kind], entity, `measures.${name}.${kind}`) }
  if (measure.count !== true)
    throw invalid(`measures.${name}.count: expected true, found ${shown(measure.count)}`, { name })
  return { name, kind, field: '' }
}
