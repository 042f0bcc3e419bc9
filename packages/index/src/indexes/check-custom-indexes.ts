import { type Entity, type Index, StatewardError } from '@stateward/contract'
import { contextOf, textOf } from './custom-index.ts'

const noRows = { idOf: () => '' }

/** Makes each once and looks at it. Throws `INVALID` for what is no index, or is called as another one of the type is. */
export function checkCustomIndexes(type: string, entity: Entity, names: Iterable<string>): void {
  const taken = new Set(names)
  for (const [at, make] of entity.customIndexes.entries()) {
    const wrong = whatIsWrong(entity, make, taken)
    if (wrong === undefined) continue
    throw new StatewardError(
      'INVALID',
      `type ${type}: expected customIndexes[${at}] to make an index, found ${wrong}`,
      {
        details: { type, customIndex: at },
      },
    )
  }
}

function whatIsWrong(entity: Entity, make: unknown, taken: Set<string>): string | undefined {
  if (typeof make !== 'function') return 'no function'
  let made: Partial<Index> | undefined
  try {
    made = make(contextOf(entity, noRows))
  } catch (error) {
    return `that it throws: ${textOf(error)}`
  }
  const { name, fields, shape } = made ?? {}
  if (typeof name !== 'string' || name === '') return 'one without a name'
  if (taken.has(name)) return `the name ${JSON.stringify(name)}, which another index of the type has`
  taken.add(name)
  if (!Array.isArray(fields) || fields.length === 0) return 'one without fields'
  const stranger = fields.find((field) => entity.fields !== undefined && !entity.fields.has(field) && !isSystem(field))
  if (stranger !== undefined) return `the field ${stranger}, which "fields" does not list`
  const { equal, range } = { ...shape }
  if (!Number.isInteger(equal) || Number(equal) < 0 || typeof range !== 'boolean') return 'one without a shape'
  if (Number(equal) + Number(range) > fields.length) return 'a shape of more fields than it has'
  const missing = (['estimate', 'lookup', 'update', 'clear', 'size', 'bytes'] as const).find(
    (method) => typeof made?.[method] !== 'function',
  )
  return missing === undefined ? undefined : `one without ${missing}`
}

function isSystem(field: string): boolean {
  return ['id', 'rev', 'created_at', 'updated_at'].includes(field)
}
