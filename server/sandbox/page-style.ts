/** The looks of the hosted page. Plain CSS, inlined under the page's nonce. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #f4f5f8; --card: #fff; --ink: #171a24; --soft: #585f70; --line: #d5d9e2;
  --accent: #4338ca; --on-accent: #fff; --tint: #eef0ff;
  --sand: #fff7e3; --sand-line: #c98a10; --sand-ink: #6b4700; --bad: #a1141f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #101219; --card: #1a1d27; --ink: #eceef5; --soft: #a9b0c2; --line: #3a4052;
    --accent: #a5b0ff; --on-accent: #12142a; --tint: #242845;
    --sand: #2a2213; --sand-line: #b98626; --sand-ink: #f3d69a; --bad: #ff9aa2;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; padding: 0 1rem 1.5rem; max-width: 31rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
html { background: var(--paper); }
h1 { margin: 0 0 .5rem; font-size: 1.45rem; line-height: 1.2; letter-spacing: -.01em; }
/* The words are English whatever the direction: their full stops stay at their ends. */
[dir='rtl'] :is(h1, h2, p, li, small) { unicode-bidi: plaintext; text-align: right; }
h1:focus { outline: none; }
p { margin: 0 0 .75rem; }
.bar { display: flex; align-items: center; justify-content: space-between; min-height: 3.5rem; }
.brand { display: flex; align-items: center; gap: .55rem; margin: 0; font-weight: 650; }
.mark {
  width: 1.5rem; height: 1.5rem; border-radius: .45rem; border: 2px solid var(--sand-line);
  background: repeating-linear-gradient(45deg, var(--sand-line) 0 4px, transparent 4px 8px);
}
.close { width: 2.75rem; padding: 0; border: 0; background: none; font-size: 1.6rem; line-height: 1; }
.progress {
  display: grid; grid-template-columns: repeat(3, 1fr); gap: .4rem; margin: 0 0 .9rem; padding: 0;
  list-style: none; color: var(--soft); font-size: .85rem;
}
.progress li { padding-top: .4rem; border-top: 4px solid var(--line); }
.progress li[data-past], .progress li[aria-current] { border-color: var(--accent); }
.progress li[aria-current] { color: var(--ink); font-weight: 600; }
.card {
  padding: 1.35rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
  box-shadow: 0 1px 2px #0000000d, 0 6px 20px #0000000d;
}
.needs { margin: 0 0 .75rem; padding-inline-start: 1.2rem; }
.note { color: var(--soft); font-size: .9rem; }
button, .button, select {
  min-height: 2.75rem; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .7rem;
  background: var(--card); color: inherit; font: inherit; font-weight: 550; text-align: center;
}
button, .button { cursor: pointer; text-decoration: none; }
button:hover, .button:hover { border-color: var(--accent); }
button:disabled { opacity: .55; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.primary { width: 100%; background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.buttons { display: grid; gap: .6rem; }
select { width: 100%; font-weight: 400; text-align: start; }
form > label { display: block; margin-bottom: .3rem; font-weight: 600; }
fieldset { margin: 1rem 0; padding: 0; border: 0; display: grid; gap: .5rem; }
legend { margin-bottom: .3rem; padding: 0; font-weight: 600; }
.kind {
  display: flex; align-items: center; gap: .75rem; padding: .6rem .85rem;
  border: 1px solid var(--line); border-radius: .7rem; cursor: pointer;
}
.kind:has(:checked) { border-color: var(--accent); background: var(--tint); }
.kind input { width: 1.15rem; height: 1.15rem; margin: 0; flex: none; accent-color: var(--accent); }
.kind small { display: block; color: var(--soft); }
.view {
  position: relative; display: grid; place-items: center; margin: 0 0 .9rem; overflow: hidden;
  aspect-ratio: 4 / 3; max-height: 60vh; width: 100%; border-radius: .8rem; background: #0d0f16;
}
.view > * { width: 100%; height: 100%; margin: 0; object-fit: cover; }
.view .empty { width: 62%; height: 56%; border: 2px dashed #7d86a0; border-radius: .6rem; }
.view[data-step='face'][data-facing='user'] video { transform: scaleX(-1); }
.view[data-step='face']::after {
  content: ''; position: absolute; height: 82%; aspect-ratio: 3 / 4; border-radius: 50%;
  border: 3px solid #ffffffb3; box-shadow: 0 0 0 100vmax #00000066;
}
.view[data-step='face'] .empty { visibility: hidden; }
.view[data-state='trouble'] { display: none; }
.problem { color: var(--bad); font-weight: 550; }
.spinner {
  width: 2.2rem; height: 2.2rem; border: 4px solid var(--line); border-top-color: var(--accent);
  border-radius: 50%; animation: turn 1s linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 4s; } }
.endings {
  margin-top: 1rem; padding: .95rem 1.1rem; border: 2px dashed var(--sand-line); border-radius: 1rem;
  background: var(--sand); color: var(--sand-ink); font-size: .9rem;
}
.endings h2 { margin: 0 0 .6rem; font-size: .95rem; line-height: 1.3; }
.endings p { margin: .6rem 0 0; }
.choices { display: grid; grid-template-columns: repeat(4, 1fr); gap: .5rem; }
.endings button {
  padding: .35rem .6rem; border-color: var(--sand-line); background: transparent; font-size: .9rem;
}
summary { margin-top: .7rem; padding: .25rem 0; cursor: pointer; font-weight: 600; }
details > .choices { grid-template-columns: 1fr; margin-top: .4rem; }
details button { text-align: start; }
@media (max-width: 26rem) {
  body { padding-inline: .75rem; }
  .choices { grid-template-columns: 1fr 1fr; }
  .card { padding: 1rem; }
}
`
