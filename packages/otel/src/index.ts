export { type MeasureOptions, measureStore, type StoreWithStats } from './measure-store.ts'
export { type MetricsHandler, type MetricsResponse, metricsHandler } from './metrics-handler.ts'
export { prometheusText } from './prometheus-text.ts'
export { type TraceOptions, traceStores } from './trace-stores.ts'
