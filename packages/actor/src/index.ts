export type { Actor, AskOptions, StopOptions, StopReport } from './actor.ts'
export { ActorError, type ActorErrorCode, type ActorErrorOptions } from './actor-error.ts'
export type { ActorStats, Outcome } from './actor-stats.ts'
export { type Clock, systemClock } from './clock.ts'
export { createActor, type HandlerActorOptions } from './create-actor.ts'
export { type ActorOptions, type BatchActorOptions, createBatchActor, type Priorities } from './create-batch-actor.ts'
export { createDeadLetters, type DeadLetter, type DeadLetters, type DeadReason } from './dead-letters.ts'
export type { ClaimOptions, Delivery, DeliveryContext, DeliveryOf, DeliveryOptions, Handling } from './delivery.ts'
export type { Handlers } from './handlers.ts'
export type { Overflow } from './lane.ts'
export { limits } from './limits.ts'
export type { Priority } from './priority.ts'
export type { Kind, Protocol } from './protocol.ts'
export type { Failure, Reply } from './reply.ts'
export { createRegistry, type Names, type Registry, type RegistryOptions } from './routing/registry.ts'
export type { Route } from './routing/route.ts'
export { createRouter, type Router, type RouterOptions } from './routing/router.ts'
export type { Schedule } from './schedule.ts'
export {
  createShutdown,
  type Phase,
  type PhaseReport,
  type Shutdown,
  type ShutdownReport,
} from './shutdown.ts'
export type { Stashed } from './stash.ts'
export type {
  BatchLife,
  BatchSpawnOptions,
  Children,
  Life,
  LifeEnd,
  SpawnOptions,
  StartContext,
  Supervisor,
} from './supervision/children.ts'
export type { Crash, Directive, RestartPolicy, Strategy, Supervision } from './supervision/crash.ts'
export { createSupervisor, type SupervisorOptions } from './supervision/create-supervisor.ts'
export type { End } from './supervision/ending.ts'
export type { ActorRef, LifeState, Mortal } from './supervision/ref.ts'
export type { SupervisionEvent } from './supervision/supervision-event.ts'
