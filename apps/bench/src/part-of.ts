import type { Groups, Reads, Store, Writes } from './contender.ts'

// The registry says what a contender can do; these say it where the registry is wrong.

export function writesOf(store: Store): Writes {
  return store.writes ?? lacks('writes')
}

export function readsOf(store: Store): Reads {
  return store.reads ?? lacks('reads')
}

export function groupsOf(store: Store): Groups {
  return store.groups ?? lacks('groups')
}

function lacks(what: string): never {
  throw new Error(`the registry promises ${what} that the contender does not have`)
}
