import { type BatchObservableResult, type Meter, metrics, type Observable } from '@opentelemetry/api'
import type { Stats } from '@stateward/contract'
import { storeMetrics } from './store-metrics.ts'

/** A store, as far as this needs it. */
export interface StoreWithStats {
  stats(): Promise<Stats>
}

export interface MeasureOptions {
  /** What the store is called: `db.namespace` of every sample. */
  readonly name: string
  /** Default: that of the global provider. */
  readonly meter?: Meter
}

/**
 * Exports counters and gauges of a store, read off `stats()` whenever metrics are collected; durations come from
 * `traceStores`. Returns the way to end it. A store that is closed is left out of what is collected.
 */
export function measureStore(
  store: StoreWithStats,
  { name, meter = metrics.getMeter('@stateward/otel') }: MeasureOptions,
): () => void {
  const instruments = storeMetrics.flatMap((metric) => {
    if (metric.type === 'histogram') return []
    const options = { description: metric.help }
    const called = metric.name.replace(/_total$/, '').replace('_', '.')
    const observed: Observable =
      metric.type === 'counter'
        ? meter.createObservableCounter(called, options)
        : meter.createObservableGauge(called, options)
    return [{ observed, samples: metric.samples }]
  })
  const collect = async (result: BatchObservableResult): Promise<void> => {
    const stats = await store.stats().catch(() => undefined)
    if (stats === undefined) return
    for (const { observed, samples } of instruments)
      for (const { labels, value } of samples(stats))
        result.observe(observed, value, { 'db.namespace': name, ...labels })
  }
  const all = instruments.map(({ observed }) => observed)
  meter.addBatchObservableCallback(collect, all)
  return () => meter.removeBatchObservableCallback(collect, all)
}
