import type { Domain, TracedMessage } from '@stateward/contract'

type MessageFacts = Pick<TracedMessage, 'type' | 'items'>

/** Where a message carries several things, it is under one of these. */
const lists = ['rows', 'updates', 'ids', 'operations'] as const
const nothing: Readonly<Record<string, unknown>> = Object.freeze({})

/**
 * What of a message may be told to anybody: words that the domain itself defines, and how many things it carries. The body
 * has not been looked at yet, and may be anything.
 */
export function messageFacts(domain: Domain, kind: string, body: unknown): MessageFacts {
  try {
    const fields = fieldsOf(kind === 'groupBy' || kind === 'aggregate' ? fieldsOf(body).query : body)
    const type =
      kind === 'command' || kind === 'question' ? procedure(domain, kind, fields.name) : entity(domain, fields.type)
    for (const key of lists) {
      const list = fields[key]
      if (Array.isArray(list)) return type === undefined ? { items: list.length } : { type, items: list.length }
    }
    return type === undefined ? nothing : { type }
  } catch {
    // A getter may throw; what is wrong with the message is said where it is checked.
    return {}
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object(value) : nothing
}

function entity({ entities }: Domain, name: unknown): string | undefined {
  return typeof name === 'string' && Object.hasOwn(entities, name) ? name : undefined
}

function procedure({ procedures }: Domain, kind: 'command' | 'question', name: unknown): string | undefined {
  const known = kind === 'command' ? procedures.commands : procedures.questions
  return typeof name === 'string' && Object.hasOwn(known, name) ? name : undefined
}
