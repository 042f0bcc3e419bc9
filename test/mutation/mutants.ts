import { isNode, type Node, syntaxOf } from '../tidy/syntax.ts'
import type { TextFile } from '../tidy/tree.ts'

/** One small change of a source file: the characters from `start` to `end` become `becomes`. */
export interface Mutant {
  /** From the root of the repository. */
  readonly path: string
  readonly line: number
  readonly start: number
  readonly end: number
  readonly was: string
  readonly becomes: string
}

type Change = readonly [start: number, end: number, becomes: string]

const boundaries: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' }
const opposites: Readonly<Record<string, string>> = {
  ...boundaries,
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '&&': '||',
  '||': '&&',
}

/** All mutants of a file, in the order of the text. Types and texts that people read have none. */
export function mutantsOf(file: TextFile): Mutant[] {
  const { text, path } = file
  const [program] = syntaxOf(file).nodes
  const mutants = new Map<string, Mutant>()
  const visit = (node: Node, parents: readonly Node[]): void => {
    // A template is a path or a text for a person; a wrong path is what the other mutants of its parts would be.
    if (isType(node) || node.type === 'ImportDeclaration' || node.type === 'TemplateLiteral') return
    for (const [start, end, becomes] of changesOf(node, parents, text)) {
      const line = text.slice(0, start).split('\n').length
      mutants.set(`${start} ${end} ${becomes}`, { path, line, start, end, was: text.slice(start, end), becomes })
    }
    for (const child of childrenOf(node)) visit(child, [node, ...parents])
  }
  if (program !== undefined) visit(program, [])
  return [...mutants.values()].sort((a, b) => a.start - b.start)
}

const wrappers = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression'])
const isType = ({ type }: Node): boolean => type.startsWith('TS') && !wrappers.has(type)

const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode)

function* changesOf(node: Node, parents: readonly Node[], text: string): Generator<Change> {
  const [parent] = parents
  const { test, operator } = node
  if (isNode(test)) yield [test.start, test.end, `!(${textOf(test, text)})`]
  if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') yield* ofOperator(node, parent, text)
  if (node.type === 'UnaryExpression' && operator === '!') yield [node.start, node.start + 1, '']
  if (node.type === 'Literal') yield* ofLiteral(node)
  if (node.type === 'ReturnStatement' && isEarly(parents)) yield [node.start, node.end, ';']
  if (node.type === 'ExpressionStatement' && isEffect(node)) yield [node.start, node.end, ';']
}

function* ofOperator(node: Node, parent: Node | undefined, text: string): Generator<Change> {
  const { left, right, operator } = node
  if (!isNode(left) || !isNode(right)) return
  if (operator === '??') {
    yield [node.start, node.end, `(${textOf(right, text)})`]
    // The type of an indexed access asks for the other side, also where the index is always within.
    if (left.computed !== true) yield [node.start, node.end, textOf(left, text)]
    return
  }
  const other = opposites[String(operator)]
  // Where it is a whole condition, its negation is among the mutants already.
  const isCondition = parent?.test === node && !(String(operator) in boundaries) && node.type === 'BinaryExpression'
  if (other === undefined || isCondition || (operator === '+' && (isText(left) || isText(right)))) return
  const at = text.indexOf(String(operator), left.end)
  const before = text.slice(node.start, at)
  yield [node.start, node.end, `(${before}${other}${text.slice(at + String(operator).length, node.end)})`]
}

function* ofLiteral({ value, start, end }: Node): Generator<Change> {
  if (value === 0 || value === 1) yield [start, end, String(1 - value)]
  if (typeof value === 'boolean') yield [start, end, String(!value)]
}

/** Leaving early, from a branch or a loop: without the last statement of a function there is no value, and its type says so. */
function isEarly([parent, above]: readonly Node[]): boolean {
  const holder = parent?.type === 'BlockStatement' ? above : parent
  return holder !== undefined && /^(If|For|While)/.test(holder.type)
}

function isEffect({ expression }: Node): boolean {
  if (!isNode(expression)) return false
  const inner = expression.type === 'AwaitExpression' ? expression.argument : expression
  return isNode(inner) && ['CallExpression', 'AssignmentExpression', 'UpdateExpression'].includes(inner.type)
}

const isText = ({ type, value }: Node): boolean =>
  type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string')

const textOf = ({ start, end }: Node, text: string): string => text.slice(start, end)
