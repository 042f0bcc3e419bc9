import type { ChangesOf, CreateOf, RecordOf, TypeOf } from '@stateward/contract'
import { expectTypeOf, test } from 'vitest'
import type { domain, Execution, ExecutionMetrics, Phase, Plan, Spec, WorkStatus } from '../src/index.ts'

type Built = typeof domain

/** Whether a value of `Given` may be passed where `Wanted` is asked for. */
type Accepts<Wanted, Given> = [Given] extends [Wanted] ? true : false

test('records have their fields, and no other key compiles', () => {
  expectTypeOf<TypeOf<Built>>().toEqualTypeOf<'plan' | 'spec' | 'phase' | 'execution' | 'claim'>()
  expectTypeOf<RecordOf<Built, 'plan'>>().toExtend<Plan>()
  expectTypeOf<RecordOf<Built, 'spec'>['dependencies']>().toEqualTypeOf<readonly string[]>()
  expectTypeOf<Spec['status']>().toEqualTypeOf<WorkStatus>()
  expectTypeOf<Phase['order']>().toEqualTypeOf<number>()
  expectTypeOf<Execution['metrics']>().toEqualTypeOf<ExecutionMetrics>()
  expectTypeOf<keyof Plan>().toEqualTypeOf<
    'id' | 'rev' | 'created_at' | 'updated_at' | 'name' | 'description' | 'status' | 'metadata'
  >()
})

test('creating asks for what has no default, and for nothing else', () => {
  expectTypeOf<Accepts<CreateOf<Built, 'plan'>, { name: string }>>().toEqualTypeOf<true>()
  expectTypeOf<Accepts<CreateOf<Built, 'plan'>, { description: string }>>().toEqualTypeOf<false>()
  expectTypeOf<Accepts<CreateOf<Built, 'plan'>, { name: string; status: 'done' }>>().toEqualTypeOf<false>()
  expectTypeOf<Accepts<CreateOf<Built, 'spec'>, { plan_id: string; name: string }>>().toEqualTypeOf<true>()
  expectTypeOf<Accepts<CreateOf<Built, 'spec'>, { name: string }>>().toEqualTypeOf<false>()
  expectTypeOf<
    Accepts<CreateOf<Built, 'phase'>, { spec_id: string; name: string; order: '1' }>
  >().toEqualTypeOf<false>()
  expectTypeOf<
    Accepts<CreateOf<Built, 'execution'>, { loop_type: string; target_type: 'spec'; target_id: string }>
  >().toEqualTypeOf<true>()
  expectTypeOf<Accepts<CreateOf<Built, 'execution'>, { loop_type: string; target_id: string }>>().toEqualTypeOf<false>()
  expectTypeOf<
    Accepts<CreateOf<Built, 'execution'>, { loop_type: string; target_type: 'execution'; target_id: string }>
  >().toEqualTypeOf<false>()
})

test('changes are any of the fields', () => {
  expectTypeOf<Accepts<ChangesOf<Built, 'spec'>, { status: 'running' }>>().toEqualTypeOf<true>()
  expectTypeOf<Accepts<ChangesOf<Built, 'spec'>, { status: 'paused' }>>().toEqualTypeOf<false>()
  expectTypeOf<keyof ChangesOf<Built, 'phase'>>().toEqualTypeOf<
    'spec_id' | 'name' | 'description' | 'order' | 'status' | 'created_at' | 'updated_at'
  >()
})
