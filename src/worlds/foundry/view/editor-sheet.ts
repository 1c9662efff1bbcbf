// The part of the style sheet for players: palette, tools, objective, and the layout on phones.

export const EDITOR_SHEET = `
.foundry-view.editing{display:grid;grid-template-columns:224px minmax(0,1fr);grid-template-rows:minmax(0,1fr)}
.fv-stage{position:relative;overflow:hidden;width:100%;height:100%;min-height:0}
.foundry-view:not(.editing) .fv-stage{position:absolute;inset:0}
.fv-palette{background:var(--surface);border-right:1px solid var(--line);padding:12px;overflow:auto}
.fv-palette .head{display:flex;justify-content:space-between;margin:0 0 4px;padding:0 44px 0 8px;color:var(--ink-2);font-size:12px;line-height:16px}
.fv-palette .part{display:flex;align-items:center;gap:10px;width:100%;height:40px;padding:0 8px;border:0;border-radius:6px;background:none;
  text-align:left;cursor:pointer}
.fv-palette .part:hover:not([aria-pressed=true]){background:var(--hover)}
.fv-palette .part .name{flex:1;white-space:nowrap}
.fv-palette .part .count{font-weight:500;min-width:24px;text-align:right}
.fv-palette .part .fv-key{min-width:20px;text-align:center}
.fv-palette .part .fv-key:empty{visibility:hidden}
.fv-palette .part.out{color:var(--ink-3)}.fv-palette .part.out svg{opacity:.45}
.fv-palette .part[aria-pressed=true]{background:var(--here);color:var(--here-ink)}
.fv-tools{position:absolute;left:12px;top:12px;display:flex;flex-direction:column;gap:6px}
.fv-tools .tool{width:32px;padding:0}.fv-tools .tool span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.fv-confirm{position:absolute;left:0;right:0;bottom:72px;display:flex;justify-content:center;gap:8px}
.fv-confirm .fv-btn{height:48px;padding:0 24px}
.fv-objective{position:absolute;left:12px;top:12px;width:min(300px,calc(100% - 24px));padding:8px 12px;border:1px solid var(--line-2);border-radius:6px;
  background:var(--surface)}
.editing .fv-objective{left:56px}
.fv-objective p{margin:0}
.fv-objective .won{font-weight:600;color:var(--proved)}
.fv-objective .missed{color:var(--refused)}
.fv-objective .goal{display:grid;grid-template-columns:1fr auto;gap:0 12px;font-size:13px;line-height:18px}
.fv-objective .goal+.goal{margin-top:6px}
.fv-objective .goal .count{color:var(--ink-2)}.fv-objective .goal b{color:var(--ink);font-weight:600}
.fv-objective .goal .fv-progress{grid-column:1/-1;margin-top:4px}
.fv-inspector dd:has(.fv-progress){display:flex;align-items:center;gap:8px}
.fv-inspector summary{cursor:pointer;margin-top:12px;padding:4px 0}
.fv-inspector select{max-width:100%;justify-content:start}
@media (pointer:coarse){.fv-tools .tool{width:40px}.editing .fv-objective{left:64px}}
@container (max-width:1000px){.fv-top{top:auto;bottom:36px;right:12px}.fv-inspector{top:12px;bottom:84px}}
@container (max-width:640px){
  .foundry-view .fv-objective,.editing .fv-objective{left:0;right:0;top:0;width:auto;border-width:0 0 1px;border-radius:0;padding:6px 16px}
  .fv-top{top:64px;bottom:auto;right:12px;left:12px;justify-content:space-between}
  .fv-top>.fv-btn{display:none}
  .fv-inspector{top:auto;bottom:0}
  .editing .fv-tools{left:12px;right:12px;top:auto;bottom:12px;flex-direction:row;gap:8px}
  .editing .fv-tools .tool{flex:1;width:auto;height:52px;flex-direction:column;gap:2px;font-size:12px;line-height:16px}
  .editing .fv-tools .tool span{position:static;width:auto;height:auto;clip-path:none}
  .editing .fv-hint{display:none}
}
@media (max-width:759px){
  .foundry-view.editing{grid-template-columns:minmax(0,1fr);grid-template-rows:minmax(0,1fr) auto}
  .fv-palette{order:2;display:flex;gap:4px;overflow-x:auto;border-right:0;border-top:1px solid var(--line);padding:8px 12px}
  .fv-palette .head{display:none}
  .fv-palette .part{position:relative;flex:none;flex-direction:column;justify-content:end;gap:4px;width:76px;height:72px;padding:6px 4px;font-size:12px;line-height:16px}
  .fv-palette .part .name{flex:none;white-space:nowrap;max-width:72px;overflow:hidden;text-overflow:ellipsis}
  .fv-palette .part .count{position:absolute;right:6px;top:4px}
  .fv-palette .part .fv-key{display:none}
}
`
