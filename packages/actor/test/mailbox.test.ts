import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Mailbox } from '../src/mailbox.ts'
import type { MessageState } from '../src/message-state.ts'
import { type Priority, priorities } from '../src/priority.ts'

interface Message {
  readonly kind: Priority
  readonly id: number
  state: MessageState
  /** How many messages went before it while it was the oldest of its priority. */
  passed: number
}

const capacity = 50

function mailbox(maxBypass: number): Mailbox<Message> {
  const named = new Map(priorities.map((priority) => [priority, priority]))
  return new Mailbox<Message>({ capacity, overflow: 'reject', maxWaiting: 1, priorities: named, maxBypass })
}

function post(box: Mailbox<Message>, message: Message): boolean {
  const lane = box.lane(message.kind)
  const place = lane.placeFor(false)
  if (place !== undefined) lane.push(message, place)
  return place !== undefined
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('post' as const), kind: fc.constantFrom(...priorities) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('take' as const), max: fc.integer({ min: 1, max: 5 }) }) },
)

test('the higher priority goes first, none is passed over more often than allowed, each is in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 200, size: 'max' }), (maxBypass, steps) => {
      const box = mailbox(maxBypass)
      const queues: Record<Priority, Message[]> = { control: [], normal: [], low: [] }
      for (const [id, next] of steps.entries()) {
        if (next.op === 'post') {
          const message: Message = { kind: next.kind, id, state: 'settled', passed: 0 }
          post(box, message)
          if (message.state === 'queued') queues[next.kind].push(message)
          continue
        }
        for (const message of box.take(next.max)) {
          const heads = priorities.flatMap((priority) => queues[priority].slice(0, 1))
          const isOwed = heads.some((head) => head.passed >= maxBypass)
          const isRight = isOwed ? heads.includes(message) : heads[0] === message
          for (const head of heads) if (head !== message) head.passed++
          queues[message.kind].shift()
          if (!isRight || message.passed > maxBypass + priorities.length - 1) expect.fail(`wrong: ${message.id}`)
        }
      }
      expect(box.depth).toBe(Object.values(queues).flat().length)
    }),
    { numRuns: 100 },
  )
})

test('what is not named is normal, and a full priority leaves room in the others', () => {
  const box = mailbox(2)
  const message = (kind: Priority): Message => ({ kind, id: 0, state: 'settled', passed: 0 })
  for (let id = 0; id < capacity; id++) expect(post(box, message('low'))).toBe(true)
  expect(post(box, message('low'))).toBe(false)
  expect(post(box, message('control'))).toBe(true)
  const plain = new Mailbox<{ kind: string; state: MessageState }>({
    ...{ capacity, overflow: 'reject', maxWaiting: 1, maxBypass: 2 },
    priorities: new Map([['stop', 'control']]),
  })
  expect(plain.lane('anything')).toBe(plain.lane('constructor'))
  expect(plain.lane('anything')).not.toBe(plain.lane('stop'))
})
