/* The office's lists and its counter. Pages work without this file, only more slowly. */
"use strict";

// One box in a table's head ticks all boxes of its page.
document.querySelectorAll("[data-ticks]").forEach((all) => {
  const boxes = [...all.form.querySelectorAll(`[name="${all.dataset.ticks}"]`)];
  const settle = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", settle));
  settle();
});

// Codes entered one by one: Enter goes on to the next empty field, and sends after the last.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (event.key !== "Enter" || !event.target.matches("input") || !form?.matches("[data-field-by-field]")) return;
  const fields = [...form.querySelectorAll("input:not([type=hidden])")].filter((one) => !one.closest("details"));
  const next = fields.slice(fields.indexOf(event.target) + 1).find((one) => !one.value);
  if (!next || !fields.includes(event.target)) return;
  event.preventDefault();
  next.focus();
});

// The counter: no scan waits for the one before it, none is lost, and the field is always ready for the next.
(() => {
  const form = document.getElementById("scan-form");
  const rows = document.getElementById("scans");
  if (!form || !rows || !window.htmx) return;
  const field = form.elements.namedItem("number");
  const count = document.getElementById("scan-count");
  const sound = document.getElementById("scan-sound");
  const UNSENT = "unsent-scans", OWNER = rows.dataset.owner;
  const RETRY_MS = 3000, MOST_ROWS = 200, COUNTS = "[data-counts]";
  const TYPED = "input, textarea, select, [contenteditable]";

  const sending = () => [...rows.querySelectorAll(".sending form")];
  const entries = (scan) => [...new FormData(scan)].filter(([name]) => name !== "csrf_token");

  // Each scan is a row with a form of its own, which holds its number and the date chosen then; the forms queue.
  const send = (values) => {
    const row = document.getElementById("sent-scan").content.firstElementChild.cloneNode(true);
    const scan = row.querySelector("form");
    for (const [name, value] of values) if (scan.elements[name]) scan.elements[name].value = value;
    row.querySelector("b").textContent = scan.elements.number.value;
    rows.prepend(row);
    htmx.process(row);
    htmx.trigger(scan, "send-scan");
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) send(entries(form));
    field.value = "";
    field.focus();
  });

  const tell = (scan, key) => {
    const words = scan.querySelector("[data-lost]");
    words.textContent = words.dataset[key];
    scan.querySelector("button").hidden = key !== "refused";
  };
  const retry = (event) => {
    const scan = event.detail.elt;
    if (!scan.closest?.(".sending")) return;
    tell(scan, "lost");
    setTimeout(() => scan.isConnected && htmx.trigger(scan, "send-scan"), RETRY_MS);
  };
  for (const failure of ["htmx:sendError", "htmx:timeout"]) rows.addEventListener(failure, retry);
  rows.addEventListener("htmx:responseError", (event) => {
    const busy = event.detail.xhr.status >= 502 && event.detail.xhr.status <= 504;
    if (busy) retry(event);
    else if (event.detail.elt.closest(".sending")) tell(event.detail.elt, "refused");
  });

  // What was not sent when the page was left (the sign-in expired, say) is sent when the same person is back.
  addEventListener("pagehide", () => {
    const unsent = sending().map(entries).reverse();
    if (unsent.length) sessionStorage.setItem(UNSENT, JSON.stringify({ owner: OWNER, unsent }));
  });
  const kept = JSON.parse(sessionStorage.getItem(UNSENT) ?? "null");
  sessionStorage.removeItem(UNSENT);
  if (kept?.owner === OWNER) kept.unsent.forEach(send);
  addEventListener("beforeunload", (event) => sending().length && event.preventDefault());

  // One short tone for an extension, two low ones for anything else.
  let audio;
  const beep = (frequency, after, seconds) => {
    const tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + after + seconds);
  };
  const ring = (good) => (good ? beep(880, 0, 0.09) : [0, 0.2].forEach((after) => beep(220, after, 0.14)));
  sound.addEventListener("change", () => {
    audio ??= new AudioContext();
    if (sound.checked) ring(true);
    field.focus();
  });

  const recount = () => {
    while (rows.children.length > MOST_ROWS && !rows.lastElementChild.matches(".sending")) {
      if (rows.lastElementChild.matches(COUNTS)) count.dataset.before++;
      rows.lastElementChild.remove();
    }
    count.textContent = Number(count.dataset.before) + rows.querySelectorAll(COUNTS).length;
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    const row = event.detail.elt;
    if (row.parentElement !== rows) return;
    // One row for each extension: the newest knows what became of it.
    for (const older of rows.querySelectorAll(`[data-extension="${row.dataset.extension}"]`))
      if (older !== row) older.remove();
    recount();
    if (row.querySelector("form")) return;
    document.getElementById("scan-said").textContent = row.dataset.said;
    if (event.detail.requestConfig.verb === "post" && sound.checked)
      ring(row.dataset.outcome === "extended");
    if (document.activeElement === document.body) field.focus();
  });

  // A scanner types wherever the focus is: signs that belong to no other field go into this one.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && !event.target.closest("dialog")) field.focus();
    if (event.key.length === 1 && event.key !== " " && !event.target.closest(TYPED)) field.focus();
  });
  addEventListener("focus", () => document.activeElement === document.body && field.focus());
  if (document.activeElement === document.body) field.focus();
})();
