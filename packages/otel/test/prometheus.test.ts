import { readFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { metricsHandler } from '../src/metrics-handler.ts'
import { prometheusText } from '../src/prometheus-text.ts'
import { storeMetrics } from '../src/store-metrics.ts'
import { openWork } from './open-work.ts'

const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\S+)$/

test('the text is what Prometheus reads: one head a metric, whole lines, buckets that grow to the count', async () => {
  const state = await openWork('shop')
  for (let at = 0; at < 50; at++) await state.task.create({ id: `${at}` })
  await state.task.update('none', {}).catch(() => undefined)
  const text = prometheusText(await state.stats(), 'a "shop"\\\n')
  await state.close()
  expect(text.endsWith('\n')).toBe(true)
  const lines = text.trimEnd().split('\n')
  const samples = lines.filter((line) => !line.startsWith('#'))
  for (const line of samples) expect(line).toMatch(sample)
  expect(samples.every((line) => line.includes('store="a \\"shop\\"\\\\\\n"'))).toBe(true)
  const heads = lines.filter((line) => line.startsWith('# TYPE'))
  expect(new Set(heads).size).toBe(heads.length)
  const buckets = samples.flatMap((line) => {
    const [, value] = /duration_seconds_bucket.*message="create".* (\d+)$/.exec(line) ?? []
    return value === undefined ? [] : [Number(value)]
  })
  expect(buckets).toEqual([...buckets].sort((left, right) => left - right))
  expect(buckets.at(-1)).toBe(50)
  expect(text).toMatch(/stateward_failures_total\{[^}]*message="update",code="NOT_FOUND"\} 1\n/)
})

test('a server answers scrapes, and says so when a store is closed', async () => {
  const state = await openWork('shop')
  const server = createServer(metricsHandler({ shop: state }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const asked = () =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      get({ port, host: '127.0.0.1', agent: false }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += String(chunk)
        })
        response.on('end', () => resolve({ status: response.statusCode, text }))
      }).on('error', reject)
    })
  expect(await asked()).toMatchObject({
    status: 200,
    text: expect.stringContaining('stateward_healthy{store="shop"} 1'),
  })
  await state.close()
  expect((await asked()).status).toBe(503)
})

test('each panel of the dashboard asks for metrics that there are', () => {
  const dashboard: unknown = JSON.parse(readFileSync(new URL('../grafana-dashboard.json', import.meta.url), 'utf8'))
  const asked = [...JSON.stringify(dashboard).matchAll(/stateward_\w+/g)].map(([name]) => name)
  const known = new Set(
    storeMetrics.flatMap(({ name, type }) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
    ),
  )
  expect(asked.length).toBeGreaterThan(15)
  expect(asked.filter((name) => !known.has(name))).toEqual([])
})
