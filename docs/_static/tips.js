/* Puts what is told of a number or a mark next to it. Without this it stands at the lower edge
   of the window. Escape puts it away. */
"use strict";
(() => {
  const margin = 6;
  const place = (tipped) => {
    const tip = tipped.querySelector(".book-tip");
    tip.classList.add("near");
    const at = tipped.firstElementChild.getBoundingClientRect(), size = tip.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - size.width - margin);
    const below = at.bottom + margin + size.height <= innerHeight;
    tip.style.left = `${Math.max(margin, left)}px`;
    tip.style.top = `${Math.max(margin, below ? at.bottom + margin : at.top - margin - size.height)}px`;
  };
  const open = () => document.querySelectorAll(".book-tipped:is(:hover, :focus-within)");

  for (const tipped of document.querySelectorAll(".book-tipped")) {
    for (const begin of ["pointerenter", "focusin"])
      tipped.addEventListener(begin, () => { tipped.classList.remove("quiet"); place(tipped); });
  }
  open().forEach(place);  // what has the focus already
  addEventListener("scroll", () => open().forEach(place), { passive: true, capture: true });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const tipped of open()) tipped.classList.add("quiet");
  });
})();
