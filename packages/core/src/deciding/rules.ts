import { type Entity, type RuleReader, type RuleSubject, StatewardError, type Violation } from '@stateward/contract'
import { SubjectReader } from './subject-reader.ts'

/** Runs the type's own rules, in order; throws the first violation with the code it names. */
export function checkRules(entity: Entity, subject: RuleSubject, reader: RuleReader): void {
  if (entity.rules.length === 0) return
  const view = new SubjectReader(reader, subject)
  for (const rule of entity.rules) {
    const violation = rule(subject, view)
    if (violation !== undefined) throw violated(violation)
  }
}

export function violated({ code, message, details = {} }: Violation): StatewardError {
  return new StatewardError(code, message, { details })
}
