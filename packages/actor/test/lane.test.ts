import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Lane, type Overflow } from '../src/lane.ts'
import type { MessageState } from '../src/message-state.ts'

interface Message {
  readonly id: number
  state: MessageState
}

/** The slow, obvious lane: one array; the first `capacity` are queued, the rest wait for room. */
class ArrayLane {
  readonly messages: Message[] = []
  readonly #capacity: number
  readonly #room: number
  readonly #drops: boolean

  constructor(capacity: number, overflow: Overflow, maxWaiting: number) {
    this.#capacity = capacity
    this.#drops = overflow === 'drop-oldest'
    this.#room = capacity + (overflow === 'wait' ? maxWaiting : 0)
  }

  push(message: Message, mayWait: boolean): boolean {
    if (this.#drops && this.messages.length === this.#capacity) this.messages.shift()
    if (this.messages.length >= (mayWait ? this.#room : this.#capacity)) return false
    this.messages.push(message)
    return true
  }

  ids(place: 'queued' | 'waiting'): number[] {
    const ids = this.messages.map((message) => message.id)
    return place === 'queued' ? ids.slice(0, this.#capacity) : ids.slice(this.#capacity)
  }

  take(max: number): number[] {
    return this.messages.splice(0, Math.min(max, this.#capacity)).map((message) => message.id)
  }
}

type Step = { op: 'push'; mayWait: boolean } | { op: 'take'; max: number } | { op: 'settle'; at: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('push' as const), mayWait: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('take' as const), max: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('settle' as const), at: fc.nat() }) },
)

function run(lane: Lane<Message>, model: ArrayLane, next: Step, id: number): void {
  if (next.op === 'push') {
    const message: Message = { id, state: 'taken' }
    const place = lane.placeFor(next.mayWait)
    const surplus = place === 'queued' ? lane.surplus() : undefined
    if (surplus !== undefined) {
      surplus.state = 'settled'
      lane.forget('queued')
    }
    if (place !== undefined) lane.push(message, place)
    expect(model.push(message, next.mayWait)).toBe(place !== undefined)
  } else if (next.op === 'take') {
    const taken: Message[] = []
    lane.takeInto(taken, next.max)
    expect(taken.map((message) => message.id)).toEqual(model.take(next.max))
  } else {
    const [message] = model.messages.splice(next.at % Math.max(1, model.messages.length), 1)
    if (message?.state !== 'queued' && message?.state !== 'waiting') return
    const from = message.state
    message.state = 'settled'
    lane.forget(from)
  }
}

/** All that a lane says of itself, as one text: one expectation a step keeps the test quick. */
function seen(lane: Lane<Message>): string {
  const places = (['queued', 'waiting'] as const).map((place) => lane.list(place).map((message) => message.id))
  const counts = places.map((ids) => ids.length)
  return counts[0] === lane.depth && counts[1] === lane.waiting ? JSON.stringify(places) : 'depth or waiting is wrong'
}

test.each<Overflow>(['reject', 'wait', 'drop-oldest'])(
  'a lane that overflows with %s does what an array does',
  (overflow) => {
    const bound = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(bound, bound, fc.array(step, { maxLength: 300, size: 'max' }), (capacity, maxWaiting, steps) => {
        const lane = new Lane<Message>({ capacity, overflow, maxWaiting })
        const model = new ArrayLane(capacity, overflow, maxWaiting)
        for (const [id, next] of steps.entries()) {
          run(lane, model, next, id)
          expect(seen(lane)).toBe(JSON.stringify([model.ids('queued'), model.ids('waiting')]))
        }
      }),
      { numRuns: 100 },
    )
  },
)
