import { rig } from '../../../../test/reliability/rig.ts'
import { damageEveryByte } from './bytes-rig.ts'

rig('bytes', ({ each }) => each((seed) => damageEveryByte(seed)), { part: [1, 2] })
