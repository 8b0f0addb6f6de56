import { Hono } from 'hono'
import { etag } from 'hono/etag'
import type { Receipts } from '../receipts.ts'

/** Seconds that whoever verifies receipts may keep the set; a new key is public for longer unused. */
const MAX_AGE = 600

/** The public keys of receipts, for servers: pages of other origins have no use for them. */
export function keyRoutes({ publicKeys }: Receipts) {
  return new Hono().get('/receipt-keys', etag(), async (c) => {
    c.header('cache-control', `public, max-age=${MAX_AGE}`)
    return c.json(await publicKeys(), 200, { 'content-type': 'application/jwk-set+json' })
  })
}
