import { StatewardError } from '@stateward/contract'
import { describe } from '../validation/frozen-json.ts'
import { nearest } from '../validation/nearest.ts'
import { textOf } from '../validation/storage-error.ts'

/** The question or command of this name; `UNSUPPORTED` where the domain has none. */
export function procedureOf<P>(
  what: 'question' | 'command',
  procedures: Readonly<Record<string, P>>,
  name: unknown,
): P {
  const found = typeof name === 'string' && Object.hasOwn(procedures, name) ? procedures[name] : undefined
  if (found !== undefined) return found
  const known = Object.keys(procedures)
  const hint = typeof name === 'string' ? nearest(name, known) : undefined
  throw new StatewardError(
    'UNSUPPORTED',
    `expected a ${what} of the domain (${known.join(', ') || 'which has none'}), found ${describe(name)}${hint === undefined ? '' : `; did you mean ${hint}?`}`,
    { details: { name, known } },
  )
}

/** What a question or command of a domain threw, as a refusal. */
export function asProcedureError(what: 'question' | 'command', error: unknown): StatewardError {
  if (error instanceof StatewardError) return error
  return new StatewardError('INVALID', `a ${what} of the domain threw: ${textOf(error)}`, { cause: error })
}
