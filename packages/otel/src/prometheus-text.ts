import type { Stats } from '@stateward/contract'
import { type Sample, type SampledDistribution, storeMetrics } from './store-metrics.ts'

/** Upper bounds in units of the metric. Powers of four of a tenth of a microsecond, on which the buckets of `stats()` end. */
const finest = 1e-7
const bounds = Array.from({ length: 16 }, (_, power) => finest * 4 ** power)
const countBounds = Array.from({ length: 13 }, (_, power) => 2 ** power)

/**
 * The statistics of a store in the text format of Prometheus, version 0.0.4; `store` is a label of every sample. What the store
 * does not measure is left out. Source: "Exposition formats" of the Prometheus documentation.
 */
export function prometheusText(stats: Stats, store: string): string {
  const lines = storeMetrics.flatMap((metric) => {
    const samples =
      metric.type === 'histogram'
        ? metric.distributions(stats).flatMap((one) => histogramLines(metric.name, one, store))
        : metric.samples(stats).map((one) => sampleLine(metric.name, one, store))
    return samples.length === 0
      ? []
      : [`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.type}`, ...samples]
  })
  return `${lines.join('\n')}\n`
}

function histogramLines(name: string, { labels, of, scale }: SampledDistribution, store: string): readonly string[] {
  const line = (suffix: string, value: number, more: Sample['labels'] = {}): string =>
    sampleLine(`${name}_${suffix}`, { labels: { ...labels, ...more }, value }, store)
  const counted = (scale === 1 ? countBounds : bounds).map((bound) => {
    // A bucket of whole numbers that ends below 9 holds none above 8.
    const last = scale === 1 ? bound + 1 : bound * (1 + 1e-9)
    const below = of.buckets.filter(([end]) => end * scale <= last)
    return line(
      'bucket',
      below.reduce((sum, [, count]) => sum + count, 0),
      { le: String(Number(bound.toPrecision(12))) },
    )
  })
  return [...counted, line('bucket', of.count, { le: '+Inf' }), line('sum', of.sum * scale), line('count', of.count)]
}

function sampleLine(name: string, { labels, value }: Sample, store: string): string {
  const all = Object.entries({ store, ...labels }).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}{${all.join(',')}} ${value}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
