import type { Phase, Spec } from 'stateward'
import type { Acknowledged } from './messages.ts'

export interface SpecProgress {
  readonly id: string
  readonly name: string
  readonly area: string
  readonly dependencies: readonly string[]
  status: string
  worker: number | undefined
  /** Statuses of its phases by id, in their order. */
  readonly phases: Map<string, string>
}

/** How far the plan has come, as far as the writer's acknowledgements tell. */
export class Progress {
  readonly specs: Map<string, SpecProgress> = new Map()
  /** What happened last, newest last. */
  readonly events: string[] = []
  commits = 0
  underWay = 0

  /** Takes what the store holds. */
  load(specs: readonly Spec[], phases: readonly Phase[]): void {
    for (const { id, name, status, dependencies, ...rest } of specs) {
      const area = 'area' in rest ? String(rest.area) : ''
      this.specs.set(id, { id, name, area, dependencies, status, worker: undefined, phases: new Map() })
    }
    for (const { id, spec_id, status } of [...phases].sort((left, right) => left.order - right.order)) {
      this.specs.get(spec_id)?.phases.set(id, status)
    }
  }

  take(writes: readonly Acknowledged[], commits: number, underWay: number): void {
    this.commits += commits
    this.underWay = underWay
    for (const write of writes) this.#takeOne(write)
  }

  #takeOne({ type, id, status, specId, worker, again }: Acknowledged): void {
    const spec = this.specs.get(type === 'spec' ? id : (specId ?? ''))
    if (spec === undefined) return
    if (type === 'phase') spec.phases.set(id, status)
    if (type !== 'spec') return
    spec.status = status
    spec.worker = status === 'running' ? worker : undefined
    if (status === 'completed') this.events.push(`completed  ${spec.name}`)
    if (status === 'failed')
      this.events.push(`failed     ${spec.name}${again === true ? ', to be tried again' : ' for good'}`)
  }

  count(status: string): number {
    return [...this.specs.values()].filter((spec) => spec.status === status).length
  }

  /** Whether it could be taken now. */
  isReady({ status, dependencies }: SpecProgress): boolean {
    return status === 'pending' && dependencies.every((id) => this.specs.get(id)?.status === 'completed')
  }

  get ready(): number {
    return [...this.specs.values()].filter((spec) => this.isReady(spec)).length
  }
}
