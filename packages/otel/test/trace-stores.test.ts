import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect, onTestFinished, test } from 'vitest'
import { measureStore } from '../src/measure-store.ts'
import { traceStores } from '../src/trace-stores.ts'
import { openWork } from './open-work.ts'

function sdk() {
  const spans = new InMemorySpanExporter()
  const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  const exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 2 ** 30 })
  const metering = new MeterProvider({ readers: [reader] })
  onTestFinished(() => Promise.all([tracing.shutdown(), metering.shutdown()]).then(() => undefined))
  const collected = async () => {
    await metering.forceFlush()
    return exported.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
  }
  return { spans, tracer: tracing.getTracer('test'), meter: metering.getMeter('test'), collected }
}

test('messages, queries and commits are spans by the names of the semantic conventions, and hold no secret', async () => {
  const { spans, tracer, meter, collected } = sdk()
  const stop = traceStores({ tracer, meter })
  onTestFinished(stop)
  const state = await openWork('traced')
  await state.task.create({ id: 'hunter2', title: 'hunter2' }, { actor: 'hunter2', txid: 'hunter2' })
  await state.task.update('hunter2-none', { title: 'hunter2' }).catch(() => undefined)
  await state.task.where({ title: 'hunter2' }).all()
  await state.close()
  const own = spans.getFinishedSpans().filter(({ attributes }) => attributes['db.namespace'] === 'traced')
  expect(own.map(({ name }) => name).sort()).toEqual(
    ['create task', 'query task', 'run query task', 'stateward.commit', 'stateward.recovery', 'update task'].sort(),
  )
  const create = own.find(({ name }) => name === 'create task')
  expect(create).toMatchObject({ kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } })
  expect(create?.attributes).toEqual({
    'db.system.name': 'stateward',
    'db.namespace': 'traced',
    'db.operation.name': 'create',
    'db.collection.name': 'task',
  })
  const failed = own.find(({ name }) => name === 'update task')
  expect(failed?.status.code).toBe(SpanStatusCode.ERROR)
  expect(failed?.attributes).toMatchObject({ 'error.type': 'NOT_FOUND', 'db.response.status_code': 'NOT_FOUND' })
  expect(own.find(({ name }) => name === 'run query task')?.attributes).toMatchObject({
    'db.response.returned_rows': 1,
  })
  const durations = (await collected()).find(({ descriptor }) => descriptor.name === 'db.client.operation.duration')
  expect(durations?.descriptor.unit).toBe('s')
  expect(durations?.dataPoints.length).toBeGreaterThanOrEqual(3)
  expect(
    JSON.stringify(own.map(({ name, attributes, events, status }) => [name, attributes, events, status])),
  ).not.toContain('hunter2')
})

test('when it was ended nothing is told any more', async () => {
  const { spans, tracer, meter } = sdk()
  traceStores({ tracer, meter })()
  const state = await openWork('ended')
  await state.close()
  expect(spans.getFinishedSpans()).toEqual([])
})

test('counters and gauges are read off the statistics when they are collected; a closed store has none', async () => {
  const { meter, collected } = sdk()
  const state = await openWork('measured')
  onTestFinished(measureStore(state, { name: 'measured', meter }))
  await state.task.create({ id: 'a' })
  const metrics = await collected()
  const named = (name: string) => metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints
  expect(named('stateward.messages')).toMatchObject([
    { value: 1, attributes: { 'db.namespace': 'measured', message: 'create' } },
    { attributes: { message: 'stats' } },
  ])
  expect(named('stateward.records')).toMatchObject([{ value: 1, attributes: { type: 'task' } }])
  await state.close()
  await expect(collected()).resolves.toBeDefined()
})
