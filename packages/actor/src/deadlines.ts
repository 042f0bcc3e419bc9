import type { Clock } from './clock.ts'

/** What can be due. `deadlineSlot` belongs to `Deadlines`: the place in its heap, -1 outside of it. */
export interface Due {
  readonly deadline: number
  deadlineSlot: number
}

/**
 * Many deadlines on one timer: a binary heap whose items know their place, so that a settled ask leaves at once and not when
 * its deadline comes. `add` and `remove` are O(log n), and O(1) for the usual caller, whose deadline is the latest so far.
 */
export class Deadlines<T extends Due> {
  readonly #clock: Clock
  readonly #onDue: (item: T) => void
  readonly #heap: T[] = []
  #armedFor = Number.POSITIVE_INFINITY
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, onDue: (item: T) => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  add(item: T): void {
    this.#heap.push(item)
    this.#rise(item, this.#heap.length - 1)
    this.#arm()
  }

  /** Removing what is not there is allowed. */
  remove(item: T): void {
    const slot = item.deadlineSlot
    if (slot < 0) return
    item.deadlineSlot = -1
    const last = this.#heap.pop()
    if (last !== undefined && last !== item) {
      this.#sink(last, slot)
      this.#rise(last, last.deadlineSlot)
    }
    if (this.#heap.length === 0) this.#disarm()
  }

  /** Calls back for everything that is due now; O(1) when nothing is. */
  expire(): void {
    if (this.#heap.length === 0) return
    const now = this.#clock.now()
    for (let first = this.#heap[0]; first !== undefined && first.deadline <= now; first = this.#heap[0]) {
      this.remove(first)
      this.#onDue(first)
    }
  }

  #fire(): void {
    this.#disarm()
    this.expire()
    this.#arm()
  }

  /** The timer may be early, after the first item has left: then it finds nothing due and is armed again. */
  #arm(): void {
    const first = this.#heap[0]
    if (first === undefined || first.deadline >= this.#armedFor) return
    this.#disarm()
    this.#armedFor = first.deadline
    this.#cancelTimer = this.#clock.setTimer(() => this.#fire(), Math.max(0, first.deadline - this.#clock.now()))
  }

  #disarm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#armedFor = Number.POSITIVE_INFINITY
  }

  #rise(item: T, from: number): void {
    let slot = from
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1
      const parent = this.#heap[parentSlot]
      if (parent === undefined || parent.deadline <= item.deadline) break
      this.#put(parent, slot)
      slot = parentSlot
    }
    this.#put(item, slot)
  }

  #sink(item: T, from: number): void {
    let slot = from
    for (;;) {
      let childSlot = 2 * slot + 1
      let child = this.#heap[childSlot]
      const right = this.#heap[childSlot + 1]
      if (child !== undefined && right !== undefined && right.deadline < child.deadline) {
        child = right
        childSlot++
      }
      if (child === undefined || child.deadline >= item.deadline) break
      this.#put(child, slot)
      slot = childSlot
    }
    this.#put(item, slot)
  }

  #put(item: T, slot: number): void {
    this.#heap[slot] = item
    item.deadlineSlot = slot
  }
}
