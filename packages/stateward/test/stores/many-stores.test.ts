import { rig } from '../../../../test/reliability/rig.ts'
import { StoresWorld } from './stores-world.ts'

const stepsOfOneLife = 50

rig('many-stores', ({ each }) => each((seed) => new StoresWorld(seed).run(stepsOfOneLife)))
