import type { Finding } from './finding.ts'
import { isCode, lineCount, type TextFile } from './tree.ts'

const longestFileLines = 300

// Written in halves, so that this file does not find itself.
const markers = new RegExp(
  `\\b(${['TO-DO', 'FIX-ME', 'XX-X', 'HA-CK'].map((word) => word.replace('-', '')).join('|')})\\b`,
)

const machinePath = /(?<![\w./~-])\/(work|tmp|root|home|Users)(?![\w-])/

const registryHost = /\bregistry\.[\w-]+\.\w+|\bnpmjs\.(org|com)\b/i

/** Words about words, in `code` marks, are allowed in Markdown. */
const withoutCode = (path: string, line: string): string => (path.endsWith('.md') ? line.replace(/`[^`]*`/g, '') : line)

/** What plain text can tell: the length, left-over markers, paths of one machine, hosts of one registry. */
export function textFindings(file: TextFile): readonly Finding[] {
  const { path, text } = file
  const findings: Finding[] = []
  if (isCode(file) && lineCount(text) > longestFileLines) {
    findings.push({
      path,
      line: 0,
      message: `has ${lineCount(text)} lines, ${longestFileLines} are allowed: it is two files`,
    })
  }
  text.split('\n').forEach((content, index) => {
    const say = (message: string): number => findings.push({ path, line: index + 1, message })
    const marker = path === 'pnpm-lock.yaml' ? null : markers.exec(withoutCode(path, content))
    if (marker !== null) say(`"${marker[0]}": do it now, or write down why not`)
    if (machinePath.test(content)) say('names a path of one machine')
    if (registryHost.test(content)) say('names the host of a registry')
  })
  return findings
}
