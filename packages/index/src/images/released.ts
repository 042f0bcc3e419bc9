import { StatewardError } from '@stateward/contract'
import type { Pieces } from './pieces.ts'

/** Stands where a structure had its pieces before it was released: one at least, so that nobody believes it empty, and who asks for it is told `CLOSED`. */
export const released: Pick<Pieces, 'count' | 'at' | 'has' | 'take'> = {
  count: 1,
  at: () => 0,
  has: () => true,
  take() {
    throw new StatewardError('CLOSED', 'expected an open store, found it closed; open it again')
  },
}
