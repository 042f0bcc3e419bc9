import type { JsonObject, JsonValue, SchemaIssue } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { claimStatuses, domain, executionStatuses, workStatuses, zeroMetrics } from '../src/index.ts'

type TypeName = keyof typeof domain.entities

interface Values {
  readonly good: readonly unknown[]
  readonly bad: readonly unknown[]
}

const bytes = (count: number): string => 'x'.repeat(count)
/** JSON of `{"a":"…"}` of this many bytes. */
const objectOf = (count: number): JsonObject => ({ a: bytes(count - 8) })
const endless: Record<string, unknown> = {}
endless.itself = endless

const name: Values = {
  good: ['x', ' ', bytes(500), '𝒳'.repeat(500), 'ä'.repeat(500)],
  bad: ['', bytes(501), '𝒳'.repeat(501), bytes(100_000), 1, null, ['x'], {}],
}
const description: Values = {
  good: ['', bytes(65_536), 'ä'.repeat(32_768), '𝒳'.repeat(16_384)],
  bad: [bytes(65_537), 'ä'.repeat(32_769), `${'𝒳'.repeat(16_384)}x`, 1, null, [], {}],
}
const object: Values = {
  good: [{}, { a: { b: [1, null, 'x'] } }, objectOf(16_384), Object.create(null), { a: 'ä'.repeat(8_188) }],
  bad: [objectOf(16_385), { a: 'ä'.repeat(8_189) }, [], null, 'x', 1, endless, { a: 1n }, new Date(0), new Map()],
}
const id: Values = {
  good: ['0190163d-8694-739b-aea5-966c26f8ad91', 'x', 'bd-f8b764c9.2'],
  bad: ['', 1, null, ['x'], {}],
}
const optionalId: Values = { good: [...id.good, undefined], bad: id.bad }
const count: Values = {
  good: [0, 1, Number.MAX_SAFE_INTEGER],
  bad: [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, true],
}
const amount: Values = { good: [0, 0.5, 1e300], bad: [-0.1, Number.NaN, Number.POSITIVE_INFINITY, '1', null] }
const workStatus: Values = { good: workStatuses, bad: ['created', 'queued', 'paused', 'Draft', '', 'done', null, 1] }
const dateTime: Values = {
  good: [
    undefined,
    '2026-01-31T10:00:00Z',
    '2026-01-31T10:00:00.123456789+05:30',
    '2026-01-31T10:00:00.5-08:00',
    '2024-02-29T23:59:60Z',
  ],
  bad: ['2026-02-30T10:00:00Z', '2026-01-31', '2026-01-31T10:00:00', '10:00', '', 1_700_000_000_000, null, new Date(0)],
}

/** Every value of `part` put into the metrics at `path`. */
const inMetrics = (path: readonly string[], part: Values): Values => {
  const put = (value: unknown): unknown =>
    path.reduceRight<unknown>((inner, key, depth) => ({ ...objectAt(path.slice(0, depth)), [key]: inner }), value)
  return { good: part.good.map(put), bad: part.bad.map(put) }
}
const objectAt = (path: readonly string[]): JsonObject => {
  let at: JsonValue | undefined = JSON.parse(JSON.stringify(zeroMetrics))
  for (const key of path) at = isObject(at) ? at[key] : undefined
  return isObject(at) ? at : {}
}
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const without = (key: string): JsonObject =>
  Object.fromEntries(Object.entries(zeroMetrics).filter(([other]) => other !== key))

const fields: Record<TypeName, Record<string, readonly Values[]>> = {
  plan: { name: [name], description: [description], status: [workStatus], metadata: [object] },
  spec: {
    plan_id: [id],
    name: [name],
    description: [description],
    dependencies: [{ good: [[], ['a'], ['a', 'b']], bad: [[''], [1], 'a', null, {}] }],
    acceptance_criteria: [{ good: [[], ['It works.'], ['']], bad: [[1], 'x', null, {}] }],
    status: [workStatus],
  },
  phase: { spec_id: [id], name: [name], description: [description], order: [count], status: [workStatus] },
  execution: {
    loop_type: [name],
    target_type: [{ good: ['plan', 'spec', 'phase'], bad: ['execution', 'Plan', '', null, undefined] }],
    target_id: [id],
    parent_execution_id: [optionalId],
    status: [{ good: executionStatuses, bad: ['draft', 'pending', 'blocked', '', null] }],
    started_at: [dateTime],
    completed_at: [dateTime],
    iteration_count: [count],
    metrics: [
      { good: [zeroMetrics], bad: [null, [], 'x', {}, ...Object.keys(zeroMetrics).map(without)] },
      inMetrics(['total_tokens', 'prompt_tokens'], count),
      inMetrics(['total_tokens', 'completion_tokens'], count),
      inMetrics(['total_tokens', 'total_cost'], amount),
      inMetrics(['total_tokens', 'kept'], { good: ['as it is'], bad: [] }),
      inMetrics(['tool_invocations'], { good: [{}, { search: 3 }], bad: [{ search: -1 }, { search: 'x' }, [1], null] }),
      inMetrics(['tool_invocations', 'search'], count),
      inMetrics(['iteration_durations_ms'], { good: [[], [0, 12.5]], bad: [[-1], ['1'], 5, null, {}] }),
      inMetrics(['retry_count'], count),
      inMetrics(['resource_usage'], object),
    ],
    error: [
      {
        good: [undefined, { code: 'E', message: '' }, { code: 'E', message: bytes(65_536), stack: 'kept' }],
        bad: [
          {},
          { code: 'E' },
          { message: 'm' },
          { code: '', message: 'm' },
          'E',
          null,
          [],
          { code: 1, message: 'm' },
        ],
      },
      ...description.bad.map((message) => ({ good: [], bad: [{ code: 'E', message }] })),
    ],
  },
  claim: {
    target_type: [{ good: ['plan', 'spec', 'phase'], bad: ['execution', '', null, undefined] }],
    target_id: [id],
    execution_id: [id],
    holder: [name],
    token: [{ good: [1, 2], bad: [0, -1, 1.5, '1', null, undefined] }],
    ttl_ms: [{ good: [1, 86_400_000], bad: [0, -1, 1.5, 86_400_001, '1', null, undefined] }],
    beats: [{ good: [0, 7], bad: [-1, 0.5, '0', null, undefined] }],
    status: [{ good: claimStatuses, bad: ['free', '', null, undefined] }],
  },
}

const required: Record<TypeName, JsonObject> = {
  plan: { name: 'n' },
  spec: { plan_id: 'p', name: 'n' },
  phase: { spec_id: 's', name: 'n' },
  execution: { loop_type: 'build', target_type: 'plan', target_id: 'p' },
  claim: {
    target_type: 'spec',
    target_id: 's',
    execution_id: 'e',
    holder: 'worker',
    token: 1,
    ttl_ms: 1_000,
    beats: 0,
    status: 'held',
  },
}

const defaults: Record<TypeName, JsonObject> = {
  plan: { description: '', status: 'draft', metadata: {} },
  spec: { description: '', dependencies: [], acceptance_criteria: [], status: 'draft' },
  phase: { description: '', order: 0, status: 'draft' },
  execution: {
    status: 'created',
    iteration_count: 0,
    metrics: {
      total_tokens: { prompt_tokens: 0, completion_tokens: 0 },
      tool_invocations: {},
      iteration_durations_ms: [],
      retry_count: 0,
      resource_usage: {},
    },
  },
  claim: {},
}

const typeNames: readonly TypeName[] = ['plan', 'spec', 'phase', 'execution']

const validate = (type: TypeName, value: unknown): { issues: readonly SchemaIssue[]; value: unknown } => {
  const result = domain.entities[type].schema['~standard'].validate(value)
  if (result instanceof Promise) throw new Error('a schema of the built-in domain answers at once')
  return result.issues === undefined ? { issues: [], value: result.value } : { issues: result.issues, value: undefined }
}

const described = (value: unknown): string => {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 60)
  } catch {
    return String(value)
  }
}

describe.each(typeNames)('%s', (type) => {
  test('every field of the domain has its values here', () => {
    expect(Object.keys(fields[type]).sort()).toEqual([...(domain.entities[type].fields ?? [])].sort())
  })

  test('absent fields are filled in, required ones are not', () => {
    expect(validate(type, required[type])).toEqual({ issues: [], value: { ...required[type], ...defaults[type] } })
    for (const field of Object.keys(required[type])) {
      const rest = Object.fromEntries(Object.entries(required[type]).filter(([other]) => other !== field))
      expect(validate(type, rest).issues.map(({ path }) => path)).toEqual([[field]])
    }
  })

  test('unknown keys are kept', () => {
    expect(validate(type, { ...required[type], extra: { deep: [1] } }).value).toMatchObject({ extra: { deep: [1] } })
  })

  test.each([null, undefined, 1, 'x', []])('is not %j', (value) => {
    expect(validate(type, value).issues).not.toEqual([])
  })

  for (const [field, groups] of Object.entries(fields[type])) {
    for (const value of groups.flatMap(({ good }) => good)) {
      test(`${field} may be ${described(value)}`, () => {
        expect(validate(type, { ...required[type], [field]: value }).issues).toEqual([])
      })
    }
    for (const value of groups.flatMap(({ bad }) => bad)) {
      test(`${field} may not be ${described(value)}`, () => {
        const { issues } = validate(type, { ...required[type], [field]: value })
        expect(issues.length).toBeGreaterThan(0)
        for (const { path, message } of issues) {
          expect(path?.[0]).toBe(field)
          expect(message).not.toBe('')
        }
      })
    }
  }
})

test('a message says what was expected and how much was found', () => {
  const messageOf = (value: JsonObject): string | undefined => validate('plan', value).issues[0]?.message
  expect(messageOf({ name: bytes(501) })).toContain('expected at most 500 characters, found 501')
  expect(messageOf({ name: '𝒳'.repeat(501) })).toContain('found 501')
  expect(messageOf({ name: 'n', description: 'ä'.repeat(32_769) })).toContain('65536 bytes as UTF-8, found 65538')
  expect(messageOf({ name: 'n', metadata: objectOf(16_385) })).toContain('16384 bytes as JSON, found 16385')
})
