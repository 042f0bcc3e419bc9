import type { Patch } from './bundle-with.ts'

/** A bug that is put into the kernel on purpose, to see that the exploration finds it. */
export interface Bug extends Patch {
  /** What the bug does, after "the kernel". */
  readonly name: string
}

export const bugs: readonly Bug[] = [
  {
    name: 'leaves its listener on the signal of a settled ask',
    file: 'caller-watch.ts',
    find: 'if (signal !== undefined) this.#aborts.unfollow(signal, envelope)',
    replace: '',
  },
  {
    name: 'leaves the timer of the last deadline',
    file: 'deadlines.ts',
    find: 'if (this.#heap.length === 0) this.#disarm()',
    replace: '',
  },
  {
    name: 'handles what became late while it was busy',
    file: 'kernel.ts',
    find: 'this.#callers.expire()',
    replace: '',
  },
  {
    name: 'takes messages while it is held',
    file: 'kernel.ts',
    find: 'if (this.#held || this.#running) return',
    replace: 'if (this.#running) return',
  },
  {
    name: 'takes a message that was dropped to make room',
    file: 'lane.ts',
    find: "if (item.state !== 'queued') continue",
    replace: '',
  },
  {
    name: 'begins the next message when one hangs in an actor that stops',
    file: 'supervision/supervised-actor.ts',
    find: "const isHopeless = during === 'start' || (error !== undefined && error === this.#hang)",
    replace: "const isHopeless = during === 'start'",
  },
  {
    name: 'runs a life that came up after others had made it restart',
    file: 'supervision/supervised-actor.ts',
    find: "if (this.#state === 'restarting') return",
    replace: '',
  },
  {
    name: 'leaves the timer of a restart when everything is stopped in the pause',
    file: 'supervision/supervisor-node.ts',
    find: 'for (const cancel of this.#timers.values()) cancel()',
    replace: '',
  },
  {
    name: 'does not end a life that comes up when nobody waits for it any more',
    file: 'supervision/one-life.ts',
    find: "else if (this.#isOver) void this.#callStop('crash')",
    replace: '',
  },
  {
    name: 'does not wait for what is in hand before a restart for all',
    file: 'supervision/supervised-actor.ts',
    find: 'await this.#freeHands(cause)',
    replace: '',
  },
  {
    name: 'handles the newest message first',
    file: 'lane.ts',
    find: 'const item = this.#next()\n      if (item === undefined) break',
    replace:
      'const item = this.#returned.pop() ?? this.#queued.toArray().at(-1)\n      if (item === undefined) break\n      this.#queued.keep((other) => other !== item)',
  },
  {
    name: 'drops a message without a word',
    file: 'kernel.ts',
    find: 'lane.surplus()?.drop(this.#options.capacity)',
    replace:
      "{ const gone = lane.surplus(); if (gone !== undefined) { gone.state = 'settled'; lane.forget('queued') } }",
  },
  {
    name: 'handles what was put aside after what came later',
    file: 'lane.ts',
    find: 'return this.#returned.pop() ?? this.#queued.shift()',
    replace: 'return this.#queued.shift() ?? this.#returned.pop()',
  },
  {
    name: 'forgets the place of a message that is put aside again',
    file: 'stash.ts',
    find: 'return place ?? this.#places++',
    replace: 'return this.#places++',
  },
  {
    name: 'leaves to no life what the last one had put aside',
    file: 'supervision/supervised-actor.ts',
    find: '    this.#kernel.unstash()\n    const',
    replace: '    const',
  },
  {
    name: 'forgets the signal and the deadline of what is put aside',
    file: 'kernel.ts',
    find: 'this.#callers.follow(aside)',
    replace: '',
  },
  {
    name: 'puts messages aside when it stops',
    file: 'kernel.ts',
    find: 'if (this.#stopped !== undefined) aside.close()',
    replace: 'if (false) aside.close()',
  },
  {
    name: 'tells a watcher twice of an end',
    file: 'supervision/ending.ts',
    find: 'if (!this.#watchers.delete(watcher)) return',
    replace: 'void this.ended.then(watcher)',
  },
]
