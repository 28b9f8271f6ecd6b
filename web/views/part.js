// @ts-check
/* A part of a view with a state of its own: what is open, how far a text is shown. That is nobody else's business,
 * so it is not in the model; it lasts as long as the part's element.
 *
 *     const FOLD = part('fold', () => ({open: false}), ({state, props, set}) => [
 *       h('button', {on: {click: () => set({open: !state.open})}}, props.title), state.open && h('p', null,
 * props.text)]);
 *     widget('div', FOLD, {key: 'a', title: 'More', text: '…'}) */
import {patch} from '../dom.js';

/** @typedef {import('../dom.js').Child} Child */
/** @typedef {import('../dom.js').Factory} Factory */
/**
 * @template P, S
 * @typedef {{props: P, state: S, set(change: Partial<S>): void, element: Element}} Part
 */

/**
 * @template P, S
 * @param {string} css  classes of its element
 * @param {(props: P) => S} begin
 * @param {(part: Part<P, S>) => Child[]} draw
 * @param {(before: P, after: P) => boolean} [is_same]  nothing to draw: the properties say the same
 * @returns {Factory}
 */
export function part(css, begin, draw, is_same = () => false) {
  return (element, first) => {
    const props = /** @type {P} */ (first);
    /** @type {Part<P, S>} */
    const self = {
      props,
      state: begin(props),
      set(change) {
        Object.assign(/** @type {any} */ (self.state), change);
        patch(element, draw(self));
      },
      element,
    };
    element.className = css;
    patch(element, draw(self));
    return {
      update(next) {
        const before = self.props;
        self.props = /** @type {P} */ (next);
        if (!is_same(before, self.props)) patch(element, draw(self));
      },
    };
  };
}
