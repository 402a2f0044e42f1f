// The pages' own few lines: menu, search by Ctrl-K, marked rows, rows by keyboard, a row opened beside its list, forms sent once, pop-overs that close.
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
  document.addEventListener("click", (e) => {
    const form = e.target.closest("[data-unmark]")?.form;
    if (!form) return;
    for (const m of $$("input[type=checkbox]", form)) m.checked = false;
    bar(form);
  });

  // a row opens beside its list where there is room; its address stands in the list's own as `open`
  const room = window.matchMedia("(min-width: 1101px)");
  const opener = (row) => $("td:not(.mark) a[href]", row);
  const opened = () => new URLSearchParams(location.search).get("open");
  const listed = document.title;
  const address = (path) => {
    const to = new URL(location.href);
    to.searchParams.delete("open");
    if (path) to.searchParams.set("open", path);
    return to.pathname + to.search;
  };
  const show_open = () => {
    const path = opened();
    for (const row of $$("#list-rows table.rows tbody tr")) row.classList.toggle("open", path !== null && opener(row)?.getAttribute("href") === path);
  };
  const show_beside = (path, then) => {
    const pane = $("#beside");
    pane.hidden = false;
    document.body.classList.add("has-beside");
    show_open();
    window.htmx.ajax("GET", path, { target: "#beside", swap: "innerHTML" }).then(() => {
      pane.scrollTop = 0;
      then?.();
    });
  };
  const open_beside = (path, then) => {
    history[opened() === null ? "pushState" : "replaceState"]({}, "", address(path));
    show_beside(path, then);
  };
  const close_beside = () => {
    const row = $("#list-rows tr.open");
    if (opened() !== null) history.replaceState({}, "", address(""));
    const pane = $("#beside");
    pane.hidden = true;
    pane.replaceChildren();
    document.body.classList.remove("has-beside");
    document.title = listed;
    show_open();
    if (row) opener(row)?.focus({ preventScroll: true });
  };
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-close-beside]")) return close_beside();
    if (e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || !room.matches || !$("#beside")) return;
    const row = e.target.closest("#list-rows table.rows tbody tr");
    if (!row || String(window.getSelection())) return;
    const link = opener(row);
    const other = e.target.closest("a, button, input, label, select, summary");
    if (!link || !link.closest("td:not(.mark)") || (other && other !== link) || link.host !== location.host || link.target) return;
    e.preventDefault();
    open_beside(link.getAttribute("href"), e.detail === 0 ? () => $("#beside").focus({ preventScroll: true }) : undefined);
  });
  window.addEventListener("popstate", (e) => {
    if (!$("#beside") || e.state?.htmx) return;
    const path = opened();
    if (path) show_beside(path);
    else if (!$("#beside").hidden) close_beside();
  });

  const ready = () => {
    document.documentElement.classList.add("js");
    for (const form of $$("form[data-selectable]")) bar(form);
    for (const tabs of $$(".tabs")) {
      const here = $("[aria-current]", tabs); // on a phone the tab that is open may stand beyond the edge
      if (here) tabs.scrollLeft = here.offsetLeft + here.offsetWidth / 2 - tabs.clientWidth / 2;
    }
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
    (opener(next) || $("a, input", next) || next).focus({ preventScroll: true });
    if (opened() !== null && opener(next) && room.matches) open_beside(opener(next).getAttribute("href"));
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
      } else if ($("#beside:not([hidden])") && !document.body.classList.contains("menu-open")) close_beside();
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
    else if (e.key === "c") {
      const columns = $("details[data-columns]");
      if (columns) {
        columns.open = true;
        $("input", columns).focus();
      }
    } else if (e.key === "x") $("tr.at input[name=ids]")?.click();
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

  document.addEventListener("htmx:afterSwap", (e) => {
    ready();
    if (e.target.id === "list-rows" && !$("#beside").hidden) close_beside();
  });
  ready();
  // an address with a row open beside the list: beside it where there is room, else the row's own page
  const first = $("[data-open-beside]");
  if (first && !room.matches) location.replace(first.href);
  else if (first) show_beside(first.getAttribute("href"));
})();
