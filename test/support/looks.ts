import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright'
import { expect } from 'vitest'

/** Checks what is on the page; in legacy mode not what is in frames of other origins. */
export async function sound(page: Page, without: string[] = []): Promise<void> {
  // Its types come from another copy of playwright-core.
  const axe = new AxeBuilder({ page: page as never }).setLegacyMode().disableRules(without)
  const { violations } = await axe.analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
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
