import { isNode, type Node, syntaxOf } from '../tidy/syntax.ts'
import type { TextFile } from '../tidy/tree.ts'

/** One small change of a source file: the expression or the statement from `start` to `end` becomes `becomes`. */
export interface Mutant {
  /** From the root of the repository. */
  readonly path: string
  readonly line: number
  /** The line on which it begins, without the white space around it. */
  readonly lineText: string
  /** Where in that text it begins, counted from 1. */
  readonly column: number
  readonly start: number
  readonly end: number
  readonly was: string
  readonly becomes: string
  /** Whether a statement begins with it. */
  readonly startsStatement: boolean
}

type Change = readonly [node: Node, becomes: string]

/** What a statement becomes that is left out. */
export const nothing = ';'

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
    for (const [{ start, end }, becomes] of changesOf(node, parents, text)) {
      const line = text.slice(0, start).split('\n').length
      const startsStatement = parents.some((parent) => parent.type === 'ExpressionStatement' && parent.start === start)
      const was = text.slice(start, end)
      const lineText = text.split('\n')[line - 1]?.trim() ?? ''
      const column = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trimStart().length + 1
      const mutant = { path, line, lineText, column, start, end, was, becomes, startsStatement }
      mutants.set(`${start} ${end} ${becomes}`, mutant)
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
  const { test, operator, argument } = node
  if (isNode(test)) yield [test, `!(${textOf(test, text)})`]
  if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') yield* ofOperator(node, parent, text)
  if (node.type === 'UnaryExpression' && operator === '!' && isNode(argument)) yield [node, textOf(argument, text)]
  if (node.type === 'AwaitExpression' && isNode(argument)) yield [node, textOf(argument, text)]
  if (node.type === 'Literal') yield* ofLiteral(node, parent)
  if (/^(Return|Throw|Break|Continue)Statement$/.test(node.type) && isEarly(parents)) yield [node, nothing]
  if (node.type === 'ExpressionStatement' && isEffect(node)) yield [node, nothing]
}

function* ofOperator(node: Node, parent: Node | undefined, text: string): Generator<Change> {
  const { left, right, operator } = node
  if (!isNode(left) || !isNode(right)) return
  if (operator === '??') {
    yield [node, textOf(right, text)]
    // The type of an indexed access asks for the other side, also where the index is always within.
    if (left.computed !== true) yield [node, textOf(left, text)]
    return
  }
  const other = opposites[String(operator)]
  // Where it is a whole condition, its negation is among the mutants already.
  const isCondition = parent?.test === node && !(String(operator) in boundaries) && node.type === 'BinaryExpression'
  if (other === undefined || isCondition || (operator === '+' && (isText(left) || isText(right)))) return
  const at = text.indexOf(String(operator), left.end)
  const before = text.slice(node.start, at)
  yield [node, `${before}${other}${text.slice(at + String(operator).length, node.end)}`]
}

/** Texts with a space in them are read by people. */
function* ofLiteral(node: Node, parent: Node | undefined): Generator<Change> {
  const { value } = node
  if (parent?.key === node || parent?.source === node) return
  if (value === 0 || value === 1) yield [node, String(1 - value)]
  if (typeof value === 'boolean') yield [node, String(!value)]
  if (typeof value === 'string' && !value.includes(' ')) yield [node, value === '' ? "'mutant'" : "''"]
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
