import type { StoredRecord } from '@stateward/contract'
import type { LiveType } from '../../src/state/live.ts'
import type { Dice } from './dice.ts'
import { randomFields } from './random-domain.ts'

/** Tells some indexes of a type what is not so: one record gone or another, two exchanged, one twice, or all gone. */
export function damageAtRandom(dice: Dice, type: LiveType, rows: readonly StoredRecord[]): void {
  for (let times = 1 + dice.below(3); times > 0; times--) {
    const index = type.indexes[dice.below(type.indexes.length)]
    const [one, other] = [rows[dice.below(rows.length)], rows[dice.below(rows.length)]]
    if (index === undefined || one === undefined || other === undefined) return
    const slot = type.rows.slotOf(one.id) ?? 0
    const otherSlot = type.rows.slotOf(other.id) ?? 0
    switch (dice.below(6)) {
      case 0:
        index.update(slot, one, undefined)
        break
      case 1:
        index.update(slot, one, { ...one, ...randomFields(dice) })
        break
      case 2:
        index.update(slot, one, other)
        index.update(otherSlot, other, one)
        break
      case 3:
        index.update(slot, undefined, { ...one, ...randomFields(dice) })
        break
      case 4:
        type.rows.fingerprints.forget(slot)
        type.rows.fingerprints.learn(slot, other)
        break
      default:
        index.clear()
    }
  }
}
