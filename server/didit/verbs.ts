import type { Ask, Send } from './transport.ts'

export type Verbs = ReturnType<typeof createVerbs>

/** The transport as endpoints are written with it: method, path, what is sent, how to call. */
export function createVerbs(send: Send) {
  return {
    get: <T>(path: string, query: object | undefined, ask?: Ask) =>
      send<T>('GET', path, { ...ask, query }),
    post: <T>(path: string, body: object | undefined, ask?: Ask) =>
      send<T>('POST', path, { ...ask, body }),
    patch: <T>(path: string, body: object, ask?: Ask) => send<T>('PATCH', path, { ...ask, body }),
    /** Answers null where Didit says nothing, and where an earlier try had done it. */
    remove: <T>(path: string, ask?: Ask) => send<T>('DELETE', path, { ...ask, answer: 'maybe' }),
  }
}
