/**
 * What `make` makes, as an error without a stack: of refusals that come by the thousand when there is most to do, and that lead to no
 * place in the code, collecting it would take ten times as long as all the rest.
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = 0
  } catch {
    // Frozen, where a program has frozen what is global: then it has its stack.
    return make()
  }
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}
