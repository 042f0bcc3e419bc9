import type { Claims, Groups, LiveQueries, Past, Reads, Scan, Store, Transactions, Writes } from './contender.ts'

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

export function transactionsOf(store: Store): Transactions {
  return store.transactions ?? lacks('transactions')
}

export function liveOf(store: Store): LiveQueries {
  return store.live ?? lacks('live queries')
}

export function claimsOf(store: Store): Claims {
  return store.claims ?? lacks('claims')
}

export function pastOf(store: Store): Past {
  return store.past ?? lacks('a past')
}

export function scanOf(store: Store): Scan {
  return store.scan ?? lacks('a scan')
}

function lacks(what: string): never {
  throw new Error(`the registry promises ${what} that the contender does not have`)
}
