import { type Entity, type RuleReader, type RuleSubject, StatewardError } from '@stateward/contract'

/** Runs the type's own rules, in order; throws the first violation with the code it names. */
export function checkRules(entity: Entity, subject: RuleSubject, reader: RuleReader): void {
  for (const rule of entity.rules) {
    const violation = rule(subject, reader)
    if (violation !== undefined)
      throw new StatewardError(violation.code, violation.message, { details: violation.details ?? {} })
  }
}
