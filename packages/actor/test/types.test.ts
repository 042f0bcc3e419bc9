import { describe, expectTypeOf, test } from 'vitest'
import {
  type Actor,
  type ActorError,
  createActor,
  createBatchActor,
  type Delivery,
  type Handlers,
  type Reply,
} from '../src/index.ts'

interface Shop {
  sell: { ask: { item: string }; answer: number }
  close: { ask: undefined; answer: boolean }
}
type OutOfStock = { readonly code: 'OUT_OF_STOCK'; readonly retryable: boolean; readonly message: string }

const handlers: Handlers<Shop> = { sell: ({ item }) => item.length, close: async () => true }
const shop: Actor<Shop> = createActor<Shop>({ name: 'shop', handlers })

describe('types', () => {
  test('an ask takes its kind’s question and gives its kind’s answer', () => {
    expectTypeOf(shop.ask('sell', { item: 'tea' })).resolves.toEqualTypeOf<Reply<number, ActorError>>()
    expectTypeOf(shop.ask('close', undefined)).resolves.toEqualTypeOf<Reply<boolean, ActorError>>()
    expectTypeOf(shop.tell('sell', { item: 'tea' })).toEqualTypeOf<Reply<void>>()
    // @ts-expect-error: the question of another kind
    void shop.ask('sell', undefined)
    // @ts-expect-error: no such kind
    void shop.ask('steal', undefined)
    // @ts-expect-error: the question is missing a field
    void shop.tell('sell', {})
  })

  test('a message without a handler, or with a wrong answer, does not compile', () => {
    // @ts-expect-error: close is not handled
    createActor<Shop>({ name: 'shop', handlers: { sell: () => 1 } })
    // @ts-expect-error: sell answers a number
    createActor<Shop>({ name: 'shop', handlers: { sell: () => 'one', close: () => true } })
    // @ts-expect-error: steal is no message
    createActor<Shop>({ name: 'shop', handlers: { ...handlers, steal: () => true } })
  })

  test('a reply must be looked at before its value', () => {
    const look = (reply: Reply<number>): number => (reply.ok ? reply.value : reply.error.message.length)
    // @ts-expect-error: it may be an error
    const trust = (reply: Reply<number>): number => reply.value
    expectTypeOf(look).returns.toBeNumber()
    expectTypeOf(trust).returns.toBeNumber()
  })

  test('a switch over kind narrows body and settle', () => {
    const handle = (delivery: Delivery<Shop, OutOfStock>): void => {
      switch (delivery.kind) {
        case 'sell':
          expectTypeOf(delivery.body).toEqualTypeOf<{ item: string }>()
          delivery.settle({ ok: true, value: 1 })
          delivery.settle({ ok: false, error: { code: 'OUT_OF_STOCK', retryable: false, message: delivery.body.item } })
          // @ts-expect-error: sell answers a number
          delivery.settle({ ok: true, value: true })
          break
        case 'close':
          delivery.settle({ ok: true, value: true })
          break
        default:
          delivery satisfies never
      }
    }
    const batchShop = createBatchActor<Shop, OutOfStock>({ name: 'shop', drain: (batch) => batch.forEach(handle) })
    expectTypeOf(batchShop.ask('sell', { item: 'tea' })).resolves.toEqualTypeOf<
      Reply<number, OutOfStock | ActorError>
    >()
  })

  test('a protocol’s message needs both its question and its answer', () => {
    // @ts-expect-error: no answer
    expectTypeOf<Actor<{ sell: { ask: string } }>>().not.toBeNever()
  })
})
