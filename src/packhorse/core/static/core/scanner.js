// The scanner page: always listening, one scan after the other, each with its own key. What cannot be sent now waits on the device, even if the page is closed, and is sent
// in order when the network is back; the first one that is refused ends that, for what was scanned after it was meant for a screen that never came.
"use strict";
(() => {
  const PREFIX = "scans:";
  const KEEP = 2 * 24 * 3600 * 1000; // as long as the server keeps a run that nobody touches
  const stored = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name) || "null");
    } catch {
      return null;
    }
  };

  // a page that is loaded again in a dead spot is kept by a worker of its own; one that came past it (the first, or one that was on its way when the worker began) is asked for
  const worker = document.querySelector("[data-worker]")?.dataset.worker;
  if (worker && navigator.serviceWorker) {
    navigator.serviceWorker
      .register(worker, { scope: "/scan/" })
      .then(() => navigator.serviceWorker.ready)
      .then(async (ready) => {
        if (await caches.match(location.href, { ignoreVary: true })) return;
        const drawn = performance.getEntriesByType("resource").filter((r) => ["link", "script", "css", "img"].includes(r.initiatorType) && r.name.startsWith(location.origin));
        ready.active.postMessage([...new Set([location.href, ...drawn.map((r) => r.name)])]);
      })
      .catch(() => {}); // not over HTTPS: the page is kept for as long as it is open
  }

  const names = () => {
    try {
      return Object.keys(localStorage);
    } catch {
      return []; // a browser that keeps nothing
    }
  };

  // the list of tasks: those of this worker in which scans wait
  const waiting = document.querySelector("[data-waiting]");
  if (waiting) {
    for (const name of names().filter((n) => n.startsWith(PREFIX))) {
      const kept = stored(name);
      const scans = kept?.queue?.length ? kept.queue : null;
      if (!scans || Date.now() - scans[scans.length - 1].at > KEEP) localStorage.removeItem(name);
      else if (kept.who === waiting.dataset.who) {
        const row = waiting.querySelector("template").content.cloneNode(true);
        row.querySelector("a").href = kept.page;
        row.querySelector("strong").textContent = kept.title;
        row.querySelector("[data-waiting-count]").textContent = String(scans.length);
        waiting.append(row);
        waiting.hidden = false;
      }
    }
    return;
  }

  const holder = document.getElementById("screen");
  const url = holder.dataset.url;
  const store = PREFIX + url;
  const kept = stored(store);
  let queue = kept?.who === holder.dataset.who ? kept.queue : [];
  let busy = false;
  let delay = 500;
  let again = 0;
  let audio = null;

  // the screen as it stands, for a page that was kept earlier
  const LAST = "scanner-screen";
  const keep_screen = (html) => {
    try {
      localStorage.setItem(LAST, JSON.stringify({ who: holder.dataset.who, url, html }));
    } catch {
      // the first screen is kept with the page
    }
  };

  const screen = () => holder.querySelector("[data-screen]");
  const input = () => holder.querySelector("[data-scan]");
  const uuid = () =>
    crypto.randomUUID
      ? crypto.randomUUID()
      : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  const beep = (kind) => {
    const notes = {
      ok: [[1320, 0.07]],
      wrong: [[220, 0.18], [0, 0.06], [220, 0.3]],
      done: [[880, 0.09], [1175, 0.09], [1568, 0.16]],
      offline: [[660, 0.12], [440, 0.12], [294, 0.24]],
      kept: [[520, 0.05]],
      online: [[440, 0.09], [660, 0.14]],
    }[kind];
    if (!notes) return;
    document.body.dataset.sounded = kind;
    if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.({ ok: 40, wrong: [120, 60, 240], done: [40, 40, 40], offline: [200, 80, 200], kept: 20, online: [40, 40] }[kind]);
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

  // what stands above the task while scans wait, and what became of them
  const sign = document.querySelector("[data-offline]");
  const unused = document.querySelector("[data-unused]");
  const name_of = (scan) => scan.fields.scan || screen()?.querySelector(`button[value="${CSS.escape(scan.fields.button || "")}"]`)?.firstChild?.textContent?.trim() || scan.fields.button || "";
  const draw = () => {
    sign.querySelector("[data-offline-count]").textContent = String(queue.length);
    sign.querySelector("[data-offline-scans]").textContent = queue.map(name_of).join(" · ");
    sign.classList.toggle("some", queue.length > 0);
  };
  const net = (lost) => {
    draw();
    if (sign.hidden === !lost) return;
    sign.hidden = !lost;
    const ahead = holder.querySelector("[data-ahead]");
    if (ahead) ahead.open = lost;
    beep(lost ? "offline" : "online");
  };
  const refused = (scan, later) => {
    unused.hidden = !later.length;
    if (!later.length) return;
    unused.querySelector("[data-unused-at]").textContent = new Date(scan.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    unused.querySelector("[data-unused-scan]").textContent = name_of(scan);
    unused.querySelector("[data-unused-later]").textContent = later.map(name_of).join(" · ");
  };

  const keep = () => {
    try {
      if (queue.length) localStorage.setItem(store, JSON.stringify({ who: holder.dataset.who, page: location.pathname, title: document.querySelector("h1").textContent, queue }));
      else localStorage.removeItem(store);
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
    cameras();
    if (!sign.hidden && holder.querySelector("[data-ahead]")) holder.querySelector("[data-ahead]").open = true;
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
    const slow = setTimeout(() => net(true), 2500); // no answer yet: what is scanned now waits
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
          queue = []; // the task is over, or no longer this worker's
          keep();
          return location.reload();
        }
        throw new Error(String(response.status));
      }
      queue.shift();
      delay = 500;
      clearTimeout(slow);
      show(text);
      if (response.ok) keep_screen(text);
      const wrong = !response.ok || screen()?.dataset.sound === "wrong";
      const later = wrong ? queue : [];
      if (wrong) queue = [];
      keep();
      if (!queue.length && !wrong) net(false);
      else if (!queue.length) sign.hidden = true; // the refusal is louder
      draw();
      refused(next, later);
      busy = false;
      send();
    } catch {
      clearTimeout(slow);
      net(true);
      busy = false;
      clearTimeout(again);
      again = setTimeout(send, delay);
      delay = Math.min(delay * 2, 8000);
    }
  };

  const push = (fields) => {
    const now = Date.now();
    const same = queue[queue.length - 1];
    if (same && now - same.at < 300 && JSON.stringify(same.fields) === JSON.stringify(fields)) return; // a double tap or a bouncing trigger
    queue.push({ key: uuid(), at: now, fields });
    keep();
    unused.hidden = true;
    if (!sign.hidden) {
      draw();
      beep("kept");
    }
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
      at?.select?.(); // a code scanned before the answer comes takes the number's place
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
  window.addEventListener("offline", () => net(true));
  window.addEventListener("online", () => {
    delay = 500;
    if (queue.length) send();
    else net(false);
  });

  // the camera, where the browser reads codes: a strip above the task, always looking while it is open
  const strip = document.querySelector("[data-camera-view]");
  const video = strip.querySelector("video");
  const can_look = "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);
  let looking = 0;
  let seen = { code: "", at: 0 };
  const cameras = () => {
    for (const button of holder.querySelectorAll("[data-camera]")) button.hidden = !can_look;
  };
  const look_away = () => {
    clearInterval(looking);
    looking = 0;
    for (const track of video.srcObject?.getTracks() || []) track.stop();
    video.srcObject = null;
    strip.hidden = true;
  };
  const look = async () => {
    if (looking) return look_away();
    strip.hidden = false;
    strip.classList.remove("denied");
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      await video.play();
    } catch {
      strip.classList.add("denied");
      return;
    }
    const detector = new window.BarcodeDetector();
    let at_it = false;
    looking = setInterval(async () => {
      if (at_it || video.readyState < 2) return;
      at_it = true;
      try {
        const [found] = await detector.detect(video);
        const now = Date.now();
        if (found?.rawValue) {
          if (found.rawValue !== seen.code || now - seen.at > 1500) push({ scan: found.rawValue.trim() });
          seen = { code: found.rawValue, at: now }; // read again only after it has left the picture
        }
      } catch {
        // the next picture may be better
      }
      at_it = false;
    }, 150);
  };
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-camera]")) look();
    else if (e.target.closest("[data-camera-stop]")) look_away();
  });
  window.addEventListener("pagehide", look_away);

  const last = stored(LAST);
  if (last?.who === holder.dataset.who && last.url === url) {
    const seq = Number(/data-seq="(\d+)"/.exec(last.html)?.[1] || 0);
    if (seq > Number(screen().dataset.seq)) holder.innerHTML = last.html; // no network: the page is an older one
  }
  cameras();
  focus();
  if (!navigator.onLine) net(true);
  send();
})();
