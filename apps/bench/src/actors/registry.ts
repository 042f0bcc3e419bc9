import type { AskerKind } from './asker.ts'

/** Each is loaded in a process of its own, so that nobody's code or garbage is in another's way. */
export const askerKinds: readonly AskerKind[] = [
  {
    ...{ name: 'stateward', title: '@stateward/actor', role: 'stateward', memory: 'heap' },
    open: async () => (await import('./askers/stateward-actor.ts')).statewardActor(),
  },
  {
    ...{ name: 'stateward-deadline', title: '@stateward/actor, each ask with a deadline' },
    ...{ role: 'stateward', memory: 'heap' },
    open: async () => (await import('./askers/stateward-actor.ts')).statewardActor({ timeoutMs: 60_000 }),
  },
  {
    ...{ name: 'xstate', title: 'xstate 5, fromTransition', role: 'peer', memory: 'heap' },
    open: async () => (await import('./askers/xstate-actor.ts')).xstateActor(),
  },
  {
    ...{ name: 'nact', title: 'nact 7, each ask with a deadline', role: 'peer', memory: 'heap' },
    open: async () => (await import('./askers/nact-actor.ts')).nactActor(),
  },
  {
    ...{ name: 'worker', title: 'node:worker_threads, postMessage', role: 'peer', memory: 'process' },
    open: async () => (await import('./askers/worker-thread.ts')).workerThread(),
  },
  {
    ...{ name: 'promise', title: 'a promise, no actor', role: 'limit', memory: 'heap' },
    open: async () => (await import('./askers/raw-promise.ts')).rawPromise(),
  },
]

/** Throws when nobody has the name. */
export function askerNamed(name: string): AskerKind {
  const kind = askerKinds.find((one) => one.name === name)
  if (kind === undefined)
    throw new Error(`no asker is called ${name}; there are ${askerKinds.map((one) => one.name).join(', ')}`)
  return kind
}
