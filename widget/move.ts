import type { Host, View } from './attempt.ts'
import { type Input, step } from './flow.ts'

/** Takes an input through the flow, and shows what changed. */
export function move({ view, change }: Host, input: Input, patch?: Partial<View>): void {
  change(step(view.state, input), patch)
}
