import { type ErrorDetails, StatewardError } from '@stateward/contract'

/** A query that is wrong in itself. */
export function invalid(message: string, details: ErrorDetails = {}): StatewardError {
  return new StatewardError('INVALID', message, { details })
}

/** A query that passes one of `limits`. */
export function tooLarge(message: string, details: ErrorDetails = {}): StatewardError {
  return new StatewardError('TOO_LARGE', message, { details })
}

const shownChars = 60

/** What was found, short enough for a message. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return cut(JSON.stringify(value))
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `a list of ${value.length}`
      return `an object (${value.constructor?.name ?? 'no prototype'})`
    default:
      return `a ${typeof value}`
  }
}

function cut(text: string): string {
  return text.length <= shownChars ? text : `${text.slice(0, shownChars)}… (${text.length} characters)`
}
