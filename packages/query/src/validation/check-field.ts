import { type Entity, reservedFieldNames } from '@stateward/contract'
import { didYouMean } from './did-you-mean.ts'
import { prototypeKeys } from './plain-object.ts'
import { invalid, shown } from './refusal.ts'

const systemFields: readonly string[] = ['id', 'rev', 'created_at', 'updated_at']

/**
 * The name of a field that a query of this entity may ask for. Throws `INVALID` for what is no text, for names that
 * reach a prototype, for words of the filter language, and, where the entity declares `fields`, for any other field.
 */
export function checkField(field: unknown, entity: Entity, path: string): string {
  if (typeof field !== 'string') throw invalid(`${path}: expected the name of a field, found ${shown(field)}`, { path })
  if (prototypeKeys.has(field) || reservedFieldNames.includes(field)) {
    throw invalid(`${path}: no field can be called ${field}`, { path, field })
  }
  if (entity.fields === undefined || entity.fields.has(field) || systemFields.includes(field)) return field
  const known = [...systemFields, ...entity.fields]
  throw invalid(
    `${path}: expected a field of the type, found ${shown(field)}.${didYouMean(field, known)} The fields are: ${known.join(', ')}`,
    { path, field, known },
  )
}
