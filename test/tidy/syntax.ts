import { parseSync } from 'oxc-parser'
import type { TextFile } from './tree.ts'

/** A node of the syntax tree, as far as the rules look at it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export interface Syntax {
  readonly nodes: readonly Node[]
  readonly comments: readonly { readonly value: string; readonly start: number }[]
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value

/** All nodes, parents before children, and all comments. A file that does not parse throws, with its path. */
export function syntaxOf({ path, text }: TextFile): Syntax {
  const { program, comments, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const nodes: Node[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (isNode(value)) {
      nodes.push(value)
      for (const key in value) visit(value[key])
    }
  }
  visit(program)
  return { nodes, comments }
}
