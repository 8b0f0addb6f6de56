import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { expect } from 'vitest'

/** Checks what is on the page; but not what is in frames. */
export async function sound(page: Page, without: string[] = []): Promise<void> {
  expect(await unsound(page, without)).toEqual([])
}

/** What axe finds: the rule, and what breaks it. All rules are asked unless `only` names some. */
export async function unsound(
  page: Page,
  without: string[] = [],
  only?: readonly string[],
): Promise<string[]> {
  // Its types come from another copy of playwright-core.
  const axe = new AxeBuilder({ page: page as never }).setLegacyMode().options({ iframes: false })
  const { violations } = await (only
    ? axe.withRules([...only])
    : axe.disableRules(without)
  ).analyze()
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)].join(' '))
}

/** What is wider than its page, in every frame. */
export async function overflow(page: Page): Promise<string[]> {
  const wide = await Promise.all(
    page.frames().map((frame) =>
      frame
        .evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement
          return scrollWidth > clientWidth ? `${location.pathname}: ${scrollWidth}` : ''
        })
        .catch((error) => {
          // At the end of a verification its frame goes away, perhaps just now.
          if (frame.isDetached()) return ''
          throw error
        }),
    ),
  )
  return wide.filter(Boolean)
}
