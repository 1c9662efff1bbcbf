// The style sheet of parley's view: one column, scenes in serif, the player's actions as bubbles.

export const SHEET = `
.parley-view{display:flex;flex-direction:column;width:100%;height:100%;min-height:240px;background:var(--surface);color:var(--ink);
  font:400 14px/20px var(--sans,system-ui);font-variant-numeric:tabular-nums;overflow:hidden}
.parley-view *{box-sizing:border-box}.parley-view [hidden]{display:none!important}
.parley-view button{font:inherit;color:inherit}
.parley-view :focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.pl-head{display:flex;flex-wrap:wrap;align-items:center;gap:8px 16px;padding:10px 16px;border-bottom:1px solid var(--line)}
.pl-head h2{margin:0;font-size:16px;line-height:22px;font-weight:600}
.pl-head p{margin:0;color:var(--ink-2)}
.pl-head .spacer{flex:1}
.pl-btn{height:32px;padding:0 12px;border:1px solid var(--line-2);border-radius:6px;background:var(--surface);font-weight:500;cursor:pointer}
.pl-btn:hover:not(:disabled):not([aria-pressed=true]){background:var(--hover)}
.pl-btn[aria-pressed=true]{background:var(--ink);color:var(--paper);border-color:var(--ink)}
.pl-btn:disabled{color:var(--ink-3);border-color:var(--line);cursor:default}
.pl-scroll{flex:1;min-height:0;overflow:auto;padding:16px}
.pl-column{max-width:640px;margin:0 auto;display:flex;flex-direction:column;gap:14px}
.pl-column p,.pl-column h3,.pl-column ul{margin:0 0 8px}.pl-column>*>:last-child{margin-bottom:0}
.pl-scene{font:400 17px/27px var(--serif,serif);overflow-wrap:anywhere}
.pl-scene small{display:block;font:400 12px/16px var(--sans,system-ui);color:var(--ink-3);margin-bottom:4px}
.pl-said{margin-left:64px;padding:8px 14px;border-radius:8px;background:var(--field);overflow-wrap:anywhere;white-space:pre-wrap}
.pl-said.refused{background:none;box-shadow:inset 0 0 0 1px var(--line-2)}
.pl-refusal{margin-left:78px;padding-left:14px;border-left:2px solid var(--refused);overflow-wrap:anywhere}
.pl-info{color:var(--ink-2);overflow-wrap:anywhere}
.pl-chip{display:inline-flex;align-items:center;height:22px;padding:0 8px;border-radius:4px;font-size:12px;font-weight:600;
  background:var(--refused-bg);color:var(--refused);margin-bottom:6px}
.pl-chip.draft{background:var(--warn-bg);color:var(--warn)}
.pl-verdict{padding:10px 14px;border:1px solid var(--line-2);border-radius:8px}
.pl-verdict blockquote{margin:0 0 8px;padding-left:12px;border-left:2px solid var(--line);color:var(--ink-2);font-family:var(--serif,serif)}
.pl-verdict pre,.pl-score pre{margin:8px 0 0;white-space:pre-wrap;overflow-wrap:anywhere;font:400 12px/18px var(--mono,monospace)}
.pl-verdict summary{cursor:pointer;min-height:24px}
.pl-score{padding:14px 16px;border:1px solid var(--line-2);border-radius:8px}
.pl-score b{font-size:20px;line-height:24px}
.pl-empty{margin:auto;color:var(--ink-2)}
/* A picture in a list shows the conversation alone. */
[inert] .pl-head{display:none}[inert] .pl-scroll{overflow:hidden}
@media (max-width:759px){.pl-said{margin-left:28px}.pl-refusal{margin-left:42px}.pl-scene{font-size:16px;line-height:25px}.pl-btn{height:40px}.pl-verdict summary{min-height:40px;padding:10px 0}}
@media (pointer:coarse){.pl-btn{height:40px}.pl-verdict summary{min-height:40px;padding:10px 0}}
`
