import type { CareOptions } from '@stateward/storage-jsonl'
import type { Session } from './session.ts'

/** How commands that look after the files themselves reach the store. */
export function careOf({ path }: Session): CareOptions {
  return { dir: path, owner: 'stateward command' }
}
