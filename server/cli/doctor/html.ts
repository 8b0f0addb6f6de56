import { type DefaultTreeAdapterTypes, parse } from 'parse5'

/** What a page says about the element before any script has run. */
export interface Markup {
  /** The policies of its meta elements. */
  policies: string[]
  /** Scripts with an address, in their order. */
  scripts: { src: string; nonce?: string; integrity?: string }[]
  /** Every `<didit-verify>`, by its attributes. */
  elements: Record<string, string>[]
  /** What its addresses are relative to. */
  base?: string
}

/** Reads a page as a browser does, so that comments, templates and scripts hold nothing by mistake. */
export function readHtml(html: string): Markup {
  const markup: Markup = { policies: [], scripts: [], elements: [] }
  visit(parse(html), '')
  return markup

  function visit(node: DefaultTreeAdapterTypes.ParentNode, parent: string): void {
    for (const child of node.childNodes) {
      if (!('tagName' in child)) continue
      take(child, parent)
      visit(child, child.tagName)
    }
  }

  function take({ tagName, attrs }: DefaultTreeAdapterTypes.Element, parent: string): void {
    const values = Object.fromEntries(attrs.map(({ name, value }) => [name, value]))
    if (tagName === 'didit-verify') markup.elements.push(values)
    if (tagName === 'base' && values.href) markup.base ??= values.href
    if (tagName === 'script' && values.src) {
      const { src, nonce, integrity } = values
      markup.scripts.push({ src, nonce, integrity })
    }
    // Below the head a browser does not look at it.
    const isPolicy = values['http-equiv']?.toLowerCase() === 'content-security-policy'
    if (tagName === 'meta' && parent === 'head' && isPolicy && values.content) {
      markup.policies.push(values.content)
    }
  }
}
