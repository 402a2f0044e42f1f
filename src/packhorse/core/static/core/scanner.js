// The scanner page: always listening, one scan after the other, each with its own key. What cannot be sent now waits and is sent again in order.
"use strict";
(() => {
  const holder = document.getElementById("screen");
  const url = holder.dataset.url;
  const store = "scans:" + url;
  let queue = [];
  try {
    queue = JSON.parse(sessionStorage.getItem(store) || "[]");
  } catch {
    queue = [];
  }
  let busy = false;
  let delay = 500;
  let audio = null;

  const screen = () => holder.querySelector("[data-screen]");
  const input = () => holder.querySelector("[data-scan]");
  const uuid = () =>
    crypto.randomUUID
      ? crypto.randomUUID()
      : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  const beep = (kind) => {
    const notes = { ok: [[1320, 0.07]], wrong: [[220, 0.18], [0, 0.06], [220, 0.3]], done: [[880, 0.09], [1175, 0.09], [1568, 0.16]] }[kind];
    if (!notes) return;
    document.body.dataset.sounded = kind;
    navigator.vibrate?.({ ok: 40, wrong: [120, 60, 240], done: [40, 40, 40] }[kind]);
    try {
      audio = audio || new AudioContext();
      let at = audio.currentTime + 0.01;
      for (const [hz, seconds] of notes) {
        if (hz) {
          const tone = audio.createOscillator();
          const loud = audio.createGain();
          tone.type = kind === "wrong" ? "square" : "sine";
          tone.frequency.value = hz;
          loud.gain.setValueAtTime(0.25, at);
          loud.gain.exponentialRampToValueAtTime(0.001, at + seconds);
          tone.connect(loud).connect(audio.destination);
          tone.start(at);
          tone.stop(at + seconds);
        }
        at += seconds;
      }
    } catch {
      // a device without sound still shows colours
    }
  };

  const net = (lost) => {
    const sign = document.querySelector("[data-net]");
    sign.hidden = !lost;
    sign.querySelector("[data-net-count]").textContent = lost && queue.length > 1 ? String(queue.length) : "";
  };

  const keep = () => {
    try {
      sessionStorage.setItem(store, JSON.stringify(queue));
    } catch {
      // kept in memory only
    }
  };

  const focus = () => {
    const at = document.activeElement;
    if (at && at.matches?.("input:not([data-scan]), select, textarea, button, a, summary")) return;
    input()?.focus({ preventScroll: true });
  };

  const show = (html) => {
    const half = input()?.value || ""; // a scan that is just coming in belongs to the next screen, whole
    holder.innerHTML = html;
    beep(screen()?.dataset.sound);
    if (half) {
      input().focus({ preventScroll: true });
      input().value = half;
      return;
    }
    const first = holder.querySelector("input[name^=field-]");
    if (first) {
      first.focus();
      first.select?.();
    } else {
      document.activeElement?.blur?.();
      focus();
    }
  };

  const send = async () => {
    if (busy || !queue.length) return;
    busy = true;
    const next = queue[0];
    const form = screen();
    const body = new URLSearchParams(next.fields);
    body.set("key", next.key);
    body.set("seq", form.dataset.seq);
    try {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), 15000);
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: { "X-Scanner": "1", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
        credentials: "same-origin",
        redirect: "manual",
        signal: stop.signal,
      });
      clearTimeout(timer);
      if (response.type === "opaqueredirect" || response.status === 401) return location.reload();
      if (response.status >= 500 && response.status !== 503) throw new Error(String(response.status));
      const text = await response.text();
      if (!text.includes("data-screen")) {
        if (response.status === 403 || response.status === 404) {
          queue = [];
          keep();
          return location.reload();
        }
        throw new Error(String(response.status));
      }
      queue.shift();
      delay = 500;
      if (!response.ok) queue = []; // what was scanned after a refusal was meant for a screen that never came
      keep();
      net(false);
      show(text);
      busy = false;
      send();
    } catch {
      net(true);
      busy = false;
      setTimeout(send, delay);
      delay = Math.min(delay * 2, 8000);
    }
  };

  const push = (fields) => {
    const now = Date.now();
    const same = queue[queue.length - 1];
    if (same && now - same.at < 300 && JSON.stringify(same.fields) === JSON.stringify(fields)) return; // a double tap or a bouncing trigger
    queue.push({ key: uuid(), at: now, fields });
    keep();
    send();
  };

  holder.addEventListener("submit", (e) => {
    e.preventDefault();
    const form = screen();
    const values = new FormData(form);
    const fields = {};
    for (const [name, value] of values) if (name.startsWith("field-")) fields[name] = value;
    const tapped = e.submitter?.name === "button" ? e.submitter.value : "";
    let scan = (input()?.value || "").trim();
    const at = document.activeElement;
    if (!tapped && !scan && at?.inputMode === "numeric" && !/^\d{0,6}$/.test(at.value)) {
      scan = at.value.trim(); // scanned into a field that waits for a number
      at.value = at.defaultValue;
    }
    if (tapped) push({ ...fields, button: tapped });
    else if (scan) {
      push({ scan });
      input().value = "";
    } else if (Object.keys(fields).length) {
      const first = form.querySelector("button[name=button]");
      if (first) push({ ...fields, button: first.value });
    }
  });

  holder.addEventListener("click", (e) => {
    if (!e.target.closest("[data-keyboard]")) return;
    const box = input();
    box.inputMode = box.inputMode === "none" ? "text" : "none";
    box.blur();
    box.focus();
  });

  // a wedge scanner types fast and ends with Enter: what comes while nothing is focused belongs to the scan field
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.key.length !== 1) return;
    if (document.activeElement && document.activeElement !== document.body) return;
    input()?.focus({ preventScroll: true });
  });
  document.addEventListener("click", () => setTimeout(focus, 0));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && focus());
  window.addEventListener("online", send);
  focus();
  send();
})();
