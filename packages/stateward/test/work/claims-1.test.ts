import { rig } from '../../../../test/reliability/rig.ts'
import { claimsOf } from './claims-history.ts'

rig('claims', ({ each }) => each(claimsOf), { part: [0, 2] })
