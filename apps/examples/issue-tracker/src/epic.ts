import type { SourceIssue } from './source.ts'

/**
 * The epic of an issue: what its first dependency of type `parent-child` leads to. The tracker keeps this inside a list
 * of objects, where no index looks; a field of its own makes it a relation.
 */
export function epicOf(dependencies: SourceIssue['dependencies'] | null): string | undefined {
  return dependencies?.find(({ type }) => type === 'parent-child')?.depends_on_id
}
