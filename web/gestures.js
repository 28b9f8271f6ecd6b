// @ts-check
/* What a hand does on a canvas: drag, click, pinch with two fingers, turn the wheel, hover. Places are pixels from
 * the element's corner. A drag keeps the pointer until it is let go. */

/**
 * @typedef {object} Handlers
 * @property {(x: number, y: number) => void} begin  a drag may begin here
 * @property {(x: number, y: number, phase: 'move' | 'end') => void} drag  it did; from where it began
 * @property {(x: number, y: number) => void} click  it did not
 * @property {(x: number, factor: number, moved: number) => void} [pinch]  around x; factor below 1 is closer
 * @property {(event: WheelEvent, x: number, y: number) => void} [wheel]
 * @property {(x: number, y: number, event: PointerEvent) => void} hover
 * @property {() => void} leave
 */

const SLACK = 3;

/** @typedef {{x: number, y: number}} Place */

/** @param {HTMLElement} element @param {Handlers} handlers */
export function bind_gestures(element, handlers) {
  /** @type {Map<number, Place>} */
  const down = new Map();
  /** @type {Place | null} */
  let from = null;
  let is_drag = false;

  /** @param {MouseEvent} event @returns {Place} */
  const place = (event) => {
    const box = element.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top};
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const at = place(event);
    capture(element, event.pointerId);
    down.set(event.pointerId, at);
    if (down.size > 1) {
      if (is_drag && from) handlers.drag(from.x, from.y, 'end');
      from = null;
      is_drag = false;
      return;
    }
    from = at;
    handlers.leave();
    handlers.begin(at.x, at.y);
  });

  element.addEventListener('pointermove', (event) => {
    const at = place(event);
    if (!down.has(event.pointerId)) {
      if (event.pointerType !== 'touch') handlers.hover(at.x, at.y, event);
      return;
    }
    if (down.size === 2 && handlers.pinch) pinch(down, event.pointerId, at, handlers.pinch);
    down.set(event.pointerId, at);
    if (!from) return;
    is_drag ||= Math.abs(at.x - from.x) > SLACK || Math.abs(at.y - from.y) > SLACK;
    if (is_drag) handlers.drag(at.x, at.y, 'move');
  });

  /** @param {PointerEvent} event */
  const up = (event) => {
    if (!down.delete(event.pointerId) || !from) return;
    const at = place(event);
    if (is_drag) handlers.drag(at.x, at.y, 'end');
    else if (event.type === 'pointerup') handlers.click(at.x, at.y);
    from = null;
    is_drag = false;
  };
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('pointerleave', () => handlers.leave());
  if (!handlers.wheel) return;
  element.addEventListener('wheel', (event) => {
    const at = place(event);
    handlers.wheel?.(event, at.x, at.y);
  }, {passive: false});
}

/** A pointer that is gone already cannot be captured. @param {HTMLElement} element @param {number} id */
function capture(element, id) {
  try {
    element.setPointerCapture(id);
  } catch {
    return;
  }
}

/**
 * @param {Map<number, Place>} down @param {number} id @param {Place} at @param {NonNullable<Handlers['pinch']>} tell
 */
function pinch(down, id, at, tell) {
  const before = /** @type {Place} */ (down.get(id));
  const other = [...down].find(([one]) => one !== id)?.[1];
  if (!other) return;
  const was = Math.max(12, Math.abs(before.x - other.x));
  const is = Math.max(12, Math.abs(at.x - other.x));
  tell((at.x + other.x) / 2, was / is, (at.x - before.x) / 2);
}
