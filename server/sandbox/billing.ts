// Credits: what is left, how to buy more, and what a session costs when credits are switched on.

import { type Call, isObject, jsonOf, notFound, Refusal } from './call.ts'
import { priceOf, type Workflow } from './workflows.ts'

const NO_CREDITS =
  "You don't have enough credits to perform this request. Please top up at https://business.didit.me"

export function balance({ c, application }: Call) {
  return c.json({
    balance: (application.organization.balance / 10_000).toFixed(4),
    auto_refill_enabled: false,
    auto_refill_amount: null,
    auto_refill_threshold: null,
  })
}

export async function topUp(call: Call) {
  const json = await jsonOf(call)
  const { c, state, application } = call
  const { amount_in_dollars: amount, success_url, cancel_url } = isObject(json) ? json : {}
  const number = typeof amount === 'string' ? Number(amount) : amount
  if (amount === undefined || amount === null) throw refusal('amount_in_dollars is required.')
  if (typeof number !== 'number' || !Number.isFinite(number) || typeof amount === 'boolean') {
    throw refusal('amount_in_dollars must be a number.')
  }
  if (number < 50) throw refusal('Amount must be at least $50.')
  if (state.settings.annualPlan) {
    throw refusal('You have an annual plan. Contact your account manager to top up.')
  }
  const id = `cs_test_${crypto.randomUUID().replaceAll('-', '')}`
  state.checkouts.set(id, {
    organization: application.organization,
    amount: number,
    success: page(success_url),
    cancel: page(cancel_url),
  })
  const checkout_session_url = `${state.publicUrl}/checkout/${id}`
  return c.json({ checkout_session_id: id, checkout_session_url })
}

/** Where the bank would be: a page with one button, since it is play money. */
export function showCheckout({ c, state }: Call) {
  const id = c.req.param('checkout') ?? ''
  const checkout = state.checkouts.get(id)
  if (!checkout) throw notFound()
  const cancel = checkout.cancel
    ?.replaceAll('{CHECKOUT_SESSION_ID}', id)
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
  c.header('Content-Security-Policy', "default-src 'none'; form-action *; base-uri 'none'")
  return c.html(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Top up · Didit sandbox</title>
<h1>Top up by $${checkout.amount}</h1><p>This is play money: no card is asked for.</p>
<form method="post" action="/checkout/${id}"><button>Pay</button></form>
${cancel ? `<p><a href="${cancel}">Cancel</a></p>` : ''}</html>`)
}

export function pay({ c, state }: Call) {
  const id = c.req.param('checkout') ?? ''
  const checkout = state.checkouts.get(id)
  if (!checkout) throw notFound()
  state.checkouts.delete(id)
  checkout.organization.balance += Math.round(checkout.amount * 10_000)
  const to = checkout.success?.replaceAll('{CHECKOUT_SESSION_ID}', id)
  return to ? c.redirect(to, 303) : c.text('Thank you. The credits are yours.')
}

/** Takes the price of a session, if credits are on. */
export function charge({ state, application, key }: Call, workflow: Workflow) {
  const { organization } = application
  const price = Math.round(priceOf(workflow) * 10_000)
  const broke = state.settings.credits && organization.balance < price
  if (broke || key.startsWith('broke')) throw new Refusal(400, { detail: NO_CREDITS })
  if (state.settings.credits) organization.balance -= price
}

function refusal(sentence: string) {
  return new Refusal(400, [sentence])
}

/** Only pages: a checkout that leads to code would run it. */
function page(url: unknown): string | null {
  return typeof url === 'string' && /^https?:\/\//i.test(url) ? url : null
}
