import { hasCode, StatewardError } from '@stateward/contract'
import { type GivenFields, jsonLookalikes } from './fields.ts'

/** Adds to a refusal for a wrong type what the person most likely meant: `order:=3`, not `order=3`. */
export async function withFieldHint<T>(given: GivenFields, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    const suspects = jsonLookalikes(given)
    if (!hasCode(error, 'INVALID') || suspects.length === 0) throw error
    const hints = suspects.map((name) => `${name}:=${String(given.fields[name])}`).join(' ')
    throw new StatewardError('INVALID', `${error.message}; name=value is a text, JSON is written ${hints}`, {
      cause: error,
      details: error.details,
    })
  }
}
