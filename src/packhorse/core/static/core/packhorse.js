// The pages' own few lines: menu, search by Ctrl-K, marked rows, rows by keyboard, forms sent once, pop-overs that close.
"use strict";
(() => {
  const $ = (s, from = document) => from.querySelector(s);
  const $$ = (s, from = document) => [...from.querySelectorAll(s)];
  const typing = (e) => e.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  document.addEventListener("click", (e) => {
    const menu = e.target.closest(".menu-button");
    if (menu) {
      const open = document.body.classList.toggle("menu-open");
      menu.setAttribute("aria-expanded", String(open));
      return;
    }
    if (document.body.classList.contains("menu-open") && !e.target.closest(".menu")) {
      document.body.classList.remove("menu-open");
      $(".menu-button")?.setAttribute("aria-expanded", "false");
    }
    for (const pop of $$("details.pop[open]")) if (!pop.contains(e.target)) pop.open = false;
    if (!e.target.closest(".search")) $("#found")?.replaceChildren();
  });

  // marked rows
  const bar = (form) => {
    const marks = $$("input[name=ids]", form);
    const n = marks.filter((m) => m.checked).length;
    const count = $("[data-marked-count]", form);
    if (count) count.textContent = String(n);
    $("[data-marked-bar]", form)?.classList.toggle("some", n > 0);
    for (const m of marks) m.closest("tr").classList.toggle("marked", m.checked);
    const all = $("[data-mark-all]", form);
    if (all) {
      all.checked = n > 0 && n === marks.length;
      all.indeterminate = n > 0 && n < marks.length;
    }
  };
  let last = null;
  document.addEventListener("click", (e) => {
    const mark = e.target.closest("input[name=ids]");
    if (!mark) return;
    const form = mark.form;
    const marks = $$("input[name=ids]", form);
    if (e.shiftKey && last && last.form === form) {
      const [a, b] = [marks.indexOf(last), marks.indexOf(mark)].sort((x, y) => x - y);
      for (let i = a; i <= b; i++) marks[i].checked = mark.checked;
    }
    last = mark;
    bar(form);
  });
  document.addEventListener("change", (e) => {
    if (!e.target.matches("[data-mark-all]")) return;
    for (const m of $$("input[name=ids]", e.target.form)) m.checked = e.target.checked;
    bar(e.target.form);
  });
  const ready = () => {
    document.documentElement.classList.add("js");
    for (const form of $$("form[data-selectable]")) bar(form);
  };

  // a form is sent once; its button comes back if the page stays (a refusal)
  document.addEventListener("submit", (e) => {
    const form = e.target.closest("form[data-once]");
    if (!form) return;
    if (form.dataset.sent) return e.preventDefault();
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  const again = (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  };
  document.addEventListener("htmx:afterRequest", (e) => {
    const form = e.target.closest?.("form[data-once]");
    if (form && !e.detail.xhr?.getResponseHeader("HX-Redirect")) again(form);
  });
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach(again));

  // keyboard: Ctrl-K and / search, j k move, x marks, Enter opens, Escape closes
  const move = (by) => {
    const rows = $$("table.rows tbody tr");
    if (!rows.length) return;
    const at = rows.findIndex((r) => r.classList.contains("at"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    rows[at]?.classList.remove("at");
    next.classList.add("at");
    next.scrollIntoView({ block: "nearest" });
    ($("a, input", next) || next).focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
      e.preventDefault();
      const search = $("#search");
      search?.focus();
      search?.select();
      return;
    }
    const found = $("#found");
    if (e.key === "Escape" && found?.childElementCount) {
      found.replaceChildren();
      $("#search").focus();
      return;
    }
    if ((e.key === "ArrowDown" || e.key === "ArrowUp") && found?.childElementCount && e.target.closest(".search")) {
      const links = [$("#search"), ...$$("a", found)];
      const at = links.indexOf(document.activeElement) + (e.key === "ArrowDown" ? 1 : -1);
      e.preventDefault();
      links[Math.min(links.length - 1, Math.max(0, at))].focus();
      return;
    }
    if (e.key === "Escape") {
      const pop = $("details.pop[open]");
      if (pop) {
        pop.open = false;
        $("summary", pop).focus();
      }
      document.body.classList.remove("menu-open");
      return;
    }
    if (typing(e) || e.ctrlKey || e.metaKey || e.altKey || document.body.classList.contains("scanner")) return;
    if (e.key === "/") {
      const search = $("#list-search") || $("#search");
      if (search) {
        e.preventDefault();
        search.focus();
      }
    } else if (e.key === "j") move(1);
    else if (e.key === "k") move(-1);
    else if (e.key === "x") $("tr.at input[name=ids]")?.click();
  });

  // a wedge scanner types faster than any hand and ends with Enter: what it read is looked up, wherever the focus is
  let read = "";
  let last_at = 0;
  document.addEventListener("keydown", (e) => {
    if (typing(e) || e.ctrlKey || e.metaKey || e.altKey || !$("#search") || document.body.classList.contains("scanner")) return;
    if (e.timeStamp - last_at > 50) read = "";
    last_at = e.timeStamp;
    if (e.key === "Enter" && read.length > 3) {
      e.preventDefault();
      window.location.assign(`/search?q=${encodeURIComponent(read)}`);
    } else if (e.key.length === 1) read += e.key;
  });

  document.addEventListener("htmx:afterSwap", ready);
  ready();
})();
