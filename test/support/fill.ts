// A store that has been in use for a long time.

import type { Driver } from '../../server/store/driver.ts'

const DAY = 24 * 60 * 60 * 1000

/** The numbers from 1 on, in either database's words. */
const numbers = {
  sqlite: (count: number) =>
    `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${count})`,
  postgres: (count: number) =>
    `with numbers(n) as (select * from generate_series(1::bigint, ${count}))`,
}

/**
 * Fills an empty store with settled sessions and a hundred that are open, with a webhook, an event
 * and an act for each, all dealt with but for a hundred.
 */
export async function fill(driver: Driver, count: number, now: number): Promise<void> {
  const kind = driver.sole ? 'sqlite' : 'postgres'
  const from = numbers[kind](count)
  // Spread over three years, the newest last.
  const at = `(${now - 3 * 365 * DAY} + n * ${Math.floor((3 * 365 * DAY) / count)})`
  const some = Math.max(10, Math.floor(count / 100))
  const open = `n % ${some} = 0`
  const texts = [
    `${from} insert into sessions (id, subject, workflow, status, url, ret, reference, created_at,
       changed_at, version, event_at, asked_at, check_at, lease_until, missing_at, settled_at)
     select 's' || n, 'u' || (n / 2), case when n % 5 = 0 then 'age' else 'default' end,
       case when ${open} then 'In Progress' when n % 9 = 0 then 'Declined' else 'Approved' end,
       'https://verify.didit.me/session/' || n, 'r' || n, null, ${at}, ${at}, 3, ${at}, ${at},
       ${now} + (n % 86400) * 1000 - 60000, 0, null, case when ${open} then null else ${at} end
     from numbers`,
    `${from} insert into returns (ret, url, created_at, session_id, subject, workflow, reference)
     select 'r' || n, 'https://shop.example/', ${at}, 's' || n, 'u' || n, 'default', null
     from numbers`,
    `${from} insert into inbox (id, session_id, status, covered, event_at, hash, received_at,
       done_at, due_at)
     select 'e' || n, 's' || n, 'Approved', 1, ${at}, 'hash', ${at},
       case when ${open} then null else ${at} end, ${at} from numbers`,
    `${from} insert into outbox (id, session_id, version, event, created_at, due_at, attempts,
       ended_at, result, error)
     select 's' || n || '.3', 's' || n, 3, '{"status":"Approved"}', ${at}, ${at}, 1,
       case when ${open} then null else ${at} end,
       case when ${open} then null when n % ${some} = 1 then 'dead' else 'delivered' end, null
     from numbers`,
    `${from} insert into audit (id, at, operator, action, session_id, status_before, status_after,
       result)
     select 'a' || n, ${at}, 'o' || (n % 7), 'approve', 's' || n, null, null,
       case when ${open} then null else 'done' end from numbers`,
    `${from} insert into counters (name, until, amount) select 'c' || n, ${now} + n, 1
     from numbers where n < 10000`,
    'analyze',
  ]
  // Without the limits of time that a statement has in use.
  await driver.exclusive(async (query) => {
    for (const text of texts) await query(text)
  })
}
