import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file of the project: its path relative to the root, with `/`, and its text. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

// Real records and packed data are not text that anybody wrote by hand.
const binary = /\.(gz|png|jpg|ico|woff2?|tgz)$/

/**
 * Every text file of the project in path order: all there is, except what `.gitignore` names and git's own folder.
 * It does not ask git, so a downloaded copy without a history is checked just the same.
 */
export function readTree(root: string): readonly TextFile[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const folders = new Set(['.git', ...ignored.filter((line) => line.endsWith('/')).map((line) => line.slice(0, -1))])
  const endings = ignored.filter((line) => line.startsWith('*.')).map((line) => line.slice(1))
  // In a second work tree of one clone it is a file.
  const names = new Set(['.git', ...ignored])

  const walk = (folder: string): TextFile[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return folders.has(entry.name) ? [] : walk(path)
      const skip =
        !entry.isFile() || names.has(entry.name) || binary.test(path) || endings.some((e) => path.endsWith(e))
      return skip ? [] : [{ path, text: readFileSync(join(root, path), 'utf8') }]
    })
  return walk('').sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Whether the file is code that a person wrote and reads. */
export const isCode = ({ path }: TextFile): boolean =>
  /\.(ts|tsx|mts|js|mjs|cjs|css|sh)$/.test(path) || path === '.ci/run'

/** Whether the file is TypeScript or JavaScript. */
export const isScript = ({ path }: TextFile): boolean => /\.(ts|tsx|mts|js|mjs|cjs)$/.test(path)

/** Lines as an editor counts them: a newline at the end begins no further one. */
export const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

/** The 1-based line that holds the character at `offset`. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** The folder of the workspace that a file belongs to, or `root`. */
export const packageOf = (path: string): string =>
  /^(packages\/[^/]+|apps\/examples\/[^/]+|apps\/[^/]+)\//.exec(path)?.[1] ?? 'root'
