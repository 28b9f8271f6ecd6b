// @ts-check
/* Small helps for drawing: colours of the theme, a canvas of the size that it is shown at, texts that fit. */

const NAMES = [
  'bg', 'panel', 'sunk', 'hover', 'line', 'line2', 'ink', 'ink2', 'ink3', 'point', 'point-ink', 'ok', 'bad',
  'warn', 'run',
  'idle', 'know', 'warn-w', 'bad-w', 'agent-none',
];

/** @typedef {Record<string, string>} Colours  by CSS variable, without its dashes; `font` besides */

/** @type {{theme: string, colours: Colours, style: CSSStyleDeclaration} | null} */
let kept = null;

/** The colours of the theme that is shown, read once a theme. @returns {Colours} */
export function colours_now() {
  const root = document.documentElement;
  const theme = root.dataset.theme ?? '';
  if (kept?.theme === theme) return kept.colours;
  const style = getComputedStyle(root);
  /** @type {Colours} */
  const colours = {font: style.getPropertyValue('--font').trim() || 'sans-serif'};
  for (const name of NAMES) colours[name] = style.getPropertyValue(`--${name}`).trim() || '#888';
  kept = {theme, colours, style};
  return colours;
}

/** The colour of an agent. @param {string | undefined} hue the variable's name */
export function colour_of_hue(hue) {
  const colours = colours_now();
  if (!hue) return colours['agent-none'];
  const name = hue.slice(2);
  colours[name] ??= kept?.style.getPropertyValue(hue).trim() || colours['agent-none'];
  return colours[name];
}

/** The width of the gutter, which is a matter of style. */
export function gutter_now() {
  return parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--gutter')) || 168;
}

/**
 * Make a canvas as many pixels as its size on the screen takes. @param {HTMLCanvasElement} canvas
 * @param {number} width @param {number} height @returns {CanvasRenderingContext2D}
 */
export function sized(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  const across = Math.round(width * ratio);
  const down = Math.round(height * ratio);
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const k = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  k.setTransform(ratio, 0, 0, ratio, 0, 0);
  k.clearRect(0, 0, width, height);
  k.textBaseline = 'middle';
  return k;
}

/** @param {CanvasRenderingContext2D} k @param {Colours} colours @param {number} px @param {number} [weight] */
export function set_font(k, colours, px, weight = 400) {
  k.font = `${weight} ${px}px ${colours.font}`;
}

/** @type {Map<string, number>} widths of texts by font */
const widths = new Map();
const WIDTHS_MAX = 4000;

/** @param {CanvasRenderingContext2D} k @param {string} text */
export function width_of(k, text) {
  const key = `${k.font}\n${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size >= WIDTHS_MAX) widths.clear();
    width = k.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/**
 * As much of a text as fits; '' when that would say nothing. @param {CanvasRenderingContext2D} k @param {string} text
 * @param {number} room
 */
export function fitted(k, text, room) {
  if (room < 14) return '';
  const whole = width_of(k, text);
  if (whole <= room) return text;
  let length = Math.floor((text.length * (room - 9)) / whole);
  while (length > 2 && width_of(k, `${text.slice(0, length).trimEnd()}…`) > room) length--;
  return length > 2 ? `${text.slice(0, length).trimEnd()}…` : '';
}

/** @param {CanvasRenderingContext2D} k @param {number} x @param {number} from @param {number} to */
export function vertical(k, x, from, to) {
  k.beginPath();
  k.moveTo(x, from);
  k.lineTo(x, to);
  k.stroke();
}

/**
 * @param {CanvasRenderingContext2D} k @param {number} x @param {number} y @param {number} w @param {number} h
 * @param {number} r
 */
export function rounded(k, x, y, w, h, r) {
  k.beginPath();
  k.roundRect(x, y, w, h, Math.min(r, w / 2));
  k.fill();
}

/**
 * A diamond around a place. @param {CanvasRenderingContext2D} k @param {number} x @param {number} y @param {number} r
 */
export function diamond(k, x, y, r) {
  k.beginPath();
  k.moveTo(x, y - r);
  k.lineTo(x + r, y);
  k.lineTo(x, y + r);
  k.lineTo(x - r, y);
  k.closePath();
}
