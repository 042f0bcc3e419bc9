import type { Failure, Reply } from '@stateward/actor'
import type { WriteKind } from '../deciding/write.ts'
import { fromActor } from '../validation/refusals.ts'
import { answerOf } from './answer.ts'
import type { Written } from './write-actor.ts'

type Replied = (reply: Reply<Written, Failure>) => unknown

/** What the writing actor's reply is to who has sent a message of each kind; throws its refusal. */
export const replied: Readonly<Record<WriteKind, Replied>> = {
  create: repliedTo('create'),
  update: repliedTo('update'),
  delete: repliedTo('delete'),
  restore: repliedTo('restore'),
  createMany: repliedTo('createMany'),
  updateMany: repliedTo('updateMany'),
  deleteMany: repliedTo('deleteMany'),
  transact: repliedTo('transact'),
  command: repliedTo('command'),
}

// One for each kind, not one for each write: those would wait in the mailbox beside it.
function repliedTo(kind: WriteKind): Replied {
  return (reply) => {
    if (reply.ok) return answerOf(kind, reply.value)
    throw fromActor(reply.error)
  }
}
