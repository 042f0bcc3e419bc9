import type { Question, StoredRecord } from '@stateward/contract'
import { z } from 'zod'
import { asked } from './asked.ts'
import { levelsOf, type PlanGraph, planGraph } from './plan-graph.ts'
import { isOpenStatus } from './status.ts'
import { idSchema } from './text-schema.ts'

const planAsk = z.strictObject({ planId: idSchema })

/** The levels of a plan, and its longest chain of specs that are still open. */
export const levelsQuestion: Question = (ask, { reader }) => {
  const graph = planGraph(asked(planAsk, ask, 'levels').planId, reader)
  const { levels, cyclic } = levelsOf(graph)
  return { levels, cyclic, criticalPath: criticalPath(graph, levels) }
}

/** Open specs of a plan that wait, directly or not, for one that failed, was cancelled or deleted; and for which. */
export const deadEndsQuestion: Question = (ask, { reader }) => {
  const graph = planGraph(asked(planAsk, ask, 'deadEnds').planId, reader)
  const { levels, cyclic } = levelsOf(graph)
  const rootsOf = new Map<string, readonly string[]>()
  // In the order of the levels, what a spec waits for is known before the spec itself.
  for (const id of [...levels.flat(), ...cyclic]) {
    const roots = graph
      .dependenciesOf(id)
      .flatMap((one) => (isDead(graph.specs.get(one)) ? [one] : (rootsOf.get(one) ?? [])))
    if (isOpenStatus(graph.specs.get(id)?.status)) rootsOf.set(id, [...new Set(roots)])
  }
  return [...rootsOf].flatMap(([id, roots]) =>
    roots.length === 0
      ? []
      : [{ id, roots: roots.map((root) => ({ id: root, status: statusOf(graph.specs.get(root)) })) }],
  )
}

/** What does not fit together in a plan, though each record by itself does. Nothing, unless rules were skipped or others wrote the log. */
export const integrityQuestion: Question = (ask, { reader }) => {
  const { planId } = asked(planAsk, ask, 'integrity')
  const graph = planGraph(planId, reader)
  const dangling: { id: string; dependency: string; reason: string }[] = []
  const openUnderCompleted: { id: string; whole: string }[] = []
  const plan = reader.get('plan', planId)
  for (const spec of graph.specs.values()) {
    for (const dependency of graph.dependenciesOf(spec.id)) {
      if (graph.specs.has(dependency)) continue
      const reason = reader.get('spec', dependency) === undefined ? 'deleted' : 'other-plan'
      dangling.push({ id: spec.id, dependency, reason })
    }
    if (plan?.status === 'completed' && isOpenStatus(spec.status))
      openUnderCompleted.push({ id: spec.id, whole: planId })
  }
  const completed = [...graph.specs.values()].filter(({ status }) => status === 'completed').map(({ id }) => id)
  for (const phase of reader.referringMany('phase', 'spec_id', completed).flat())
    if (isOpenStatus(phase.status)) openUnderCompleted.push({ id: phase.id, whole: String(phase.spec_id) })
  return { cyclic: levelsOf(graph).cyclic, dangling, openUnderCompleted }
}

function criticalPath({ specs, dependenciesOf }: PlanGraph, levels: readonly (readonly string[])[]): readonly string[] {
  const longest = new Map<string, { readonly length: number; readonly after: string | undefined }>()
  let end: string | undefined
  for (const id of levels.flat()) {
    if (!isOpenStatus(specs.get(id)?.status)) continue
    const before = dependenciesOf(id).filter((one) => longest.has(one))
    const after = before.reduce<string | undefined>(
      (best, one) => (lengthOf(one) > lengthOf(best) ? one : best),
      undefined,
    )
    longest.set(id, { length: lengthOf(after) + 1, after })
    if (lengthOf(id) > lengthOf(end)) end = id
  }
  const path: string[] = []
  for (let id = end; id !== undefined; id = longest.get(id)?.after) path.push(id)
  return path.reverse()

  function lengthOf(id: string | undefined): number {
    return id === undefined ? 0 : (longest.get(id)?.length ?? 0)
  }
}

function isDead(spec: StoredRecord | undefined): boolean {
  return spec === undefined || spec.status === 'failed' || spec.status === 'cancelled'
}

function statusOf(spec: StoredRecord | undefined): string {
  return spec === undefined ? 'deleted' : String(spec.status)
}
