// The shaders of the foundry. Everything is boxes: a unit cube and, for each box, its corner, size and style. Faces
// have three flat tones, edges have a seam of constant width on the screen, and decals are computed: the only textures
// are letters.

const COMMON = `
precision highp float;
precision highp int;
`

/** uPad: cells by which boxes grow, for outlines. */
export const BOX_VERTEX = `${COMMON}
in vec3 iMin;
in vec3 iSize;
in vec3 iStyle;
in float iPower;
uniform float uCut;
uniform float uPad;
out vec3 vAt;
out vec3 vFace;
flat out vec3 vSize;
flat out vec3 vStyle;
flat out float vPower;
out vec3 vWorld;
void main() {
  vec3 corner = iMin + position * iSize + (position - 0.5) * 2.0 * uPad;
  vAt = position * iSize;
  vFace = normal;
  vSize = iSize;
  vStyle = iStyle;
  vPower = iPower;
  vWorld = corner;
  gl_Position = iMin.y >= uCut + 0.999 ? vec4(2.0, 2.0, 2.0, 1.0) : projectionMatrix * viewMatrix * vec4(corner, 1.0);
}`

export const BOX_FRAGMENT = `${COMMON}
in vec3 vAt;
in vec3 vFace;
flat in vec3 vSize;
flat in vec3 vStyle;
flat in float vPower;
in vec3 vWorld;
uniform vec3 uColours[COLOUR_COUNT];
uniform vec3 uSeam;
uniform vec3 uGrid;
uniform vec3 uChevron;
uniform vec3 uPowers[4];
uniform int uOverlay;
uniform float uHover;
out vec4 colour;

vec2 onFace(vec3 v) {
  return abs(vFace.y) > 0.5 ? v.xz : abs(vFace.x) > 0.5 ? v.zy : v.xy;
}

/** How far from the edges of the face, in pixels. */
float seamOf(vec2 at, vec2 size) {
  vec2 pixel = fwidth(at);
  vec2 far = min(at, size - at) / max(pixel, vec2(1e-5));
  float edge = 1.0 - smoothstep(0.35, 1.05, min(far.x, far.y));
  vec2 wide = size / max(pixel, vec2(1e-5));
  return edge * clamp((min(wide.x, wide.y) - 3.0) / 6.0, 0.0, 1.0);
}

float chevronOf(vec2 at, float turn) {
  vec2 p = at - 0.5;
  p = turn < 0.5 ? vec2(p.x, -p.y) : turn < 1.5 ? vec2(p.y, p.x) : turn < 2.5 ? p : vec2(p.y, -p.x);
  float d = abs(p.y + abs(p.x) - 0.14);
  float soft = fwidth(p.y) + fwidth(p.x);
  return (1.0 - smoothstep(0.055, 0.055 + soft, d)) * step(abs(p.x), 0.3);
}

void main() {
  int number = int(vStyle.x + 0.5);
  vec3 base = uColours[number];
  float tone = vFace.y > 0.5 ? 1.0 : abs(vFace.x) > 0.5 ? 0.62 : 0.8;
  int decal = int(vStyle.y + 0.5) / 16;
  float turn = mod(vStyle.y + 0.5, 16.0) - 0.5;
  bool isPart = vStyle.z > 0.5;
  if (uOverlay == 1 && isPart) base = vPower < 0.5 ? mix(base, uColours[0], 0.72) : mix(base, uPowers[int(vPower + 0.5)], 0.8);
  if (uOverlay == 2 && isPart) base = mix(base, uColours[0], 0.6);
  vec3 lit = base * tone;
  vec2 at = onFace(vAt);
  vec2 size = onFace(vSize);
  if (decal == 1) {
    if (vFace.y > 0.5) {
      vec2 pixel = fwidth(vWorld.xz);
      vec2 far = abs(fract(vWorld.xz + 0.5) - 0.5) / max(pixel, vec2(1e-5));
      float line = (1.0 - smoothstep(0.3, 1.0, min(far.x, far.y))) * clamp(0.24 / max(pixel.x, pixel.y) - 1.0, 0.0, 1.0);
      lit = mix(lit, uGrid, line);
    } else lit = uColours[1] * tone;
  } else if (decal == 2 && vFace.y > 0.5) {
    vec2 fit = at / max(size.x, size.y) + (1.0 - size / max(size.x, size.y)) * 0.5;
    lit = mix(lit, uChevron, chevronOf(fit, turn) * clamp(0.4 / fwidth(fit.x) * 0.2, 0.0, 1.0));
  } else if (decal == 3 && vFace.y > 0.5) {
    vec2 cell = at / size * 3.0;
    vec2 far = abs(fract(cell + 0.5) - 0.5) / max(fwidth(cell), vec2(1e-5));
    lit = mix(lit, lit * 1.5 + 0.1, 1.0 - smoothstep(0.4, 1.1, min(far.x, far.y)));
  } else if (decal == 4 && abs(vFace.y) < 0.5) {
    float band = abs(at.y - size.y * 0.62);
    lit = mix(lit, uChevron, 1.0 - smoothstep(0.045, 0.045 + fwidth(at.y), band));
  } else if (decal == 6) {
    float stripe = abs(fract((vWorld.x + vWorld.z) * 2.0) - 0.5) * 2.0;
    lit = mix(lit, uColours[0], 0.45 + 0.2 * smoothstep(0.5, 0.5 + fwidth(vWorld.x + vWorld.z) * 4.0, stripe));
  }
  if (decal != 1 && decal != 6) lit = mix(lit, uSeam, seamOf(at, size) * (number == 0 ? 0.0 : 0.85));
  if (isPart && abs(vStyle.z - uHover) < 0.5) lit = mix(lit, vec3(1.0), 0.14);
  colour = vec4(lit, 1.0);
}`

/** Boxes of one colour: outlines, previews (dashed edges) and clouds (amount as colour number). */
export const TINT_FRAGMENT = `${COMMON}
in vec3 vAt;
in vec3 vFace;
flat in vec3 vSize;
flat in vec3 vStyle;
in vec3 vWorld;
uniform vec3 uTint;
uniform vec3 uTintTwo;
uniform float uAlpha;
uniform int uForm;
out vec4 colour;
void main() {
  vec3 tint = vStyle.y > 15.5 ? uTintTwo : uTint;
  if (uForm == 0) { colour = vec4(tint, 1.0); return; }
  if (uForm == 2) { colour = vec4(tint, min(0.62, vStyle.x * uAlpha)); return; }
  vec2 at = abs(vFace.y) > 0.5 ? vAt.xz : abs(vFace.x) > 0.5 ? vAt.zy : vAt.xy;
  vec2 size = abs(vFace.y) > 0.5 ? vSize.xz : abs(vFace.x) > 0.5 ? vSize.zy : vSize.xy;
  vec2 far = min(at, size - at) / max(fwidth(at), vec2(1e-5));
  float along = far.x < far.y ? at.y : at.x;
  float dash = step(0.4, fract(along * 5.0));
  float edge = (1.0 - smoothstep(1.0, 2.0, min(far.x, far.y))) * dash;
  colour = vec4(tint, max(uAlpha, edge));
}`

/** uT: share of the tick that has passed. */
export const ITEM_VERTEX = `${COMMON}
in vec3 iFrom;
in vec3 iTo;
in vec2 iStyle;
uniform float uT;
uniform float uCut;
uniform float uSide;
out vec3 vAt;
out vec3 vFace;
flat out vec2 vStyle;
void main() {
  vec3 foot = mix(iFrom, iTo, uT);
  vec3 corner = foot + (position - vec3(0.5, 0.0, 0.5)) * uSide;
  vAt = position;
  vFace = normal;
  vStyle = iStyle;
  gl_Position = iTo.y >= uCut + 0.999 ? vec4(2.0, 2.0, 2.0, 1.0) : projectionMatrix * viewMatrix * vec4(corner, 1.0);
}`

export const ITEM_FRAGMENT = `${COMMON}
in vec3 vAt;
in vec3 vFace;
flat in vec2 vStyle;
uniform vec3 uColours[COLOUR_COUNT];
uniform vec3 uSeam;
uniform sampler2D uLetters;
out vec4 colour;
void main() {
  vec3 base = uColours[int(vStyle.x + 0.5)];
  float tone = vFace.y > 0.5 ? 1.0 : abs(vFace.x) > 0.5 ? 0.66 : 0.82;
  vec2 at = abs(vFace.y) > 0.5 ? vAt.xz : abs(vFace.x) > 0.5 ? vAt.zy : vAt.xy;
  vec2 far = min(at, 1.0 - at) / max(fwidth(at), vec2(1e-5));
  vec3 lit = base * tone;
  float pixels = 1.0 / max(fwidth(at.x), 1e-5);
  if (abs(vFace.y) < 0.5) {
    float ink = texture(uLetters, vec2((vStyle.y + at.x) / 8.0, at.y)).a * clamp((pixels - 9.0) / 6.0, 0.0, 1.0);
    float light = dot(lit, vec3(0.3, 0.59, 0.11));
    lit = mix(lit, light > 0.5 ? vec3(0.05) : vec3(0.97), ink);
  }
  lit = mix(lit, uSeam, (1.0 - smoothstep(0.4, 1.1, min(far.x, far.y))) * clamp((pixels - 4.0) / 4.0, 0.0, 1.0));
  colour = vec4(lit, 1.0);
}`

/** Marks above parts: uIcons holds one picture per state. */
export const MARK_VERTEX = `${COMMON}
in float iIcon;
uniform float uPixel;
flat out float vIcon;
void main() {
  vIcon = iIcon;
  gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0);
  gl_PointSize = uPixel;
}`

export const MARK_FRAGMENT = `${COMMON}
flat in float vIcon;
uniform sampler2D uIcons;
uniform vec3 uGround;
uniform vec3 uMarks[9];
out vec4 colour;
void main() {
  vec2 at = gl_PointCoord;
  float far = length(at - 0.5);
  if (far > 0.5) discard;
  vec3 tint = uMarks[int(vIcon + 0.5)];
  float ink = texture(uIcons, vec2((vIcon + at.x) / 9.0, 1.0 - at.y)).a;
  float ring = smoothstep(0.42, 0.46, far);
  colour = vec4(mix(mix(uGround, tint, ink), tint, ring), 1.0);
}`
