import { type FieldKind, limits, type Probe, StatewardError } from '@stateward/contract'
import { valueKey } from './value-key.ts'

/**
 * The keys of all combinations of the values that a probe names for the leading fields, each once; `undefined` when they
 * are more than `limits.inValues`. Throws `UNSUPPORTED` when the probe does not name every one of these fields: an index
 * does not hold a record that lacks one of them, so it must not be asked.
 */
export function probedKeys(name: string, kinds: readonly FieldKind[], { equal }: Probe): readonly string[] | undefined {
  if (equal.length !== kinds.length) {
    throw new StatewardError(
      'UNSUPPORTED',
      `index ${name} expects a probe with values for ${kinds.length} fields, found ${equal.length}; ask another index`,
    )
  }
  const [first = []] = equal
  const [value] = first
  // The commonest probe by far; what follows takes a microsecond.
  if (equal.length === 1 && first.length === 1 && value !== undefined) return [valueKey(value, kinds[0] ?? 'value')]
  const combinations = equal.reduce((product, values) => product * values.length, 1)
  if (combinations > limits.inValues) return undefined
  let rows: readonly (readonly string[])[] = [[]]
  equal.forEach((values, at) => {
    const keys = values.map((value) => valueKey(value, kinds[at] ?? 'value'))
    rows = rows.flatMap((row) => keys.map((key) => [...row, key]))
  })
  return [...new Set(rows.map(combinedKey))]
}

/** One key for the keys of several fields; that of a single one stays as it is. */
export function combinedKey(keys: readonly string[]): string {
  const [only] = keys
  return keys.length === 1 && only !== undefined ? only : keys.map((key) => `${key.length}:${key}`).join('')
}
