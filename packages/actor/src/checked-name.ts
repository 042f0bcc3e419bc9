import { ActorError } from './actor-error.ts'

const longest = 128
const allowed = /^[\p{L}\p{N}_.:@+~-]+$/u

/** A name that can stand in a path and in a log line: letters, digits and `_ . : @ + ~ -`, at most 128. Throws `INVALID`. */
export function checkedName(name: string): string {
  if (typeof name === 'string' && name.length <= longest && allowed.test(name)) return name
  const found = typeof name === 'string' ? JSON.stringify(name.slice(0, longest)) : typeof name
  throw new ActorError(
    'INVALID',
    `a name is expected to be letters, digits and _ . : @ + ~ -, from 1 to ${longest} of them, found ${found}`,
  )
}
