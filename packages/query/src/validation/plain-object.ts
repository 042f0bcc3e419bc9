/**
 * Whether `value` is an object as JSON has them: not a list, not an instance of a class. Objects of another realm (a
 * worker, a test runner) are plain too, so the prototype is recognised by having none itself.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Keys that would reach an object's prototype instead of a value of its own. */
export const prototypeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
