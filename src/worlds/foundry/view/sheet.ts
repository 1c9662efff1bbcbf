// The view's style sheet: the controls around the drawing. It is adopted as a constructed sheet, so that a content
// security policy without inline styles allows it. Colours are tokens; those of materials and items are `--i-…`.

export const SHEET = `
.foundry-view{position:relative;width:100%;height:100%;min-height:240px;overflow:hidden;
  background:var(--i-floor);color:var(--ink);font:400 14px/20px var(--sans,system-ui);font-variant-numeric:tabular-nums;
  container-type:size;isolation:isolate}
.foundry-view *{box-sizing:border-box}.foundry-view [hidden]{display:none!important}
.foundry-view canvas{position:absolute;inset:0;width:100%;height:100%;display:block;touch-action:none;outline-offset:-2px}
.foundry-view button,.foundry-view select{font:inherit;color:inherit}
.foundry-view :focus-visible{outline:2px solid var(--focus);outline-offset:1px}
.foundry-view canvas:focus-visible{outline-offset:-2px}
.fv-layer{position:absolute;inset:0;pointer-events:none;overflow:hidden}
.fv-label{position:absolute;left:0;top:0;padding:1px 8px;border:1px solid var(--ink);border-radius:4px;background:var(--surface);
  color:var(--ink);font:500 12px/18px var(--sans,system-ui);white-space:nowrap;transform:translate(-50%,-100%)}
.fv-label.here{background:var(--here);color:var(--here-ink);border-color:var(--here-ink)}
.fv-label.ok{color:var(--proved);border-color:var(--proved)}
.fv-label.no{color:var(--refused);border-color:var(--refused)}
.fv-bar{position:absolute;display:flex;gap:8px;align-items:center;pointer-events:none}
.fv-bar>*{pointer-events:auto}
.fv-top{top:12px;right:12px;flex-wrap:wrap;justify-content:flex-end;max-width:calc(100% - 24px)}
.fv-seg{display:flex;border:1px solid var(--line-2);border-radius:6px;overflow:hidden;background:var(--surface)}
.fv-seg button{border:0;background:none;padding:0 12px;height:32px;font-weight:500;cursor:pointer;min-width:40px}
.fv-seg button:hover:not([aria-checked=true]){background:var(--hover)}
.fv-seg button[aria-checked=true],.fv-seg button[aria-pressed=true]{background:var(--ink);color:var(--paper)}
.fv-cut{display:flex;align-items:center;border:1px solid var(--line-2);border-radius:6px;background:var(--surface);overflow:hidden}
.fv-cut span{padding:0 6px;white-space:nowrap;min-width:92px;text-align:center}
.fv-cut button{border:0;background:none;width:32px;height:32px;cursor:pointer;font-size:16px;line-height:1}
.fv-cut button:hover:not(:disabled){background:var(--hover)}
.fv-cut button:disabled{color:var(--ink-3);cursor:default}
.fv-hint{position:absolute;left:12px;bottom:10px;margin:0;color:var(--ink-2);font-size:12px;line-height:16px;
  max-width:calc(100% - 24px);pointer-events:none}
.fv-hint kbd,.fv-key{font:500 11px/16px var(--mono,monospace);padding:0 5px;border:1px solid var(--line);border-radius:4px;
  background:var(--surface);color:var(--ink-2)}
.fv-empty{position:absolute;inset:0;display:grid;place-items:center;color:var(--ink-2)}
.fv-vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.fv-inspector{position:absolute;right:12px;top:56px;bottom:12px;width:288px;max-height:max-content;overflow:auto;padding:14px 16px;
  background:var(--surface);border:1px solid var(--line-2);border-radius:8px}
.fv-inspector h2{margin:0;font-size:16px;line-height:22px;font-weight:600;flex:1}
.fv-inspector h3{margin:14px 0 4px;font-size:14px;font-weight:600}
.fv-inspector header{display:flex;align-items:center;gap:8px}
.fv-inspector dl{margin:10px 0 0;display:grid;grid-template-columns:104px minmax(0,1fr)}
.fv-inspector dt,.fv-inspector dd{margin:0;padding:5px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.fv-inspector dt{color:var(--ink-2);font-size:13px;line-height:20px}
.fv-inspector p{margin:6px 0 0;color:var(--ink-2)}
.fv-inspector .dim{color:var(--ink-3);font-weight:400}
.fv-inspector ul{margin:0;padding:0;list-style:none}
.fv-dim{color:var(--ink-3)}
.fv-chip{display:inline-flex;align-items:center;gap:6px;height:22px;padding:0 8px;border-radius:4px;font-size:12px;font-weight:600;
  background:var(--field);color:var(--ink-2);margin-top:6px}
.fv-chip.ok{background:var(--proved-bg);color:var(--proved)}
.fv-chip.warn{background:var(--warn-bg);color:var(--warn)}
.fv-chip.no{background:var(--refused-bg);color:var(--refused)}
.fv-chip svg{width:14px;height:14px}
.fv-btn{display:inline-flex;align-items:center;justify-content:center;gap:7px;height:32px;min-width:32px;padding:0 12px;border-radius:6px;
  border:1px solid var(--line-2);background:var(--surface);font-weight:500;white-space:nowrap;cursor:pointer}
.fv-btn:hover:not(:disabled):not([aria-pressed=true]):not(.primary){background:var(--hover)}
.fv-btn[aria-pressed=true],.fv-btn.primary{background:var(--ink);color:var(--paper);border-color:var(--ink)}
.fv-btn:disabled{color:var(--ink-3);border-color:var(--line);cursor:default}
.fv-btn.square{padding:0;width:32px}
.fv-btn svg{width:16px;height:16px;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.fv-row{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin-top:12px}
.fv-progress{height:6px;border-radius:2px;background:var(--sunken);overflow:hidden;flex:1;min-width:40px}
.fv-progress i{display:block;height:100%;background:var(--proved)}
@container (max-width:640px){
  .fv-inspector{left:0;right:0;top:auto;bottom:0;width:auto;max-height:46%;border-radius:0;border-width:1px 0 0}
  .fv-cut span{min-width:78px}
  .fv-seg button,.fv-cut button,.fv-btn{height:40px}.fv-cut button,.fv-btn.square{width:40px}
  .fv-hint{display:none}
}
@media (pointer:coarse){.fv-seg button,.fv-cut button,.fv-btn{height:40px}.fv-cut button,.fv-btn.square{width:40px}}
`
