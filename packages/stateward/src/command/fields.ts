import type { JsonObject, JsonValue } from '@stateward/contract'
import { UsageError } from './usage-error.ts'

/** What `key=value` and `key:=json` on the command line say. */
export interface GivenFields {
  readonly fields: JsonObject
  /** Names of those given as plain texts. */
  readonly texts: readonly string[]
}

/** Reads `name=Ship` (a text) and `order:=3` (any JSON). Each field once. */
export function fieldsFrom(pairs: readonly string[]): GivenFields {
  const fields: Record<string, JsonValue> = Object.create(null)
  const texts: string[] = []
  for (const pair of pairs) {
    const { name, isJson, value } = split(pair)
    if (Object.hasOwn(fields, name)) throw new UsageError(`expected each field once, found ${name} twice`)
    fields[name] = isJson ? parsed(name, value) : value
    if (!isJson) texts.push(name)
  }
  return { fields: { ...fields }, texts }
}

function split(pair: string): { name: string; isJson: boolean; value: string } {
  const at = pair.indexOf('=')
  const isJson = at > 0 && pair[at - 1] === ':'
  const name = pair.slice(0, isJson ? at - 1 : at)
  if (at < 1 || name === '') {
    throw new UsageError(
      `expected fields as name=text or name:=json, found ${JSON.stringify(pair)}; for example name=Ship order:=3`,
    )
  }
  if (name === '__proto__') throw new UsageError('expected a field, found __proto__, which cannot be one')
  return { name, isJson, value: pair.slice(at + 1) }
}

function parsed(name: string, value: string): JsonValue {
  try {
    return JSON.parse(value)
  } catch {
    throw new UsageError(
      `expected JSON behind ${name}:=, found ${JSON.stringify(value)}; write ${name}=${value} for a text`,
    )
  }
}

/** The texts among these fields that look like another kind of JSON: what to suggest when a type does not fit. */
export function jsonLookalikes({ fields, texts }: GivenFields): readonly string[] {
  return texts.filter((name) => /^(-?\d+(\.\d+)?|true|false|null|[[{].*[\]}])$/s.test(String(fields[name])))
}
