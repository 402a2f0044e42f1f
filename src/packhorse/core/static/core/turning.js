// A picture that the server draws from any side and step by step: arrow keys or buttons turn it, the slider builds it up. Without this script it is the whole picture from the front.
"use strict";
(() => {
  let turned = 0; // kept from screen to screen of a task
  const figures = () => [...document.querySelectorAll("[data-turning]")];
  const mod = (n) => ((n % 360) + 360) % 360;

  const draw = (figure) => {
    const img = figure.querySelector("img");
    const url = new URL(img.src);
    const angle = mod(Number(figure.dataset.angle || 0));
    if (angle) url.searchParams.set("turn", String(angle));
    else url.searchParams.delete("turn");
    const slider = figure.querySelector("[data-step]");
    if (slider && slider.value !== slider.max) url.searchParams.set("step", slider.value);
    else if (slider) url.searchParams.delete("step");
    if (slider) figure.querySelector("[data-step-said]").textContent = `${slider.value}/${slider.max}`;
    if (url.href === img.src) return;
    figure.dataset.wanted = url.href;
    const next = new Image();
    next.onload = () => figure.dataset.wanted === url.href && (img.src = url.href); // only the last one that was asked for
    next.src = url.href;
  };

  const turn = (figure, by) => {
    figure.dataset.angle = String((turned = mod(Number(figure.dataset.angle || 0) + by)));
    draw(figure);
  };

  const begin = () => {
    for (const figure of figures()) {
      const keys = figure.querySelector("[data-turning-keys]");
      if (!keys.hidden) continue;
      keys.hidden = false;
      figure.dataset.angle = String(turned);
      if (turned) draw(figure);
    }
  };

  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-turn]");
    if (button) turn(button.closest("[data-turning]"), Number(button.dataset.turn));
  });
  document.addEventListener("input", (e) => e.target.matches?.("[data-step]") && draw(e.target.closest("[data-turning]")));
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || (e.key !== "ArrowLeft" && e.key !== "ArrowRight")) return;
    const at = document.activeElement;
    if (at?.matches?.("select, textarea, [data-step]") || (at?.matches?.("input") && at.value)) return;
    const figure = at?.closest?.("[data-turning]") || figures()[0];
    if (!figure) return;
    e.preventDefault();
    turn(figure, e.key === "ArrowRight" ? 15 : -15);
  });
  begin();
  const screen = document.getElementById("screen");
  if (screen) new MutationObserver(begin).observe(screen, { childList: true });
})();
