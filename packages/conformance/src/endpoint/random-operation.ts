import type { JsonObject, Operation } from '@stateward/contract'
import type { Seeded } from '../seeded.ts'
import type { PlainItems } from './plain-items.ts'
import { randomFields } from './random-item.ts'

const ids = ['i0', 'i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8', 'i9', 'é', 'constructor', 'a b', '"'] as const

/** An operation on `item` that may be refused for what is there, and never for its own shape. */
export function randomOperation(seeded: Seeded, items: PlainItems, id: string = seeded.pick(ids)): Operation {
  const life = items.life(id)
  const rev = life?.rev ?? 1
  const expecting = seeded.once(3) ? { expectedRev: seeded.once(3) ? rev + 1 : rev } : {}
  switch (seeded.below(8)) {
    case 0:
    case 1:
      return { op: 'create', type: 'item', data: creation(seeded, id, life?.fields) }
    case 2:
    case 3:
    case 4: {
      const changes = seeded.once(6) ? {} : withParent(seeded, randomFields(seeded))
      const unset = ['n', 's', 'parent', 'absent'].filter((field) => !(field in changes) && seeded.once(4))
      return { op: 'update', type: 'item', id, changes, unset, ...expecting }
    }
    case 5:
      return { op: 'delete', type: 'item', id, ...expecting, ...(seeded.once(4) && { cascade: true }) }
    case 6:
      return { op: 'delete', type: 'item', id, ...expecting }
    default:
      if (!items.mayRestore(id)) return { op: 'create', type: 'item', data: creation(seeded, id, undefined) }
      return { op: 'restore', type: 'item', id }
  }
}

/** Operations on different records: what several changes of one record within a transaction mean is looked at elsewhere. */
export function randomOperations(seeded: Seeded, items: PlainItems): Operation[] {
  const rest = [...ids]
  return Array.from({ length: seeded.between(1, 5) }, () => {
    const [id = 'i0'] = rest.splice(seeded.below(rest.length), 1)
    const operation = randomOperation(seeded, items, id)
    return operation.op === 'delete' ? { ...operation, cascade: false } : operation
  })
}

function creation(seeded: Seeded, id: string, there: JsonObject | undefined): JsonObject {
  // Now and then exactly what is there: that is the same answer again.
  return there !== undefined && seeded.once(2) ? there : { id, ...withParent(seeded, randomFields(seeded)) }
}

function withParent(seeded: Seeded, fields: JsonObject): JsonObject {
  return seeded.once(3) ? { ...fields, parent: seeded.pick(ids) } : fields
}
