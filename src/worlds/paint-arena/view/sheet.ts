// The style sheet of the view: the field fills its place, the pad is a stated grid of nine cells.

export const SHEET = `
.paint-view {
  display: flex;
  flex-direction: column;
  align-items: center;
  gap: 12px;
  width: 100%;
  height: 100%;
  min-height: 0;
}

.paint-canvas {
  flex: 1;
  width: 100%;
  min-height: 0;
  position: relative;
}

.paint-canvas canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
}

.paint-pad {
  flex: none;
  display: grid;
  grid-template-columns: 64px 64px 64px;
  grid-template-rows: 64px 64px 64px;
  gap: 4px;
}

.paint-pad button {
  display: flex;
  align-items: center;
  justify-content: center;
  padding: 0;
  color: var(--ink);
  background: var(--surface);
  border: 1px solid var(--line-2);
  border-radius: 6px;
  cursor: pointer;
  touch-action: manipulation;
}

.paint-pad button[aria-pressed="true"] {
  color: var(--here-ink);
  background: var(--here);
}

.paint-pad svg {
  width: 28px;
  height: 28px;
  fill: none;
  stroke: currentColor;
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}

.paint-pad-up {
  grid-area: 1 / 2;
}

.paint-pad-left {
  grid-area: 2 / 1;
}

.paint-pad-stay {
  grid-area: 2 / 2;
}

.paint-pad-right {
  grid-area: 2 / 3;
}

.paint-pad-down {
  grid-area: 3 / 2;
}
`
