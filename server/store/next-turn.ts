/** Waits one turn of the event loop, in which what has come in meanwhile gets as far as here. */
export const nextTurn = (): Promise<void> =>
  // Edge runtimes have no `setImmediate`.
  new Promise((resolve) => void (globalThis.setImmediate ?? setTimeout)(resolve))
