import type { Finding } from './finding.ts'
import { isNode, syntaxOf } from './syntax.ts'
import { isScript, lineAt, packageOf, type TextFile } from './tree.ts'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const manifests = (files: readonly TextFile[]): ReadonlyMap<string, Manifest> =>
  new Map(
    files
      .filter(({ path }) => path.endsWith('/package.json'))
      .map(({ path, text }) => [packageOf(path), JSON.parse(text) as Manifest]),
  )

/** Every package tells a stranger: its name, one sentence, an example, its errors, its limits. */
export function readmeFindings(files: readonly TextFile[]): readonly Finding[] {
  return [...manifests(files)].flatMap(([folder, { name }]) => {
    const path = `${folder}/README.md`
    const text = files.find((file) => file.path === path)?.text
    if (text === undefined) return [{ path, line: 0, message: 'is missing' }]
    const wanted: readonly [string, RegExp][] = folder.startsWith('packages/')
      ? [
          [`begins with "# ${name}"`, new RegExp(`^# \`?${name}\`?\\s*\\n`)],
          ['says in a sentence what it is, right below', /^#[^\n]*\n+(?!```)[A-Z`*][^\n]*[^\n:]\n/],
          ['has an example in a ```ts block', /^```(ts|js|sh|console)\n/m],
          ['has a section on errors', /^##+ .*\berrors?\b/im],
          ['has a section on limits', /^##+ .*\blimits?\b/im],
        ]
      : [['begins with a title and a sentence', /^# [^\n]+\n+(?!```)[A-Z`*]/]]
    return wanted
      .filter(([, pattern]) => !pattern.test(text))
      .map(([what]) => ({ path, line: 0, message: `never ${what}` }))
  })
}

/** Every package that is published has been released, or has a changeset that will release it. */
export function releaseFindings(files: readonly TextFile[]): readonly Finding[] {
  const announced = files
    .filter(({ path }) => /^\.changeset\/.+\.md$/.test(path))
    .map(({ text }) => text.split(/^---$/m)[1] ?? '')
    .join('\n')
  return [...manifests(files)]
    .filter(([, manifest]) => manifest.private !== true && manifest.version === '0.0.0')
    .filter(([, { name }]) => !announced.includes(`'${name}':`) && !announced.includes(`"${name}":`))
    .map(([folder, { name }]) => ({
      path: `${folder}/package.json`,
      line: 0,
      message: `${name} was never released and no changeset names it: run \`npx changeset\``,
    }))
}

/** What a package's src/ imports by name is among its `dependencies` or `peerDependencies`; a devDependency is not there for who installs it. */
export function dependencyFindings(files: readonly TextFile[]): readonly Finding[] {
  const all = manifests(files)
  return files
    .filter((file) => isScript(file) && /^packages\/[^/]+\/(src|bin)\//.test(file.path))
    .flatMap((file) => {
      const { name = '', dependencies = {}, peerDependencies = {} } = all.get(packageOf(file.path)) ?? {}
      return syntaxOf(file).nodes.flatMap((node) => {
        const from = isNode(node.source) ? node.source.value : undefined
        if (typeof from !== 'string' || /^(\.|node:)/.test(from)) return []
        const wanted = from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/')
        if (wanted in dependencies || wanted in peerDependencies) return []
        const message = `imports ${wanted}, which is not among the dependencies of ${name}`
        return [{ path: file.path, line: lineAt(file.text, node.start), message }]
      })
    })
}

/** Every code an operation can fail with has a place in the documentation, and every documented one exists. */
export function errorCodeFindings(codes: readonly string[], files: readonly TextFile[]): readonly Finding[] {
  const path = 'docs/errors.md'
  const text = files.find((file) => file.path === path)?.text
  if (text === undefined) return [{ path, line: 0, message: 'is missing' }]
  const documented = new Set(
    [...text.matchAll(/^(?:#+ |\| *)`?([A-Z][A-Z_]{2,})`?(?=\s|$)/gm)].map((match) => match[1]),
  )
  const missing = codes.filter((code) => !documented.has(code)).map((code) => `does not explain ${code}`)
  const unknown = [...documented]
    .filter((code) => !codes.includes(code ?? ''))
    .map((code) => `explains ${code}, which no code is`)
  return [...missing, ...unknown].map((message) => ({ path, line: 0, message }))
}
