import { type Entity, fieldKind } from '@stateward/contract'
import type { SlotIds } from '../ids/slot-ids.ts'
import { compoundIndex } from './compound-index.ts'
import { equalityIndex } from './equality-index.ts'
import { isExactFor } from './exact-probe.ts'
import type { FieldIndex } from './field-index.ts'
import { orderedIndex } from './ordered-index.ts'
import { relationIndex } from './relation-index.ts'
import { textIndex } from './text-index.ts'

/**
 * The indexes of one type, each once: for every reference field a relation index (`plan_id →`), for every declared list of
 * fields a compound one (`status+updated_at`), for every declared single field an order (`updated_at order`), and always
 * the order of ids (`id order`). For the status field and every declared single field also an equality index (`status`),
 * unless a compound index of two fields leads with it, which answers the same, or it holds times, where the order does.
 * Every unique key has one that answers for it: where none of those does, one as if it were declared.
 * For every field of `texts` an index of what its texts contain (`name text`).
 * Relations come first, so that who takes the first index that answers for a field finds the elements of arrays too.
 *
 * @param ids the id table of the same slots, as in `OrderedIndexOptions`; without it each ordered and each compound
 * index keeps its own copy of the ids: 16 bytes a record, each
 */
export function indexesFor(entity: Entity, ids?: SlotIds): readonly FieldIndex[] {
  const shared = ids === undefined ? {} : { ids }
  const kindOf = (field: string) => fieldKind(entity, field)
  const indexes = new Map<string, FieldIndex>()
  const add = (name: string, make: (name: string) => FieldIndex): void => {
    indexes.set(name, make(name))
  }
  // A compound index of two answers equality on its leading field, and counts by it, as well as an index of that field.
  const led = new Set(entity.indexes.filter(({ length }) => length === 2).map(([leading]) => leading))
  const addEquality = (field: string): void => {
    if (!led.has(field)) add(label(field), (name) => equalityIndex({ name, field, kind: kindOf(field) }))
  }
  const addOrder = (field: string): void =>
    add(`${label(field)} order`, (name) => orderedIndex({ name, field, kind: kindOf(field), ...shared }))

  for (const field of Object.keys(entity.refs)) add(`${label(field)} →`, (name) => relationIndex({ name, field }))
  if (entity.status !== undefined) addEquality(entity.status.field)
  const addCompound = (fields: readonly string[]): void =>
    add(fields.map(label).join('+'), (name) => compoundIndex({ name, fields, kinds: fields.map(kindOf), ...shared }))
  for (const fields of entity.indexes) {
    const [only] = fields
    if (only !== undefined && fields.length === 1) {
      // An order finds one moment as well, sets of moments are seldom asked for, and every index costs every write.
      if (kindOf(only) !== 'time') addEquality(only)
      addOrder(only)
    } else addCompound(fields)
  }
  for (const fields of entity.unique) {
    if ([...indexes.values()].some((index) => isExactFor(index, fields))) continue
    const [only] = fields
    if (only === undefined || fields.length > 1) addCompound(fields)
    else if (kindOf(only) === 'time') addOrder(only)
    else addEquality(only)
  }
  addOrder('id')
  for (const field of entity.texts) add(`${label(field)} text`, (name) => textIndex({ name, field }))
  return [...indexes.values()]
}

/** Quoted where it could be read as a part of a longer name. */
function label(field: string): string {
  return /[ +→"]/.test(field) ? JSON.stringify(field) : field
}
