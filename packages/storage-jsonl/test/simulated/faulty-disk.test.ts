import { rig } from '../../../../test/reliability/rig.ts'
import { failEveryCall } from './faulty-disk.ts'

rig('faulty-disk', ({ each, target }) => each((seed) => failEveryCall(seed, target)))
