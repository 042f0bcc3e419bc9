/** The source of a program with a domain of so many types, each with nine fields and two references, that reads and writes all of them. */
export function manyTypes(count: number): string {
  const numbers = Array.from({ length: count }, (_, at) => at)
  return `import type { Collections } from '@stateward/client'
import { defineDomain, entity, type Schema } from '@stateward/contract'

const schema = <Input, Output>(): Schema<Input, Output> => ({
  '~standard': { version: 1, vendor: 'example', validate: (value) => ({ value: value as Output }) },
})
${numbers.map((at) => typeOf(at, (at + 1) % count)).join('')}
export const domain = defineDomain({ ${numbers.map((at) => `type${at}`).join(', ')} })

export async function use(state: Collections<typeof domain>): Promise<void> {${numbers.map(useOf).join('')}}
`
}

function typeOf(at: number, other: number): string {
  return `
interface Input${at} {
  readonly name: string
  readonly status?: 'draft' | 'running' | 'done'
  readonly order?: number
  readonly tags?: readonly string[]
  readonly note?: string | null
  readonly due?: string
  readonly owner_id?: string
  readonly after?: readonly string[]
  readonly metadata?: { readonly source: string }
}
interface Output${at} extends Input${at} {
  readonly status: 'draft' | 'running' | 'done'
  readonly order: number
}
const type${at} = entity({
  schema: schema<Input${at}, Output${at}>(),
  indexes: [['status', 'updated_at'], 'order'],
  refs: { owner_id: 'type${other}', after: { to: 'type${at}', onDelete: 'keep' } },
  times: ['due'],
  texts: ['name'],
})
`
}

/** What a program does with a type, by every part of the query that is inferred. */
function useOf(at: number): string {
  return `
  await state.type${at}.create({ name: 'x', status: 'draft' })
  const found${at} = state.type${at}.where({ status: { in: ['draft'] }, order: { gt: 1 }, tags: { contains: 'x' } })
  for (const { record, related } of await found${at}.orderBy('due', 'desc').limit(20).include('owner_id', 'after').all())
    console.log(record.order.toFixed(), related.owner_id?.name, related.after?.map((one) => one?.status))
  for (const { name } of await found${at}.select('id', 'name').all()) console.log(name.length)
  for (const { value } of await found${at}.groupBy('status')) console.log(value satisfies 'draft' | 'running' | 'done' | undefined)
  // @ts-expect-error no such value
  await state.type${at}.update('x', { status: 'finished' })
`
}
