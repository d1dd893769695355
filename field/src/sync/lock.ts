/** One tab at a time holds the phone: two would write two continuations of the same chain. */

/** Resolves once this tab holds the phone; `elsewhere` is called where another one does for now. */
export async function holdPhone(
  elsewhere: () => void,
  locks: LockManager = navigator.locks,
): Promise<() => void> {
  const name = "qianshao-phone"
  const { promise: released, resolve: release } = deferred()
  const taken = await new Promise<boolean>((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null)
        return lock ? released : undefined
      })
      .catch(reject)
  })
  if (taken) return release
  elsewhere()
  await new Promise<void>((resolve, reject) => {
    locks
      .request(name, () => {
        resolve()
        return released
      })
      .catch(reject)
  })
  return release
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
