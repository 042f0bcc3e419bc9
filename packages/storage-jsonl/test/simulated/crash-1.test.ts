import { rig } from '../../../../test/reliability/rig.ts'
import { crashAtEveryStep } from './crash-rig.ts'

rig('crash', ({ each }) => each((seed) => crashAtEveryStep({ seed })), { part: [0, 2] })
