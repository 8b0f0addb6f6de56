// Makes the code of the script-tag bundle small: what our style sheets and templates do not need, and
// what of Lit the element has no use for.

import path from 'node:path'
import type { Plugin } from 'vite'

const widget = path.join(import.meta.dirname, '..', 'widget')

/**
 * Takes comments and white space out of Lit's style sheets and templates: for the minifier they are
 * text. Nothing in our templates depends on the white space between two elements.
 */
export const leanLiterals: Plugin = {
  name: 'lean-literals',
  transform(code, id) {
    if (path.dirname(path.normalize(id)) !== widget) return undefined
    for (const [use, what] of ABSENT) {
      if (use.test(code)) this.error(`${what} works in the package and not in the bundle.`)
    }
    return code
      .replace(/\bcss`[^`]*`/g, leanStyles)
      .replace(/([>}])\s*\n\s*(?=<|\$\{)/g, '$1')
      .replace(/\s*\n\s*(?=[?@]?[\w-]+=["$])/g, ' ')
      .replace(/(?<=\})\s*\n\s*(?=>)/g, '')
      .replace(/(?<=\s[\w-]+=)"([\w-]+)"(?=[\s>])/g, '$1')
  },
}

function leanStyles(sheet: string): string {
  return sheet
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/` | `/g, '`')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/\b0\.(?=\d)/g, '.')
    .replace(/='([\w-]+)'\]/g, '=$1]')
    .replaceAll(': ', ':')
    .replaceAll(';}', '}')
}

/** Uses of Lit that meet a cut below. */
const ABSENT: readonly (readonly [use: RegExp, what: string])[] = [
  [/ from 'lit\//, 'A directive of Lit'],
  [/\b(svg|mathml)`/, 'A template of Lit that is not HTML'],
  [/\bcss`[^`]*\$\{/, 'An expression in a style sheet'],
  [/<!--|<(script|style|textarea|title)\b/, 'A comment, or an element that holds only text,'],
  [/\s\.\w+=\$\{/, 'A property in a template'],
]

/** Our browsers all have constructed style sheets. Where there are none, it is not styled. */
const cssTag = `
  export function css([text]) {
    if (!('adoptedStyleSheets' in document)) return {}
    const styleSheet = new CSSStyleSheet()
    styleSheet.replaceSync(text)
    return { styleSheet }
  }
  export const getCompatibleStyle = (style) => style
  export function adoptStyles(root, styles) {
    root.adoptedStyleSheets = styles.map((style) => style.styleSheet ?? style)
  }`

type Cut = readonly [from: string | RegExp, to?: string]

/** By what a file's name ends with. Lit comes minified, so each cut is tied to its very version. */
const CUTS: Record<string, readonly Cut[]> = {
  '/reactive-element.js': [
    [
      /^import.*?;export.*?;/,
      'import{getCompatibleStyle as t,adoptStyles as s}from"./css-tag.js";export{css}from"./css-tag.js";',
    ],
    // Names for a compiler that is not ours.
    [/\bd\(("\w+")\)/g, '$1'],
    // Decorators, and what they say of a class.
    ['static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}'],
    [',void 0!==t.l&&(this.l=[...t.l])'],
    [',this.constructor.l?.forEach(t=>t(this))'],
    ['Symbol.metadata??=Symbol("metadata"),a.litPropertyMetadata??=new WeakMap;'],
    [/const t=this\[Symbol\.metadata\];.*?(?=this\._\$Eh=new Map)/],
  ],
  '/lit-element.js': [
    // Telling templates that they left the page, which only directives want to know.
    ['connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}'],
    ['disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}'],
    ['this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),'],
    [',this._$Do=void 0'],
    ['this._$Do='],
    // Keeping clear of style elements, which stand in for style sheets in old browsers.
    [/createRenderRoot\(\)\{.*?,t\}/],
  ],
  '/lit-html.js': [
    // Templates that are not HTML.
    [
      'x=t=>(i,...s)=>({_$litType$:t,strings:i,values:s}),b=x(1),w=x(2),T=x(3)',
      'b=(t,...i)=>({_$litType$:1,strings:t,values:i}),w=0,T=0',
    ],
    ['l=2===i?"<svg>":3===i?"<math>":""', 'l=""'],
    ['+(2===i?"</svg>":3===i?"</math>":"")'],
    [
      'if(this.el=S.createElement(f,e),P.currentNode=this.el.content,2===i||3===i){const t=this.el.content.firstChild;t.replaceWith(...t.childNodes)}',
      'this.el=S.createElement(f,e),P.currentNode=this.el.content;',
    ],
    ['constructor({strings:t,_$litType$:i},e){let r', 'constructor({strings:t},e){let r'],
    ['N(t,i);', 'N(t);'],
    // Templates that a compiler has prepared.
    ['{values:i,_$litType$:s}=t', '{values:i}=t'],
    [/"number"==typeof s\?(this\._\$AC\(t\)):\(.*?,s\)/, '$1'],
    ['(t?.creationScope??l)', 'l'],
    // Elements that hold only text.
    ['(y.test(u[2])&&(n=RegExp("</"+u[2],"g")),c=p)', '(c=p)'],
    ['c=n??v', 'c=v'],
    [/if\(y\.test\(r\.tagName\)\)\{.*?append\(t\[i\],c\(\)\)\}\}/],
    // Comments, and directives on elements.
    ['"!--"===u[1]?c=_:void 0!==u[1]?c=m:'],
    [':c===_||c===m?c=v:', ':'],
    [/else\{let t=-1;.*?o\.length-1\}/],
    ['else t.startsWith(o)&&(d.push({type:6,index:l}),r.removeAttribute(t))'],
    [':6===r.type&&(i=new Z(h,this,t))', ':0'],
    [/class Z\{.*?M\(this,t\)\}\}/, 'const Z=0;'],
    // Properties.
    ['"."===e[1]?I:'],
    [/class I extends H\{.*?void 0:t\}\}/, 'const I=0;'],
    // Directives.
    [/function M\(t,i,.*?\}class R/, 'function M(t,i){return i}class R'],
    ['this._$AP?.(!1,!0,s)'],
    [/setConnected\(t\)\{.*?\}/],
    [',this._$Cv=e?.isConnected??!0'],
    [/,this\._\$AN=void 0/g],
    [/get (_\$AU|parentNode|startNode|endNode|tagName)\(\)\{.*?\}/g],
    [/constructor\([^)]*\)\{super\([^)]*\),this\.type=\d\}/g],
    // Listeners that are objects with options, and something to stay in front of.
    ['||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive'],
    ['const e=s?.renderBefore??i;let h=e._$litPart$', 'let h=i._$litPart$'],
    [
      'const t=s?.renderBefore??null;e._$litPart$=h=new k(i.insertBefore(c(),t),t,void 0,s??{})',
      'i._$litPart$=h=new k(i.appendChild(c()),null,void 0,s??{})',
    ],
    // Its words are for who writes templates, and who does has them in the package.
    ['"invalid template strings array"'],
  ],
}

/**
 * Takes out of Lit what it has for polyfills, for hydration, for old browsers, for decorators and for
 * a warning about several copies of it; and what no template of ours has.
 */
export const leanLit: Plugin = {
  name: 'lean-lit',
  transform(code, id) {
    const file = path.normalize(id).replaceAll('\\', '/')
    if (!/\/node_modules\/(lit|@lit)/.test(file)) return undefined
    if (file.endsWith('/css-tag.js')) return cssTag
    const cuts = Object.entries(CUTS).find(([name]) => file.endsWith(name))?.[1] ?? []
    return cuts
      .reduce((rest, [from, to = '']) => {
        const lean = rest.replace(from, to)
        if (lean === rest) this.error(`Nothing to cut in ${file}, is it a new Lit? ${from}`)
        return lean
      }, code)
      .replace(/\b\w+\.\w+(Polyfill|Hydrate)Support\b/g, 'undefined')
      .replace(/\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/g, '0')
  },
}
