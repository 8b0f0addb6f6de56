import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ProblemError } from './problems.ts'

/**
 * Refuses bodies of more than `maxSize` bytes. Where the length is told the body is left alone: to
 * look at it makes a stream of it, which costs more than to read it.
 *
 * @param onRefusal is called before the refusal.
 */
export function maxBody(maxSize: number, onRefusal = () => {}): MiddlewareHandler {
  function refuse(): never {
    onRefusal()
    throw new ProblemError('body-too-large')
  }
  const count = bodyLimit({ maxSize, onError: refuse })
  return (c, next) => {
    const length = c.req.header('content-length')
    const told = length !== undefined && c.req.header('transfer-encoding') === undefined
    if (!told) return count(c, next)
    return Number(length) <= maxSize ? next() : refuse()
  }
}
