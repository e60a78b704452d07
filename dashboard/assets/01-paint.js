/* Painting HTML that the server wrote into its place, changing only what differs.
 *
 * What stays the same element keeps its focus, its scroll and its open popover; what moves, moves by
 * CSS transition. Order and kind decide which element is which: our panels keep their shape.
 */
"use strict";

window.vigie = window.vigie || {};

window.vigie.paint = (function () {
  /* Attributes that people or scripts set on the spot. */
  const KEPT = { DETAILS: ["open"], DIV: ["style"] };

  function alike(a, b) {
    return a.nodeType === b.nodeType && a.nodeName === b.nodeName && a.id === b.id;
  }

  function attributes(from, to) {
    const kept = KEPT[from.nodeName] ?? [];
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name) && !kept.includes(name)) from.removeAttribute(name);
    }
    for (const { name, value } of to.attributes) {
      if (from.getAttribute(name) !== value) from.setAttribute(name, value);
    }
  }

  function children(from, to) {
    const wanted = [...to.childNodes];
    wanted.forEach((node, i) => {
      const present = from.childNodes[i];
      if (!present) from.appendChild(node);
      else if (!alike(present, node)) present.replaceWith(node);
      else if (node.nodeType === Node.ELEMENT_NODE) {
        if (!present.isEqualNode(node)) {
          attributes(present, node);
          if (node.dataset?.kept === undefined) children(present, node); // else a script draws in it
        }
      } else if (present.nodeValue !== node.nodeValue) present.nodeValue = node.nodeValue;
    });
    while (from.childNodes.length > wanted.length) from.lastChild.remove();
  }

  const last = new Map();

  function paint(id, html) {
    last.set(id, html);
    const place = document.getElementById(id);
    if (!place) return;
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    const wanted = document.createElement("template");
    wanted.innerHTML = html;
    children(place, wanted.content);
    if (focused && !focused.isConnected) {
      place.tabIndex = -1;
      place.focus({ preventScroll: true });
    }
  }

  /* A screen that comes back shows its last picture until the new one is there. */
  paint.again = function () {
    for (const [id, html] of last) {
      const place = document.getElementById(id);
      if (place && html && !place.hasChildNodes()) paint(id, html);
    }
  };

  return paint;
})();
