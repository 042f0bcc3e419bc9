import type { StoreWithStats } from './measure-store.ts'
import { prometheusText } from './prometheus-text.ts'

/** What the handler needs of a response of `node:http`. */
export interface MetricsResponse {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown
  end(text: string): unknown
}

export type MetricsHandler = (request: unknown, response: MetricsResponse) => Promise<void>

/**
 * Answers a scrape of Prometheus: `createServer(metricsHandler({ main: state }))`, one store by each name. 503 when one of them is
 * closed or fails; never rejects.
 */
export function metricsHandler(stores: Readonly<Record<string, StoreWithStats>>): MetricsHandler {
  return async (_, response) => {
    try {
      const texts = Object.entries(stores).map(async ([name, store]) => prometheusText(await store.stats(), name))
      const text = (await Promise.all(texts)).join('')
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(text)
    } catch {
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
      response.end('the statistics of a store cannot be had\n')
    }
  }
}
