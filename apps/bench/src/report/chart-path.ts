import type { Group } from './summary.ts'

/** Where the drawing of a workload at a size stands, seen from the report: `charts/W5-list-10000.svg`. */
export function chartPath({ workload, size }: Group): string {
  const name = workload.id.replaceAll('/', '-')
  return `charts/${size === 0 ? name : `${name}-${size}`}.svg`
}
