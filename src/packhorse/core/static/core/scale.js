// A field that is filled by a scale: over the network (the server reads it), or plugged into this computer (WebSerial). What is at rest goes in, and on where the screen wants no more.
"use strict";
(() => {
  const GRAMS = { g: 1, kg: 1000, lb: 453.59237, oz: 28.349523125, t: 1e6 };
  const LEAST_G = 3; // less is an empty scale
  const grams = (amount, unit) => Math.sign(amount) * Math.round(Math.abs(amount) * GRAMS[unit]);

  // the same three protocols as ground/equipment/scales.py
  const toledo = (bytes) => {
    const found = [];
    let at;
    while ((at = bytes.indexOf(2)) >= 0 && bytes.length >= at + 17) {
      const [a, b, c] = bytes.slice(at + 1, at + 4).map((x) => x & 127);
      const digits = String.fromCharCode(...bytes.slice(at + 4, at + 10)).replaceAll(" ", "0");
      const unit = [b & 16 ? "kg" : "lb", "g", "t", "oz"][c & 7];
      const good = bytes[at + 16] === 13 && /^\d{6}$/.test(digits) && a & 32 && b & 32 && c & 32 && !(b & 4) && unit;
      if (good) found.push({ grams: grams((b & 2 ? -1 : 1) * Number(digits) * 10 ** (2 - (a & 7)), unit), stable: !(b & 8) });
      bytes.splice(0, at + (good ? 17 : 1));
    }
    return found;
  };
  const lines = (pattern, read) => (bytes) => {
    const parts = String.fromCharCode(...bytes).split(/[\r\n]+/);
    bytes.splice(0, bytes.length, ...[...parts.pop()].map((x) => x.charCodeAt(0)));
    return parts.map((line) => pattern.exec(line.trim())).filter(Boolean).map(read);
  };
  const PROTOCOLS = {
    toledo,
    sics: lines(/^SI? +([SD]) +([+-]?\d+(?:\.\d+)?) *(g|kg|lb|oz)\b/, (m) => ({ grams: grams(Number(m[2]), m[3]), stable: m[1] === "S" })),
    text: lines(/^(ST|US)\b.*?([+-]?) *(\d+(?:\.\d+)?) *(g|kg|lb|oz)\b/i, (m) => ({ grams: grams(Number(m[2] + m[3]), m[4].toLowerCase()), stable: m[1].toUpperCase() === "ST" })),
  };

  let port = null;
  let reading = false;
  const field = () => document.querySelector("[data-reads]");
  const say = (what) => {
    const box = field()?.closest(".field");
    if (!box) return;
    for (const line of box.querySelectorAll("[data-scale-said]")) line.hidden = line.dataset.scaleSaid !== what;
  };

  const take = (input, found) => {
    if (!input.isConnected || !found.stable || found.grams < LEAST_G || input.dataset.typed) return;
    input.value = String(found.grams);
    say("");
    if (input.dataset.submits !== "1" || input.dataset.done) return;
    input.dataset.done = "1";
    input.form.querySelector("button[name=button]")?.click();
  };

  const network = async (input) => {
    while (input.isConnected && !input.dataset.done) {
      try {
        const answer = await fetch(input.dataset.reads, { credentials: "same-origin", headers: { Accept: "application/json" } });
        say(answer.ok ? "waits" : "silent");
        if (answer.ok) {
          const found = await answer.json();
          take(input, { grams: found.weight_g, stable: found.stable });
        }
      } catch {
        say("silent");
      }
      await new Promise((next) => setTimeout(next, 250));
    }
  };

  const listen = async (protocol) => {
    if (reading) return;
    reading = true;
    try {
      if (!port.readable) await port.open({ baudRate: 9600 });
      const source = port.readable.getReader();
      const bytes = [];
      const ask = async () => {
        if (!reading) return;
        const out = port.writable.getWriter();
        await out.write(new TextEncoder().encode("SI\r\n"));
        out.releaseLock();
        setTimeout(ask, 250);
      };
      if (protocol === "sics") ask();
      for (;;) {
        const { value, done } = await source.read();
        if (done) break;
        bytes.push(...value);
        for (const found of PROTOCOLS[protocol](bytes)) {
          const input = field();
          if (input) take(input, found);
        }
        if (bytes.length > 4096) bytes.length = 0;
      }
    } catch {
      say("silent");
    }
    reading = false;
  };

  const serial = async (input, protocol) => {
    if (!navigator.serial) return say("silent");
    port = port || (await navigator.serial.getPorts())[0] || null;
    if (port) {
      say("waits");
      return listen(protocol);
    }
    const button = input.closest(".field").querySelector("[data-scale-connect]");
    button.hidden = false;
    button.onclick = async () => {
      try {
        port = await navigator.serial.requestPort();
        button.hidden = true;
        say("waits");
        listen(protocol);
      } catch {
        say("silent");
      }
    };
  };

  const begin = () => {
    const input = field();
    if (!input || input.dataset.watched) return;
    input.dataset.watched = "1";
    input.addEventListener("input", () => (input.dataset.typed = "1")); // what a person keys in stays
    const [way, protocol] = input.dataset.reads.split(":");
    if (way === "serial") serial(input, protocol);
    else network(input);
  };
  begin();
  const screen = document.getElementById("screen");
  if (screen) new MutationObserver(begin).observe(screen, { childList: true });
})();
