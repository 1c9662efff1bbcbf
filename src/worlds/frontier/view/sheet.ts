// The style sheet of frontier's view: map and panel side by side, one above the other on a phone.

export const SHEET = `
.frontier-view{display:grid;grid-template-columns:minmax(0,1fr) 340px;grid-template-rows:auto minmax(0,1fr);width:100%;height:100%;min-height:320px;
  background:var(--surface);color:var(--ink);font:400 14px/20px var(--sans,system-ui);font-variant-numeric:tabular-nums;overflow:hidden}
.frontier-view *{box-sizing:border-box}.frontier-view [hidden]{display:none!important}
.frontier-view button,.frontier-view select{font:inherit;color:inherit}
.frontier-view :focus-visible{outline:2px solid var(--focus);outline-offset:1px}
.ft-title{grid-column:1/-1;display:flex;align-items:baseline;gap:4px 16px;flex-wrap:wrap;padding:10px 16px;border-bottom:1px solid var(--line)}
.ft-title h2{margin:0;font:400 20px/26px var(--serif,serif)}
.ft-title p{margin:0;color:var(--ink-2)}
.ft-title .spacer{flex:1}
.ft-map{position:relative;background:var(--sunken);min-height:0;overflow:hidden}
.ft-map canvas{position:absolute;inset:0;width:100%;height:100%;display:block}
.ft-map canvas.playable{touch-action:manipulation}
.ft-side{display:flex;flex-direction:column;min-height:0;border-left:1px solid var(--line);overflow:auto}
.ft-part{padding:12px 16px;border-bottom:1px solid var(--line)}
.ft-part h3{margin:0 0 6px;font-size:14px;font-weight:600}
.ft-part p{margin:0 0 6px}
.ft-prose{font:400 16px/25px var(--serif,serif)}
.ft-scene{color:var(--ink-2)}
.ft-failed{color:var(--refused)}
.ft-row{display:flex;align-items:center;gap:8px;min-height:44px;padding:4px 0;border-top:1px solid var(--line)}
.ft-row:first-of-type{border-top:0}
.ft-row .name{flex:1;min-width:0;overflow-wrap:anywhere}
.ft-row .far{color:var(--ink-3);font-size:12px;line-height:16px}.ft-row .name .far{display:block}
.ft-btn{height:32px;padding:0 12px;border:1px solid var(--line-2);border-radius:6px;background:var(--surface);font-weight:500;cursor:pointer}
.ft-btn:hover:not(:disabled){background:var(--hover)}
.ft-btn:disabled{color:var(--ink-3);border-color:var(--line);cursor:default}
.ft-btn.bare{border-color:transparent}
.ft-topics{display:flex;flex-wrap:wrap;gap:8px}
.ft-choices{display:flex;flex-direction:column;gap:6px;margin-top:8px}
.ft-choices .ft-btn{height:auto;min-height:32px;padding:6px 12px;text-align:left;white-space:normal}
.ft-tabs{display:flex;gap:20px;padding:0 16px;border-bottom:1px solid var(--line);overflow-x:auto;flex:none}
.ft-tabs button{border:0;background:none;padding:10px 0 9px;color:var(--ink-2);cursor:pointer;white-space:nowrap;min-height:40px;min-width:44px}
.ft-tabs button[aria-selected=true]{color:var(--ink);font-weight:600;box-shadow:inset 0 -2px var(--ink)}
.ft-health{display:flex;align-items:center;gap:8px}
.ft-bar{width:72px;height:6px;border-radius:2px;background:var(--sunken);overflow:hidden}
.ft-bar i{display:block;height:100%;background:var(--proved)}
.ft-done{color:var(--proved)}
.ft-empty{grid-column:1/-1;grid-row:1/-1;display:grid;place-items:center;color:var(--ink-2);margin:0}
.ft-vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
/* A picture in a list shows the map alone. */
[inert] .frontier-view{grid-template:minmax(0,1fr)/minmax(0,1fr);min-height:0}
[inert] .ft-title,[inert] .ft-side{display:none}
@media (max-width:759px){
  .frontier-view{grid-template-columns:minmax(0,1fr);grid-template-rows:auto minmax(200px,42%) minmax(0,1fr)}
  .ft-side{border-left:0;border-top:1px solid var(--line)}
  .ft-btn{height:40px}.ft-choices .ft-btn{min-height:40px}
}
@media (pointer:coarse){.ft-btn{height:40px}.ft-choices .ft-btn{height:auto;min-height:40px}}
`
