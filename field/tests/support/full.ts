/** A phone without room: puts of chosen keys fail as the browser fails them. */

export function fillUp(isFull: (key: IDBValidKey | undefined) => boolean): () => void {
  const real = Reflect.getOwnPropertyDescriptor(IDBObjectStore.prototype, "put")
  const put = real?.value as (
    this: IDBObjectStore,
    value: unknown,
    key?: IDBValidKey,
  ) => IDBRequest<IDBValidKey>
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    if (isFull(key)) throw new DOMException("no room", "QuotaExceededError")
    return put.call(this, value, key)
  }
  return () => {
    IDBObjectStore.prototype.put = put
  }
}
