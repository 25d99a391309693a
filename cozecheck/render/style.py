"""The style sheet of the HTML report."""

STYLE = """
:root { color-scheme: light dark;
  --ground: #fff; --card: #f6f7f9; --ink: #1b1f24; --faint: #59636e; --line: #d5dae0;
  --pass: #1a7f37; --fail: #c0222c; --warn: #8a5a00; --info: #0a5fbd; --error: #8232b4;
  --plot-1: #0a5fbd; --plot-2: #c75000; --plot-3: #1a7f37; --plot-4: #8232b4; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #0f1216; --card: #181c22; --ink: #e4e8ed; --faint: #9aa4af; --line: #2d343c;
  --pass: #4ac26b; --fail: #ff7b72; --warn: #e3b341; --info: #79b8ff; --error: #d2a8ff;
  --plot-1: #79b8ff; --plot-2: #ffa657; --plot-3: #4ac26b; --plot-4: #d2a8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { margin: 0; font-size: 1.7rem; } h1::first-letter { text-transform: uppercase; }
h2 { margin: 2rem 0 .6rem; font-size: 1.2rem; } h4 { margin: 0; font-size: .8rem; color: var(--faint); }
.verdict { border-left: .5rem solid var(--pass); background: var(--card); padding: 1rem 1.2rem; border-radius: .4rem; }
.verdict.exit1 { border-color: var(--fail); } .verdict.exit3 { border-color: var(--error); }
.verdict p { margin: .2rem 0 .8rem; }
dl { margin: 0; } dl > div { display: flex; gap: .8rem; }
dt { flex: 0 0 7rem; color: var(--faint); } dd { margin: 0; min-width: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; overflow-wrap: normal; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); }
th { text-align: left; font-weight: 600; } td { vertical-align: top; }
.matrix td, .matrix thead th + th { text-align: right; font-variant-numeric: tabular-nums; }
.matrix tbody tr:last-child > * { font-weight: 700; border-bottom: 0; }
.none, .strength, .place { color: var(--faint); }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1rem 0; } figcaption { font-weight: 600; } figure svg { display: block; width: 100%; height: auto; }
td.inconclusive { color: var(--warn); }
td.pass { color: var(--pass); } td.fail { color: var(--fail); font-weight: 700; } td.warn { color: var(--warn); }
td.info { color: var(--info); } td.error { color: var(--error); font-weight: 700; }
.check { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .9rem; margin: .6rem 0; }
summary { cursor: pointer; } .requirement { display: block; }
.strength, .place { font-size: .85rem; } .place { margin: 1rem 0 .2rem; }
.badge { font-size: .75rem; font-weight: 700; text-transform: uppercase; color: var(--faint);
  border: 1px solid currentColor; border-radius: .3rem; padding: 0 .35rem; white-space: nowrap; }
.badge.pass { color: var(--pass); } .badge.warn { color: var(--warn); } .badge.info { color: var(--info); }
.badge.fail, .badge.stale, .badge.expired { color: var(--fail); } .badge.error { color: var(--error); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; }
pre, code { font: .85rem/1.45 ui-monospace, monospace; }
pre { margin: .2rem 0 .6rem; padding: .5rem .7rem; background: var(--card); border-radius: .3rem;
  white-space: pre-wrap; max-height: 20rem; overflow-y: auto; }
.example { margin-bottom: .8rem; }
@media (max-width: 40rem) { .pair { grid-template-columns: 1fr; } dl > div { display: block; margin-bottom: .3rem; } }
@media print { pre { max-height: none; } }
"""
