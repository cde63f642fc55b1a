/* The focus does not get lost: a control that rests while an action runs gets it back, and where a control is gone
 * with what it was about, the next one around it does, in the same column. Whoever clicks beside everything has let
 * go of it. The scanner has rules of its own (scanner.js): Enter there brings the next page. */
import {station} from './station.js';

const CONTROLS = 'button:not(:disabled, .stop), input:not(:disabled, [hidden]), select:not(:disabled), textarea:not(:disabled), summary';

let last = null;    // had the focus
let around = [];    // what it lay in, from the inside out, up to its column
let isLost = false; // it was taken, not left

document.addEventListener('focusin', ({target}) => {
  isLost = Boolean(target.closest('.alerts')); // goes back to what it was about
  if (isLost)
    return;
  last = target;
  around = [];
  for (let place = target.parentElement; place && !place.matches('main, sohoa-app, body'); place = place.parentElement)
    around.push(place);
});

document.addEventListener('pointerdown', ({target}) => {
  if (!target.closest(CONTROLS))
    last = null;
});

const isGone = () => Boolean(last) && (!last.isConnected || last.disabled);
const isNowhere = () => document.activeElement === document.body;

/* The focus was taken from something in that element, and is nowhere now. */
export const isLostFrom = (element) => isNowhere() && isGone() && around.includes(element);

function bringBack() {
  isLost ||= isGone();
  if (!isNowhere() || !isLost || !last || last.disabled || around.some(({localName}) => localName === 'sohoa-scanner'))
    return;
  const next = last.isConnected ? last
    : around.find((place) => place.isConnected && place.querySelector(CONTROLS))?.querySelector(CONTROLS);
  next?.focus();
}

station.addEventListener('change', () => requestAnimationFrame(bringBack));
