import type { Finding } from './finding.ts'
import { isNode, type Node, syntaxOf } from './syntax.ts'
import { isScript, lineAt, type TextFile } from './tree.ts'

type Rule = (file: TextFile, node: Node) => string | undefined

/** Only syntax counts, so the word in a comment, a string or a name is nobody's business. */
const noAny: Rule = (_, node) =>
  node.type === 'TSAnyKeyword' ? 'a type is `any`: say what it is, or `unknown` and look' : undefined

const testWords = new Set(['test', 'it', 'describe', 'suite', 'bench'])
const left = new Set(['only', 'skip', 'todo'])

/** `skipIf` and `runIf` are welcome: they say on what they depend, and the closing line counts them. */
const noSkippedTest: Rule = (_, node) => {
  if (node.type !== 'MemberExpression' || !isNode(node.property)) return undefined
  const name = node.property.name
  if (typeof name !== 'string' || !left.has(name) || !testWords.has(rootName(node.object))) return undefined
  return `\`.${name}\` leaves tests out`
}

/** The command talks to a person; a library has nobody to talk to. */
const noConsole: Rule = ({ path }, node) => {
  if (!/^packages\/[^/]+\/src\//.test(path) || path.startsWith('packages/stateward/src/')) return undefined
  return node.type === 'MemberExpression' && rootName(node.object) === 'console'
    ? '`console` in a library: return it, throw it, or publish it on a diagnostics channel'
    : undefined
}

const rules: readonly Rule[] = [noAny, noSkippedTest, noConsole]

function rootName(node: unknown): string {
  if (!isNode(node)) return ''
  if (node.type === 'Identifier') return String(node.name)
  if (node.type === 'MemberExpression') return rootName(node.object)
  return node.type === 'CallExpression' ? rootName(node.callee) : ''
}

/** What only the syntax tree can tell: no `any`, no test left out, no `console` in a library, no compiler silenced. */
export function syntaxFindings(file: TextFile): readonly Finding[] {
  if (!isScript(file)) return []
  const { nodes, comments } = syntaxOf(file)
  const at = (start: number, message: string): Finding => ({ path: file.path, line: lineAt(file.text, start), message })
  const silenced = comments
    .filter(({ value }) => /^\s*@ts-(ignore|nocheck)/.test(value))
    .map(({ start }) => at(start, 'the compiler is silenced: `@ts-expect-error` fails when it is no longer needed'))
  const broken = nodes.flatMap((node) =>
    rules.flatMap((rule) => {
      const message = rule(file, node)
      return message === undefined ? [] : [at(node.start, message)]
    }),
  )
  return [...broken, ...silenced]
}
