let next: Promise<void> | undefined

/** Lets the event loop turn so many times. All who wait for a turn share one callback. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await oneTurn()
}

function oneTurn(): Promise<void> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = undefined
      resolve()
    })
  })
  return next
}
