type Room = 'answers' | 'outbox'

let opened: Promise<IDBDatabase | undefined> | undefined

/** The database of this device; undefined where the browser keeps nothing (some private windows). */
function open(): Promise<IDBDatabase | undefined> {
  opened ??= new Promise((resolve) => {
    if (typeof indexedDB === 'undefined') return resolve(undefined)
    const request = indexedDB.open('salus', 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('answers').createIndex('at', 'at')
      request.result.createObjectStore('outbox', { keyPath: 'id', autoIncrement: true })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => resolve(undefined)
  })
  return opened
}

/**
 * Does `work` in a transaction of its own and answers its result once it is on the disk; undefined where this device
 * keeps nothing, or refused to.
 */
export async function onDevice<Result>(
  room: Room,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result | undefined> {
  const database = await open()
  if (database === undefined) return undefined
  return new Promise((resolve) => {
    const transaction = database.transaction(room, mode)
    const request = work(transaction.objectStore(room))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = () => resolve(undefined)
  })
}
