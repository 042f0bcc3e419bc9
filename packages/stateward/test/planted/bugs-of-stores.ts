import type { Bug } from './bug.ts'

/** Bugs of what holds many stores in one process. */
export const bugsOfStores: readonly Bug[] = [
  {
    name: 'is passivated under a call that found it open',
    file: 'stateward/src/stores/store-pool.ts',
    find: '      this.#use(open)\n      return this.#held',
    replace: '      return this.#held',
    foundBy: ['stores'],
  },
  {
    name: 'is passivated under a call that has waited for it',
    file: 'stateward/src/stores/store-pool.ts',
    find: '    slot.given++\n    this.#use(slot)\n',
    replace: '    slot.given++\n',
    foundBy: ['stores'],
  },
  {
    name: 'wakes while it is still closing, so that it has two writers',
    file: 'stateward/src/stores/store-pool.ts',
    find: 'if (!this.#closing.has(slot.name) && this.#isWanted(slot)) {',
    replace: 'if (this.#isWanted(slot)) {',
    foundBy: ['stores'],
  },
  {
    name: 'does not count as open while it is closing',
    file: 'stateward/src/stores/store-pool.ts',
    find: 'this.#queued.size + this.#closing.size',
    replace: 'this.#queued.size',
    foundBy: ['stores'],
  },
]
